-- Print templates: a one-page form of a register as a file, with the column that fills each of its blanks.

create table print_templates (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  form text not null references app.forms,
  name text not null check (length(name) between 1 and 60),
  format text not null check (format in ('docx', 'xlsx')),
  file_name text not null,
  content bytea not null check (length(content) <= 2097152),
  size integer generated always as (length(content)) stored,
  sha256 text not null,
  blanks jsonb not null check (jsonb_typeof(blanks) = 'array' and length(blanks::text) <= 200000),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on print_templates (campaign_id, form, name) where deleted_at is null;
create index on print_templates (form);
