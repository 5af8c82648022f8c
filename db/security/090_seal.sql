-- What protects the rows, as the database itself describes it, in one hash: policies, rights, functions, views, triggers and
-- whose they are. A database that came back without its roles, or with half of a dump, has another one (db/migrate.ts).
create or replace function app.seal() returns text
  language sql stable set search_path = pg_catalog, public, pg_temp
as $$
with ours as (select oid, nspname, nspacl from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
relations as (select c.* from pg_class c join ours on ours.oid = c.relnamespace where c.relkind in ('r', 'p', 'v'))
select md5(coalesce(string_agg(line, e'\n' order by line collate "C"), '')) as seal from (
  select concat_ws(' ', 'schema', nspname, nspacl) as line from ours
  union all select concat_ws(' ', 'relation', oid::regclass, relowner::regrole, relrowsecurity, relforcerowsecurity, relacl,
    case relkind when 'v' then pg_get_viewdef(oid) end) from relations
  union all select concat_ws(' ', 'column', a.attrelid::regclass, a.attname, a.attacl)
  from pg_attribute a join relations r on r.oid = a.attrelid where a.attacl is not null
  union all select concat_ws(' ', 'policy', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check)
  from pg_policies join ours on nspname = schemaname
  union all select concat_ws(' ', 'function', p.oid::regprocedure, p.proowner::regrole, p.prosecdef, p.proconfig, p.proacl,
    md5(p.prosrc), pg_get_function_sqlbody(p.oid))
  from pg_proc p join ours on ours.oid = p.pronamespace
  union all select concat_ws(' ', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid))
  from pg_trigger t join relations r on r.oid = t.tgrelid where not t.tgisinternal
  union all select concat_ws(' ', 'form', to_json(f)) from app.forms f
) lines
$$;

-- What was laid while the system runs is as it should be from now on.
create or replace function app.note_seal() returns void
  language sql volatile set search_path = pg_catalog, public, pg_temp
  as $$ update public.migrations set hash = split_part(hash, ' ', 1) || ' ' || app.seal() where name = 'security' $$;
revoke all on function app.seal(), app.note_seal() from public;
