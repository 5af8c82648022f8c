-- What happens at every write, whoever writes: versions that can't be skipped, history that can't be forged, counts.

-- An update carries the next version; one that forgot its WHERE is refused here. Who and when are never the client's.
/* A column that is filled before it takes another one's place (082_preparations.sql) changes nothing that anybody sees: triggers on
   an update leave such a statement alone. Anybody can set the setting, which spares all other writes the question; only what
   fills writes `filled_by`, and it may write nothing but such a column. */
create or replace function app.is_filling() returns boolean
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select exists (select from app.preparations p where p.filled_by = pg_current_xact_id_if_assigned()) $$;
create or replace function app.unless_filling() returns text
  language sql immutable return 'when (current_setting(''app.filling'', true) is distinct from ''on'' or not app.is_filling())';

create or replace function app.next_version() returns trigger
  language plpgsql as $$
begin
  if new.version is distinct from old.version + 1 then
    raise exception 'stale version' using errcode = 'HW409';
  end if;
  new.updated_at := now();
  new.updated_by := app.me();
  return new;
end $$;

-- What of a transaction stands beside each of its changes.
create or replace function app.setting(name text) returns text
  language sql stable parallel safe return nullif(current_setting(name, true), '');

-- JSON in SQL of those columns in which the rows `o` and `n` differ, as one of the two has them.
create or replace function app.differing(side text, columns text[]) returns text
  language sql immutable as $$
  select '(' || string_agg(format('case when o.%1$I is distinct from n.%1$I then jsonb_build_object(%1$L, %2$s.%1$I) else ''{}''::jsonb end', c, side), ' || ') || ')::json'
  from unnest(columns) c
$$;

-- JSON in SQL of these columns of `n`. A function takes a hundred arguments, so many columns are put together of parts.
create or replace function app.object_of(columns text[]) returns text
  language sql immutable as $$
  select case when cardinality(columns) <= 50 then 'json_build_object(' || (select string_agg(format('%L, n.%I', c, c), ', ' order by at) from unnest(columns) with ordinality x (c, at)) || ')'
    else '(' || (select string_agg(part, ' || ' order by n) from (
      select (at - 1) / 50 as n, 'jsonb_build_object(' || string_agg(format('%L, n.%I', c, c), ', ' order by at) || ')' as part
      from unnest(columns) with ordinality x (c, at) group by 1) parts) || ')::json' end
$$;

/* History of one table: a pair of statement triggers that spell its columns out, made anew with every migration. Taking
   rows apart as jsonb instead costs four times as much, most of an import's time. What is private is told as its masked
   twin; the value itself goes into `secret`. What an import creates is one change a statement (see 006_bulk.sql). */
create or replace function app.keep_history(relation name) returns void
  language plpgsql as $make$
declare
  private text[] := app.private_columns(relation);
  columns name[] := array(
    select a.attname from pg_attribute a where a.attrelid = format('public.%I', relation)::regclass and a.attnum > 0 and not a.attisdropped and not app.is_prepared(a.attname)
      -- what is computed as it is read stands in no row that was written: its parts are told
      and a.attgenerated <> 'v'
      and a.attname <> all ('{id,campaign_id,unit_id,version,created_at,created_by,updated_at,updated_by,password_hash}' || private) order by a.attnum);
  has name[] := array(
    select a.attname from pg_attribute a where a.attrelid = format('public.%I', relation)::regclass and a.attnum > 0 and not a.attisdropped);
  -- what a row was created with, id and what is private included, and nothing that PostgreSQL computes
  stored text[] := array['id'] || array(
    select a.attname::text from pg_attribute a where a.attrelid = format('public.%I', relation)::regclass and a.attnum > 0 and not a.attisdropped and not app.is_prepared(a.attname)
      and a.attgenerated = '' and a.attname <> all ('{id,campaign_id,unit_id,version,created_at,created_by,updated_at,updated_by,password_hash}') order by a.attnum);
  head text := 'insert into public.changes (actor_id, role, request_id, import_id, form, row_id, campaign_id, unit_id, collection_id, action, before, after, secret)';
  who text := format('select app.me(), nullif(current_setting(''role'', true), ''none''), app.setting(''app.request_id''), app.setting(''app.import_id'')::integer, %L, n.id', relation);
  place text := '';
  each name;
