-- What an import has been checked to: the rows of the file as they were read and what each would become, for people to
-- look at and decide on. Never what is applied: that is the file with the decisions, run again.

create table import_rows (
  import_id integer not null references imports on delete cascade,
  -- number of the first row among the rows of the file
  first integer not null check (first >= 0),
  -- rows by kind, in the order of the letters below
  counts integer[] not null,
  -- what each row would become, one letter each: create, update, 'n' unchanged, repeated, 'x' conflict, wrong, 'l' left out
  kinds text not null check (kinds ~ '^[cunrxwl]+$'),
  -- digests of the keys a row goes by, 8 bytes each; only where the file is too long to be checked again at each decision
  keys bytea,
  -- packed text, one line a row
  rows bytea not null,
  primary key (import_id, first)
);
alter table import_rows alter column rows set storage external, alter column keys set storage external;

-- Which column of a heading is read into which field, as a unit has decided once.
create table import_layouts (
  unit_id integer references units,
  form text not null check (length(form) between 1 and 60),
  -- digest of the words of the heading, column by column
  layout text not null check (layout ~ '^[0-9a-f]{32}$'),
  columns jsonb not null check (jsonb_typeof(columns) = 'object' and pg_column_size(columns) <= 20000),
  used_at timestamptz not null default now(),
  unique nulls not distinct (unit_id, form, layout)
);

-- When the run that is under way began: rows a second are told from it.
alter table imports add began_at timestamptz;
