-- The address printed on a paper, in words and as a code: whoever scans it comes there. Papers of before are asked for
-- theirs when they are next listed (app.note_address).
alter table filings add address text;
