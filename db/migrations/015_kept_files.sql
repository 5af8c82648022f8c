-- Files are kept no longer than they are needed, and without the numbers of identity cards.

alter table imports alter content drop not null;
-- How many of them were blanked when the file came.
alter table imports add identity_numbers integer not null default 0;

-- Files that came before may hold some: none of them is kept. What waited has to be uploaded again.
update imports set content = null, result = result - 'restaging' - 'mapping',
  state = case when state in ('applied', 'undone', 'failed') then state else 'cancelled' end;
delete from import_rows;