begin
  foreach each in array '{campaign_id,unit_id,collection_id}'::name[] loop
    place := place || case when each = any (has) then format(', n.%I', each) else ', null::integer' end;
  end loop;
  execute format($sql$
    create or replace function app.%1$I() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $body$
    begin
      %7$s
      %2$s %3$s %4$s, 'create', null, json_strip_nulls(%5$s), %6$s from new_rows n;
      return null;
    end $body$ $sql$,
    'tell_new_' || relation, head, who, place,
    app.object_of(columns),
    coalesce((select format('case when %s then json_build_object(''after'', %s(json_build_object(%s))) end',
        string_agg(format('n.%I is not null', c), ' or '), case when count(*) > 1 then 'json_strip_nulls' end, string_agg(format('%1$L, n.%1$I', c), ', '))
      from unnest(private) c having count(*) > 0), 'null'),
    -- who may see the change of a work depends on the work, so each work has a line of its own
    case when has @> '{campaign_id,unit_id}' and 'collection_id' <> all (has) then format($sql$
      if app.setting('app.import_id') is not null then
        insert into public.changes (actor_id, role, request_id, import_id, form, row_ids, first_row, last_row, campaign_id, unit_id, action, columns, rows)
        %s, range_agg(int4range(n.id, n.id + 1)), min(n.id), max(n.id), n.campaign_id, n.unit_id, 'create', %L, array_agg(row(%s)::text)
        from new_rows n group by n.campaign_id, n.unit_id;
        return null;
      end if;$sql$, replace(who, ', n.id', ''), stored, (select string_agg(format('n.%I', c), ', ') from unnest(stored) c)) else '' end);
  execute format($sql$
    -- the plan is kept from the first call, mostly one of a single row: as a nested loop it would be quadratic for thousands
    create or replace function app.%1$I() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp
      set enable_nestloop = off as $body$
    begin
      %2$s %3$s %4$s, %5$s, %6$s, %7$s, %8$s from old_rows o join new_rows n using (id);
      return null;
    end $body$ $sql$,
    'tell_changed_' || relation, head, replace(who, 'n.id', 'id'), place,
    case when 'deleted_at' = any (has) then
      'coalesce(app.setting(''app.action''), case when o.deleted_at is null and n.deleted_at is not null then ''remove'' when o.deleted_at is not null and n.deleted_at is null then ''restore'' else ''update'' end)'
      else 'coalesce(app.setting(''app.action''), ''update'')' end,
    app.differing('o', columns), app.differing('n', columns),
    coalesce((select format('case when %s then json_build_object(''before'', %s, ''after'', %s) end',
        string_agg(format('o.%1$I is distinct from n.%1$I', c), ' or '), app.differing('o', private), app.differing('n', private))
      from unnest(private) c having count(*) > 0), 'null'));
  execute format('create or replace trigger changes_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.%I()', relation, 'tell_new_' || relation);
  execute format('create or replace trigger changes_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement %s execute function app.%I()', relation, app.unless_filling(), 'tell_changed_' || relation);
end $make$;

-- A row counts under its status, a deleted one under 'deleted'. Most changes move no row from one to another.
create or replace function app.write_tally() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.tally (form, campaign_id, unit_id, status, rows)
    select tg_table_name, campaign_id, unit_id, case when deleted_at is null then status else 'deleted' end, count(*)
    from new_rows group by 2, 3, 4;
  else
    insert into public.tally (form, campaign_id, unit_id, status, rows)
    select tg_table_name, campaign_id, unit_id, status, sum(n) from (
      select campaign_id, unit_id, case when deleted_at is null then status else 'deleted' end as status, 1 as n from new_rows
      union all
      select campaign_id, unit_id, case when deleted_at is null then status else 'deleted' end, -1 from old_rows) deltas
    group by 2, 3, 4 having sum(n) <> 0;
  end if;
  return null;
end $$;

-- Adds the deltas up. One at a time; writers go on appending meanwhile.
create or replace function app.fold_tally() returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if not pg_try_advisory_xact_lock(hashtext('app.fold_tally')) then return; end if;
  with taken as (delete from public.tally returning *)
  insert into public.tally (form, campaign_id, unit_id, status, rows)
  select form, campaign_id, unit_id, status, sum(rows) from taken group by 1, 2, 3, 4 having sum(rows) <> 0;
end $$;

-- 合肥-C5-0007: the next number of a unit in a collection.
create or replace function app.give_number() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  next integer;
begin
  if tg_op = 'UPDATE' and new.collection_id = old.collection_id then return new; end if;
  insert into app.numbers as n (campaign_id, unit_id, collection_id, last) values (new.campaign_id, new.unit_id, new.collection_id, 1)
    on conflict (campaign_id, unit_id, collection_id) do update set last = n.last + 1 returning n.last into next;
  select u.short_name || '-' || c.code || '-' || lpad(next::text, 4, '0') into new.number
    from public.units u, public.collections c where u.id = new.unit_id and c.id = new.collection_id;
  return new;
end $$;

-- Versions and history of a table; counts and who made it of what units fill.
create or replace function app.lay_writes(relation name) returns void
  language plpgsql as $$
begin
  execute format('create or replace trigger next_version before update on public.%I for each row %s execute function app.next_version()', relation, app.unless_filling());
  perform app.keep_history(relation);
  if app.is_register(relation) then
    execute format('create or replace trigger tally_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.write_tally()', relation);
    execute format('create or replace trigger tally_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement %s execute function app.write_tally()', relation, app.unless_filling());
    execute format('alter table public.%I alter created_by set default app.me(), alter updated_by set default app.me()', relation);
  end if;
end $$;

select app.lay_writes(name) from (select name from app.forms union select unnest('{users,form_designs}'::text[]) order by 1) f;

create or replace trigger give_number before insert or update of collection_id on public.submissions
  for each row execute function app.give_number();

alter table public.comments alter created_by set default app.me();
alter table public.form_designs alter created_by set default app.me(), alter updated_by set default app.me();
alter table public.files alter created_by set default app.me();
alter table public.imports alter created_by set default app.me();
alter table public.operations alter created_by set default app.me();
alter table public.filings alter created_by set default app.me();
alter table public.creations alter actor_id set default app.me();
alter table public.carries alter created_by set default app.me();
alter table public.carry_refusals alter refused_by set default app.me();
alter table public.votes alter created_by set default app.me();
alter table public.jury alter created_by set default app.me();
alter table public.scores alter juror_id set default app.me();

-- Views have versions and an owner, and no history.
create or replace trigger next_version before update on public.views for each row execute function app.next_version();
create or replace trigger next_version before update on public.print_templates for each row execute function app.next_version();
alter table public.print_templates alter created_by set default app.me(), alter updated_by set default app.me();
alter table public.views alter owner_id set default app.me();
alter table public.view_defaults alter user_id set default app.me();
