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
