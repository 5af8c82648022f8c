-- How a person looks at a form: columns, order, widths, filter, sort, groups, under a name. One's own, or shared by the
-- province with everybody. What a layout names is checked when it is read: forms change, views stay.

create table views (
  id integer generated always as identity primary key,
  owner_id integer not null references users on delete cascade,
  form text not null check (length(form) between 1 and 60),
  name text not null check (length(name) between 1 and 40),
  shared boolean not null default false,
  layout jsonb not null check (jsonb_typeof(layout) = 'object' and pg_column_size(layout) <= 20000),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by integer,
  unique (owner_id, form, name)
);
create index on views (form) where shared;

-- The view a form opens with, by person; it may be somebody else's as long as it is shared.
create table view_defaults (
  user_id integer not null references users on delete cascade,
  form text not null,
  view_id integer not null references views on delete cascade,
  primary key (user_id, form)
);
create index on view_defaults (view_id);
