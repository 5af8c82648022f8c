-- Forms as data: the definitions of a campaign's registers, one row a version, and what they have added to the database.
-- A new register is a table like those of 001_registers.sql, a new column a column of its table: both belong to the
-- installation. Words, order, choices and rules belong to the campaign and stay in its definitions.

create table form_designs (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  -- the register's name, of an adjustment that of what it adjusts
  name text not null check (name ~ '^[a-z][a-z0-9_]{1,40}$'),
  state text not null default 'draft' check (state in ('draft', 'published', 'retired')),
  definition jsonb not null check (jsonb_typeof(definition) = 'object' and length(definition::text) <= 1000000),
  -- retired because this version took its place; without one, the register is in force no more
  replaced_by integer references form_designs,
  published_at timestamptz,
  -- rows up to this one were there before, and broke one of its checks
  since integer not null default 0,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create index on form_designs (campaign_id, name);
create index on form_designs (replaced_by);
create unique index form_designs_draft on form_designs (campaign_id, name) where state = 'draft' and deleted_at is null;
create unique index form_designs_published on form_designs (campaign_id, name) where state = 'published' and deleted_at is null;

-- Raised whenever something changes of which forms are in force and how they look: every transaction compares.
create table app.definitions_version (version bigint not null);
insert into app.definitions_version values (1);

-- Registers that definitions have added to those that migrations make.
alter table app.forms add is_installed boolean not null default false;

-- Columns that definitions have added, in the order in which they came. One name is one type everywhere.
create table app.columns (
  position integer generated always as identity primary key,
  form text not null references app.forms,
  name text not null check (name ~ '^[a-z][a-z0-9_]{1,40}$'),
  type text not null,
  private boolean not null default false,
  refers_to text references app.forms,
  computed jsonb,
  unique (form, name)
);
create index on app.columns (refers_to);

-- What built-in columns could hold from the beginning; a campaign may say otherwise for itself (db/security/080_designs.sql).
create table app.built_in_choices (
  form text not null references app.forms,
  name text not null,
  choices text[] not null,
  primary key (form, name)
);
do $$
declare
  held record;
begin
  for held in
    select f.name as form, a.attname as name, k.conname, pg_get_constraintdef(k.oid) as text
    from app.forms f join pg_constraint k on k.conrelid = format('public.%I', f.name)::regclass and k.contype = 'c' and cardinality(k.conkey) = 1
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where f.scope = 'unit' and a.attname <> 'status' and pg_get_constraintdef(k.oid) like '%= ANY (ARRAY[%'
  loop
    insert into app.built_in_choices
      select held.form, held.name, array_agg(replace(m[1], '''''', '''')) from regexp_matches(held.text, '''((?:[^'']|'''')*)''::text', 'g') m;
    execute format('alter table public.%I drop constraint %I', held.form, held.conname);
  end loop;
end $$;

-- What a column of a definition is kept as; `types` in server/forms/types.ts says the same.
create function app.column_type(type text) returns text
  language sql immutable
  return case type
    when 'integer' then 'integer' when 'reference' then 'integer' when 'decimal' then 'numeric' when 'date' then 'date'
    when 'datetime' then 'timestamp(0) without time zone' when 'list' then 'text[]' when 'yes_no' then 'boolean' when 'attachments' then 'jsonb'
    when 'text' then 'text' when 'long_text' then 'text' when 'month' then 'text' when 'choice' then 'text' when 'phone' then 'text'
    when 'credit_code' then 'text' when 'url' then 'text' end;

-- The table of a new register, without a column of its own yet.
create function app.install_form(p_name text) returns void
  language plpgsql as $make$
begin
  insert into app.forms (name, scope, flow, is_installed) values (p_name, 'unit', 'register', true);
  execute format($sql$
    create table public.%1$I (
      id integer generated always as identity primary key,
      campaign_id integer not null references public.campaigns,
      unit_id integer not null references public.units,
      status text not null default 'draft' check (status in ('draft', 'submitted', 'approved', 'returned', 'archived', 'void')),
      version integer not null default 1,
      returned_reason text,
      returned_fields text[],
      submitted_at timestamptz,
      submitted_by integer,
      reviewed_at timestamptz,
      reviewed_by integer,
      created_at timestamptz not null default now(),
      created_by integer,
      updated_at timestamptz not null default now(),
      updated_by integer,
      deleted_at timestamptz,
      self_reviewed boolean not null default false,
      unique (campaign_id, unit_id, id));
    create index on public.%1$I (unit_id, id);
    create index on public.%1$I (unit_id, id) where deleted_at is not null;
    create index on public.%1$I (unit_id) where status = 'returned';
  $sql$, p_name);
end $make$;

-- A column of a register. References begin with campaign and unit wherever what they point to does.
create function app.install_column(p_form text, p_name text, p_type text, p_private boolean, p_refers_to text, p_computed jsonb) returns void
  language plpgsql as $make$
declare
  kept text := app.column_type(p_type);
  target app.forms := (select f from app.forms f where f.name = p_refers_to);
  expression text;
begin
  if kept is null or (p_type = 'reference') <> (target.name is not null) or (p_private and kept <> 'text') then
    raise exception 'no such column: % % %', p_form, p_name, p_type;
  end if;
  insert into app.columns (form, name, type, private, refers_to, computed)
    values (p_form, p_name, p_type, p_private, p_refers_to, p_computed);
  if p_computed is not null then
    -- lies with the rules, in db/security; null where other rows are counted: that is a function and no column
    execute 'select app.computed_of($1, $2)' into expression using jsonb_build_object('type', p_type, 'computed', p_computed), p_form;
    if expression is null then return; end if;
  end if;
  execute format('alter table public.%I add %I %s %s', p_form, p_name, kept, coalesce('generated always as (' || expression || ') stored', ''));
  if p_private then
    execute format('alter table public.%I add %I text generated always as (app.masked(%I)) stored', p_form, p_name || '_masked', p_name);
    update app.forms set private = private || p_name where name = p_form;
  end if;
  if target.scope = 'unit' then
    execute format('alter table public.%1$I add foreign key (campaign_id, unit_id, %2$I) references public.%3$I (campaign_id, unit_id, id)', p_form, p_name, target.name);
    execute format('create index on public.%I (campaign_id, unit_id, %I)', p_form, p_name);
  elsif target.scope = 'campaign' then
    execute format('alter table public.%1$I add foreign key (campaign_id, %2$I) references public.%3$I (campaign_id, id)', p_form, p_name, target.name);
    execute format('create index on public.%I (campaign_id, %I)', p_form, p_name);
  elsif target.scope = 'global' then
    execute format('alter table public.%1$I add foreign key (%2$I) references public.%3$I (id)', p_form, p_name, target.name);
    execute format('create index on public.%I (%I)', p_form, p_name);
  end if;
end $make$;
