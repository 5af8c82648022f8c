-- What is read of the tables by roles that may not read everything in them. The schemas below have relations
-- of the tables' own names, and stand before `public` on the search path of such a role (server/database/catalogue.ts); of the
-- tables themselves the role is granted nothing that these take out. So every statement that names a form reads it as the
-- person may, and one that is written tomorrow does too.
--
-- told:    every form with the phones taken out of its texts, but in rows whose phones the person may read; the history
--          without columns the role does not see; comments. The internet office, jurors.
-- hosting: those of them in which a clerk meets rows of other units. What only the own unit reads is read as it is.
-- judging: works under numbers that reveal nothing. Jurors.
--
-- The relations are views of the role `eyes`, which nobody can take: it reads all columns, of the rows that its own policies
-- (040_policies.sql) leave to the person who is named.

drop schema if exists told, hosting, judging cascade;
create schema told authorization haowangmin_eyes;
create schema hosting authorization haowangmin_eyes;
create schema judging authorization haowangmin_eyes;

-- Units whose phones the person may read; for data of the campaign itself it matters only whether there are any.
create or replace function app.phone_units() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select case u.role
      when 'province' then array(select id from public.units)
      when 'clerk' then array[u.unit_id]
      else '{}'::integer[] end
    from app.myself() u where u.id is not null);
end $$;

-- From here on a host may read the phone of a work.
create or replace function app.is_shortlisted(status text) returns boolean
  language sql immutable parallel safe
  return status in ('shortlisted', 'under_review', 'proposed', 'publicised', 'awarded', 'not_awarded', 'nominated');

-- Columns that the asking role does not see, by table: the history leaves them out. Written by 050_grants.sql.
create or replace function app.hidden_columns() returns jsonb
  language sql stable return null::jsonb;

/* What a juror knows a work or a file by, and back. Numbers given in turn would tell which works came together, and anybody
   who knows one its author. A permutation of the numbers below 2^30 in four rounds, keyed by a secret of this database. */
create or replace function app.blinded(p_id integer, is_back boolean default false) returns integer
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  secret text := (select b.secret from app.blinding b);
  half integer := (p_id - is_back::integer) >> 15;
  other integer := (p_id - is_back::integer) & 32767;
begin
  if p_id is null or p_id <= 0 or half > 32767 then return null; end if;
  for turn in 1 .. 4 loop
    if is_back then
      select other # (('x' || substr(md5(secret || (5 - turn) || ' ' || half), 1, 4))::bit(16)::integer & 32767), half into half, other;
    else
      select other, half # (('x' || substr(md5(secret || turn || ' ' || other), 1, 4))::bit(16)::integer & 32767) into half, other;
    end if;
  end loop;
  return half * 32768 + other + (not is_back)::integer;
end $$;

-- The work or file that the person means by a number.
create or replace function app.meant(p_id integer) returns integer
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select case when (app.myself()).role = 'juror' then app.blinded(p_id, true) else p_id end $$;

-- Values of a change as the role may read them.
create or replace function app.told_values(told json, hidden jsonb, reads_phones boolean) returns json
  language sql stable strict
as $$
  select coalesce(json_object_agg(key, case when reads_phones then value else app.without_phones(value::jsonb)::json end), '{}')
  from json_each(told) where not hidden ? key
$$;

/* The relation as it is told, and, of what hosts read of other units, as it is told to them. `reads`: whether the person may
   read the phones, and what else is private, of its row `t`. */
create or replace function app.lay_told(relation name) returns void
  language plpgsql as $make$
declare
  own constant text := 't.unit_id = any ((select app.phone_units())::integer[])';
  hosted constant text := 's.collection_id = any ((select app.my_collections())::integer[]) and app.is_shortlisted(s.status)';
  reads constant text := format('(%s)', case
    when relation = 'submissions' then own || ' or ' || replace(hosted, 's.', 't.')
    when relation = 'awards' then own || ' or exists (select from public.submissions s where s.id = t.submission_id and ' || hosted || ')'
    when app.is_register(relation) or relation in ('comments', 'changes') then own
    else '(select cardinality(app.phone_units()) > 0)' end);
  private constant text[] := app.private_columns(relation);
  told constant text := 'case when %3$s and not (select app.hidden_columns()) ? t.form then t.%2$I
    else app.told_values(t.%2$I, coalesce((select app.hidden_columns()) -> t.form, ''[]''), coalesce(%3$s, false)) end as %2$I';
begin
  execute format('grant select on public.%I to haowangmin_eyes', relation);
  execute format('create or replace view told.%I as select %s from public.%1$I t', relation, (
    select string_agg(format(case
        when a.attname = any (private) then 'case when %3$s then t.%2$I else t.%4$I end as %2$I'
        when a.attname in ('status', 'credit_code', 'form') or a.attname = any (twins.names) then 't.%2$I'
        when relation = 'changes' and a.attname in ('before', 'after') then told
        when relation = 'changes' and a.attname = 'actor_id' then 'case when t.role = ''haowangmin_juror'' then 0 else t.actor_id end as actor_id'
        when relation = 'changes' then 't.%2$I'
        when a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype) then 'case when %3$s then t.%2$I else app.without_phones(t.%2$I) end as %2$I'
        else 't.%2$I' end, relation, a.attname, reads, a.attname || '_masked'), ', ' order by a.attnum)
    from pg_attribute a, (select array_agg(p || '_masked') as names from unnest(private) p) twins
    where a.attrelid = format('public.%I', relation)::regclass and a.attnum > 0 and not a.attisdropped and not app.is_prepared(a.attname)
      and (relation <> 'changes' or a.attname <> all ('{secret,columns,rows}'))));
  execute format('alter view told.%I owner to haowangmin_eyes', relation);
  if relation in ('submissions', 'awards', 'changes') then
    execute format('create or replace view hosting.%I as select * from told.%1$I', relation);
    execute format('alter view hosting.%I owner to haowangmin_eyes', relation);
  end if;
end $make$;

grant usage on schema app, public to haowangmin_eyes;
revoke all on all tables in schema public from haowangmin_eyes;
select app.lay_told(name) from (select name from app.forms union select unnest('{comments,changes}'::text[]) order by 1) f;

-- Works as jurors read them: what an entry form has is opened campaign by campaign (app.judged_columns).
create or replace function app.lay_judging() returns void
  language plpgsql as $make$
begin
  execute (select 'create or replace view judging.submissions as select app.blinded(s.id) as id, '
      || string_agg(case when c.name is null then format('s.%I', a.attname)
        else format('case when s.campaign_id = any (%L::integer[]) then s.%2$I end as %2$I', coalesce(j.campaigns, '{}'), a.attname) end, ', ' order by a.attnum)
      || ' from told.submissions s'
    from pg_attribute a left join app.columns c on c.form = 'submissions' and c.name = a.attname
      left join app.judged_columns('submissions') j on j.name = c.name
    where a.attrelid = 'told.submissions'::regclass and a.attnum > 0 and a.attname <> 'id');
  alter view judging.submissions owner to haowangmin_eyes;
end $make$;
select app.lay_judging();
