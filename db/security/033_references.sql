/* What others hang on can't be removed while it does, and nothing points to what is removed: foreign keys say that a row
   is there, these triggers that it is not in the 回收站. They are made from the foreign keys themselves, so that a new
   table is held by them as soon as it refers to another. */

-- Who refers to whom, column by column: the foreign keys to tables whose rows are removed, and everything of a unit in a
-- campaign, which hangs on its taking part. Who takes part is a part of the campaign and goes with it. A unit names its kind,
-- and `follows` when that is renamed.
drop function if exists app.hanging();
create function app.hanging() returns table (referring name, columns name[], referred name, keys name[], follows boolean)
  language sql stable
as $$
  with columns as (
    select c.relname as relation, a.attname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped),
  referring as (
    -- these go with the row they belong to, or only tell of it
    select relation from columns where name = 'id' and relation not in ('files', 'comments', 'operations')
    union select 'jury')
  select r.relname, array(select a.attname from unnest(k.conkey) with ordinality x (n, at) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.n order by x.at),
    t.relname, array(select a.attname from unnest(k.confkey) with ordinality x (n, at) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.n order by x.at), false
  from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and (r.relname, t.relname) <> ('participations', 'campaigns') and r.relname in (select relation from referring)
    and exists (select from columns c where c.relation = t.relname and c.name = 'deleted_at')
  union all
  select c.relation, array['campaign_id', c.name]::name[], 'participations', '{campaign_id,unit_id}'::name[], false
  from columns c
  where c.name in ('unit_id', 'host_unit_id') and c.relation <> 'participations'
    and exists (select from columns o where o.relation = c.relation and o.name = 'campaign_id')
    and exists (select from columns o where o.relation = c.relation and o.name = 'deleted_at')
  union all
  select 'units', '{kind}', 'unit_kinds', '{name}', true
$$;

create or replace function app.rename_kind() returns trigger
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  update public.units u set kind = new.name, version = u.version + 1 where u.kind = old.name;
  return null;
end $$;
create or replace trigger rename_kind after update of name on public.unit_kinds for each row
  when (old.name is distinct from new.name and old.deleted_at is null) execute function app.rename_kind();
revoke all on function app.rename_kind() from public;

-- What a row is called in a sentence.
create or replace function app.called(r jsonb) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return coalesce(r ->> 'short_name', r ->> 'title', r ->> 'name',
    (select u.short_name from public.units u where u.id = (r ->> 'unit_id')::integer), r ->> 'id');
end $$;

-- Whether a row counts as being there, as a condition over `r`.
create or replace function app.alive(relation name) returns text
  language sql stable
as $$
  select coalesce((
    select case a.attname when 'state' then 'r.state not in (''undone'', ''failed'', ''cancelled'')' else format('r.%I is null', a.attname) end
    from pg_attribute a where a.attrelid = format('public.%I', relation)::regclass and not a.attisdropped
      and (a.attname in ('deleted_at', 'disabled_at') or (a.attname = 'state' and relation = 'imports'))), 'true')
$$;

/* HW423: others hang on the row. HW424: the row would point to what is removed. Both say in `detail`, as JSON, what it is
   about: {form, name, by: [{form, rows}]}. Laid for all tables, or for one and those that it refers to. */
create or replace function app.lay_references(relation name default null) returns void
  language plpgsql as $make$
declare
  each record;
  row_of constant text := $sql$
    create or replace function app.%1$I() returns trigger language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $body$
    declare
      told json;
    begin
      if app.me() is null then return %2$s; end if;
      %3$s
      return %2$s;
    end $body$ $sql$;
