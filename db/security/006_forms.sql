-- What the database knows of each form (app.forms, 018_forms.sql). What protects one is laid by functions named app.lay_…,
-- each beside what it lays and called there for every form; app.protect_form (070_protect.sql) calls them all for one.
-- Nobody reads the table but the owner.

-- By which of app.transitions its rows move; null for what has no states or is no form.
create or replace function app.flow(form text) returns text
  language sql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp
  as $$ select f.flow from app.forms f where f.name = form $$;

-- unit, campaign or global; null for what is no form.
create or replace function app.scope(form text) returns text
  language sql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp
  as $$ select f.scope from app.forms f where f.name = form $$;

-- Whether units fill it and the province reviews it.
create or replace function app.is_register(form text) returns boolean
  language sql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp
  as $$ select exists (select from app.forms f where f.name = form and f.scope = 'unit') $$;

-- Columns of which those who may not read phones see the masked twin only. None where the relation is no form.
create or replace function app.private_columns(relation text) returns text[]
  language sql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp
  as $$ select coalesce((select f.private from app.forms f where f.name = relation), '{}') $$;

-- Columns that belong to works of some collections only (`of`, their codes), as published definitions have them.
create or replace function app.entry_columns(p_form text) returns table (campaign_id integer, field jsonb)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select d.campaign_id, f from public.form_designs d,
    jsonb_array_elements(coalesce(d.definition -> 'add', d.definition -> 'fields', '[]')) f
  where d.name = p_form and d.state = 'published' and d.deleted_at is null and jsonb_typeof(f -> 'of') = 'array'
$$;

/* What of them jurors read, and in which campaigns: what is neither private nor a person's name, and can name nobody by
   pointing to a row or a file. Closed unless it is opened here. */
create or replace function app.judged_columns(p_form text) returns table (name text, campaigns integer[])
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select c.name, array_agg(e.campaign_id order by e.campaign_id) from app.entry_columns(p_form) e
    join app.columns c on c.form = p_form and c.name = e.field ->> 'name'
  where not c.private and c.computed is null and (e.field ->> 'person')::boolean is not true
    and c.type in ('text', 'long_text', 'integer', 'decimal', 'date', 'month', 'datetime', 'choice', 'list', 'yes_no', 'url')
  group by 1
$$;

/* What a column is called that is made ready to take another one's place, and whether one is: no column of a definition begins
   so, nobody is granted it and no history has it. */
create or replace function app.prepared(p_name text) returns text
  language sql immutable return '_next_' || p_name;
create or replace function app.is_prepared(p_name name) returns boolean
  language sql immutable return starts_with(p_name::text, '_next_');
