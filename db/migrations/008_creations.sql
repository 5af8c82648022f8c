-- What a new row was sent as, told by its digest: the same word with other cells is another row, and is not written over it.
-- Of words given before this there is none: sent again, they are told as rows that are there.
alter table creations add column body_digest text check (body_digest ~ '^[0-9a-f]{64}$');