begin
  -- Removing: whoever is just adding what refers to the row is waited for, and whoever comes later finds it gone.
  for each in
    select referred, (select array_agg(distinct k) from app.hanging() x, unnest(x.keys) k where x.referred = h.referred and not x.follows) as keys, string_agg(format('select %L as form, count(*) as rows from public.%I r where (%s) = (%s) and %s',
        referring, referring, (select string_agg(format('r.%I', c), ', ') from unnest(columns) c), (select string_agg(format('old.%I', k), ', ') from unnest(keys) k),
        app.alive(referring) || case when referred <> 'campaigns' and exists (
          select from pg_attribute a where a.attrelid = format('public.%I', referring)::regclass and a.attname = 'campaign_id')
          then ' and exists (select from public.campaigns c where c.id = r.campaign_id and c.deleted_at is null)' else '' end), ' union all ') as uses
    from app.hanging() h
    where relation is null or h.referred = relation or h.referred in (select x.referred from app.hanging() x where x.referring = relation)
    group by 1
  loop
    execute format(row_of, 'keep_referred_' || each.referred, 'new', format($sql$
      perform set_config('app.held_%1$s', '', true) from public.%1$I t where t.id = old.id for update;
      select json_agg(u order by u.rows desc, u.form) into told
        from (select form, max(rows) as rows from (%2$s) uses group by 1 having max(rows) > 0) u;
      if told is not null then
        raise exception 'others refer to it' using errcode = 'HW423',
          detail = json_build_object('form', tg_table_name, 'name', app.called(to_jsonb(old)), 'by', told)::text;
      end if;$sql$, each.referred, each.uses));
    execute format('create or replace trigger referred before update on public.%I for each row
      when (old.deleted_at is null and (new.deleted_at is not null%s)) execute function app.%I()', each.referred,
      (select string_agg(format(' or old.%1$I is distinct from new.%1$I', k), '') from unnest(each.keys) k),
      'keep_referred_' || each.referred);
  end loop;

  -- Pointing: what is referred to is held until the end, and must be there then.
  for each in
    select referring, app.alive(referring) as alive, string_agg(format($sql$
      with w as materialized (select distinct %1$s from written n where (%1$s) is not null),
        held as materialized (select %2$s from public.%3$I t where (%2$s) in (select * from w) and t.deleted_at is null for %5$s)
      select json_build_object('form', %3$L, 'name', (select app.called(to_jsonb(t)) from public.%3$I t where (%2$s) = (%4$s) order by t.id desc limit 1))
        into told from w where (%4$s) not in (select * from held) limit 1;
      if told is not null then raise exception 'it refers to what is removed' using errcode = 'HW424', detail = told::text; end if;$sql$,
        -- `n`: a column may be called as PL/pgSQL calls something of its own
        (select string_agg(format('n.%I', c), ', ') from unnest(columns) c), (select string_agg(format('t.%I', k), ', ') from unnest(keys) k), referred,
        (select string_agg(format('w.%I', c), ', ') from unnest(columns) c), hold), '' order by referred, columns) as checks,
      -- The same of one row. Fifty thousand come out of the bin one by one and mostly refer to what the row before did: what is
      -- held stays held until the transaction ends, or removes it itself.
      string_agg(format($sql$
      if (%1$s) is not null and current_setting('app.held_%3$s', true) is distinct from %4$L || row(%1$s)::text then
        perform from public.%3$I t where (%2$s) = (%1$s) and t.deleted_at is null for %5$s;
        if not found then
          raise exception 'it refers to what is removed' using errcode = 'HW424', detail = json_build_object('form', %3$L,
            'name', (select app.called(to_jsonb(t)) from public.%3$I t where (%2$s) = (%1$s) order by t.id desc limit 1))::text;
        end if;
        perform set_config('app.held_%3$s', %4$L || row(%1$s)::text, true);
      end if;$sql$,
        (select string_agg(format('new.%I', c), ', ') from unnest(columns) c), (select string_agg(format('t.%I', k), ', ') from unnest(keys) k), referred, keys, hold),
        '' order by referred, columns) as checks_of_row,
      (select string_agg(format('old.%1$I is distinct from new.%1$I', c), ' or ') from (select distinct c from app.hanging() h, unnest(h.columns) c where h.referring = o.referring) x) as differs
    from app.hanging() o, lateral (select case when follows then 'share' else 'key share' end as hold) h -- a name may change under the weaker one
    where relation is null or o.referring = relation group by 1
  loop
    execute format(row_of, 'keep_new_' || each.referring, 'null', each.checks);
    execute format('create or replace trigger referring_insert after insert on public.%I referencing new table as written
      for each statement execute function app.%I()', each.referring, 'keep_new_' || each.referring);
    execute format(row_of, 'keep_changed_' || each.referring, 'null', each.checks_of_row);
    execute format('create or replace trigger referring_update after update on public.%I for each row
      when (%s and (not (%s) or %s)) execute function app.%I()', each.referring,
      replace(each.alive, 'r.', 'new.'), replace(each.alive, 'r.', 'old.'), each.differs, 'keep_changed_' || each.referring);
  end loop;
end $make$;
select app.lay_references();
