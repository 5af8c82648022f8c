-- The fingerprint of a paper is public. Of a paper with one row it is salted, so that nobody tries phones until one fits;
-- the salt stays with the paper. Papers of before have none, and their fingerprint is no longer told to everybody.
alter table filings add salt text;
