-- What happens at every write, whoever writes: versions that can't be skipped, history that can't be forged, counts.

-- An update carries the next version; one that forgot its WHERE is refused here. Who and when are never the client's.
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

-- What history keeps of a row: its own columns; a phone only as its masked twin.
create or replace function app.told(r jsonb) returns jsonb
  language sql immutable parallel safe
as $$
  select jsonb_strip_nulls(r) - '{id,campaign_id,unit_id,version,created_at,created_by,updated_at,updated_by,phone,password_hash,content}'::text[]
$$;

create or replace function app.write_changes() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  who integer := app.me();
  as_role text := nullif(current_setting('role', true), 'none');
  request text := nullif(current_setting('app.request_id', true), '');
  import integer := nullif(current_setting('app.import_id', true), '')::integer;
  action text := nullif(current_setting('app.action', true), '');
begin
  if tg_op = 'INSERT' then
    insert into public.changes (actor_id, role, request_id, import_id, form, row_id, campaign_id, unit_id, collection_id, action, after, secret)
    select who, as_role, request, import, tg_table_name, (n ->> 'id')::integer, (n ->> 'campaign_id')::integer,
      (n ->> 'unit_id')::integer, (n ->> 'collection_id')::integer, 'create', app.told(n),
      case when n ->> 'phone' is not null then jsonb_build_object('after', jsonb_build_object('phone', n -> 'phone')) end
    from (select to_jsonb(t) as n from new_rows t) rows;
  elsif tg_op = 'UPDATE' then
    insert into public.changes (actor_id, role, request_id, import_id, form, row_id, campaign_id, unit_id, collection_id, action, before, after, secret)
    select who, as_role, request, import, tg_table_name, (n ->> 'id')::integer, (n ->> 'campaign_id')::integer,
      (n ->> 'unit_id')::integer, (n ->> 'collection_id')::integer,
      case
        when o -> 'deleted_at' = 'null' and n -> 'deleted_at' <> 'null' then 'remove'
        when o -> 'deleted_at' <> 'null' and n -> 'deleted_at' = 'null' then 'restore'
        else coalesce(action, 'update') end,
      difference.before, difference.after,
      case when o -> 'phone' is distinct from n -> 'phone' then
        jsonb_build_object('before', jsonb_build_object('phone', o -> 'phone'), 'after', jsonb_build_object('phone', n -> 'phone')) end
    from (select to_jsonb(t) as o, t.id from old_rows t) old
    join (select to_jsonb(t) as n, t.id from new_rows t) new using (id)
    cross join lateral (
      select jsonb_object_agg(key, o -> key) as before, jsonb_object_agg(key, n -> key) as after
      from jsonb_object_keys(n) as key
      where o -> key is distinct from n -> key
        and key <> all ('{version,updated_at,updated_by,phone,password_hash}'::text[])) difference;
  end if;
  return null;
end $$;

-- Opinions and decisions leave what was put forward as it is.
create or replace function app.keep_nomination() returns trigger
  language plpgsql as $$
begin
  if app.me() is not null and old.status not in ('draft', 'returned')
    and (new.category, new.target, new.submission_id, new.deeds, new.unit_opinion, new.remark)
      is distinct from (old.category, old.target, old.submission_id, old.deeds, old.unit_opinion, old.remark) then
    raise insufficient_privilege;
  end if;
  return new;
end $$;

-- A row counts under its status, a deleted one under 'deleted'. Most changes move no row from one to another.
create or replace function app.write_tally() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.tally (form, campaign_id, unit_id, status, rows)
    select tg_table_name, campaign_id, unit_id, case when deleted_at is null then status else 'deleted' end, count(*)
    from new_rows group by 2, 3, 4;
  elsif exists (select from old_rows o join new_rows n using (id)
      where n.status <> o.status or (n.deleted_at is null) <> (o.deleted_at is null)) then
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
create table if not exists app.numbers (
  campaign_id integer not null, unit_id integer not null, collection_id integer not null, last integer not null,
  primary key (campaign_id, unit_id, collection_id));

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

do $$
declare
  each text;
  register boolean;
begin
  foreach each in array array['campaigns', 'units', 'users', 'national_activities', 'collections', 'stages', 'quotas',
    'organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards'] loop
    register := each in ('organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards');
    execute format('create or replace trigger next_version before update on public.%I for each row execute function app.next_version()', each);
    execute format('create or replace trigger changes_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.write_changes()', each);
    execute format('create or replace trigger changes_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement execute function app.write_changes()', each);
    if register then
      execute format('create or replace trigger tally_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.write_tally()', each);
      execute format('create or replace trigger tally_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement execute function app.write_tally()', each);
      execute format('alter table public.%I alter created_by set default app.me(), alter updated_by set default app.me()', each);
    end if;
  end loop;
end $$;

create or replace trigger keep_nomination before update on public.awards for each row execute function app.keep_nomination();
create or replace trigger give_number before insert or update of collection_id on public.submissions
  for each row execute function app.give_number();

alter table public.comments alter created_by set default app.me();
alter table public.files alter created_by set default app.me();
alter table public.imports alter created_by set default app.me();
alter table public.votes alter created_by set default app.me();
alter table public.jury alter created_by set default app.me();
alter table public.reopenings alter created_by set default app.me();
alter table public.scores alter juror_id set default app.me();
