-- Tells who listens which rows have changed: ids, never contents, one notice a statement. The server reads the rows again
-- as each listener, through the policies. Statement triggers on the tables themselves share the transition tables that the
-- history needs anyway; one on `changes` would have its rows copied a second time.

create or replace function app.tell_change() returns trigger
  language plpgsql as $$
declare
  most constant integer := 300; -- beyond: "many", read again
  n integer;
  alive integer;
  ids integer[];
  units integer[];
  campaigns integer[];
  moved boolean := tg_op = 'INSERT';
begin
  if tg_argv[0] = 'unit' then
    select count(*), count(*) - count(deleted_at), array_agg(id), array[min(unit_id), max(unit_id)], array[min(campaign_id), max(campaign_id)]
      into n, alive, ids, units, campaigns from new_rows;
  elsif tg_argv[0] = 'campaign' then
    select count(*), count(*) - count(deleted_at), array_agg(id), array[min(campaign_id), max(campaign_id)] into n, alive, ids, campaigns from new_rows;
  elsif tg_argv[0] = 'global' then
    select count(*), count(*) - count(deleted_at), array_agg(id) into n, alive, ids from new_rows;
  else
    select count(*), array_agg(id) into n, ids from new_rows;
  end if;
  if n = 0 then return null; end if;
  if tg_op = 'UPDATE' and tg_argv[0] <> 'people' then
    moved := alive <> (select count(*) - count(deleted_at) from old_rows);
  end if;
  perform pg_notify('haowangmin_changes', json_build_object(
    'form', tg_table_name, 'actor', app.me(), 'moved', moved,
    'ids', case when n <= most then to_json(ids) end,
    'unit', case when units[1] = units[2] then units[1] end,
    'campaign', case when campaigns[1] = campaigns[2] then campaigns[1] end)::text);
  return null;
end $$;

-- A session that ends is told as a change of its person: open streams are looked at again at once.
create or replace function app.tell_session_end() returns trigger
  language plpgsql as $$
declare
  ids integer[] := array(select distinct user_id from old_rows limit 300);
begin
  if cardinality(ids) > 0 then
    perform pg_notify('haowangmin_changes', json_build_object('form', 'users', 'moved', false, 'ids', ids)::text);
  end if;
  return null;
end $$;

do $$
declare
  each record;
begin
  for each in select * from (values
    ('unit', '{organizations,propagandists,events,attendance,reach,submissions,awards}'::text[]),
    ('campaign', '{participations,national_activities,collections,stages,reopenings,quotas}'),
    ('global', '{campaigns,units}'),
    ('people', '{users}')) as scopes (scope, relations)
  loop
    for i in 1 .. cardinality(each.relations) loop
      execute format('create or replace trigger live_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.tell_change(%L)',
        each.relations[i], each.scope);
      execute format('create or replace trigger live_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement execute function app.tell_change(%L)',
        each.relations[i], each.scope);
    end loop;
  end loop;
end $$;

-- Only triggers call them.
revoke all on function app.tell_change(), app.tell_session_end() from public;

create or replace trigger live_delete after delete on public.sessions referencing old table as old_rows
  for each statement execute function app.tell_session_end();
