-- Notifies listeners which rows have changed: ids, never contents, one notice a statement. The server reads the rows again
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
    'first', case when n > most then (select min(id) from unnest(ids) id) end,
    'last', case when n > most then (select max(id) from unnest(ids) id) end,
    'at', case when n > most then now() end,
    'unit', case when units[1] = units[2] then units[1] end,
    'campaign', case when campaigns[1] = campaigns[2] then campaigns[1] end)::text);
  return null;
end $$;

-- Rows that were too many to be named: those written by the transaction of that moment. Whoever asks reads them through
-- the policies, so that nobody gets events of rows out of sight.
create or replace function app.written(p_form text, p_first integer, p_last integer, p_at timestamptz) returns setof integer
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 1000
as $$
begin
  return query execute format('select t.id from public.%I t where t.id between $1 and $2 and t.updated_at = $3', p_form)
    using p_first, p_last, p_at;
end $$;
grant execute on function app.written(text, integer, integer, timestamptz)
  to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror;

-- A session that ends is notified as a change of its person: open streams are looked at again at once.
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

create or replace function app.lay_live(relation name) returns void
  language plpgsql as $$
declare
  scope text := coalesce((select f.scope from app.forms f where f.name = relation), 'people');
begin
  execute format('create or replace trigger live_insert after insert on public.%I referencing new table as new_rows for each statement execute function app.tell_change(%L)',
    relation, scope);
  execute format('create or replace trigger live_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement %s execute function app.tell_change(%L)',
    relation, app.unless_filling(), scope);
end $$;
select app.lay_live(name) from (select name from app.forms union select 'users' order by 1) f;

create or replace trigger live_delete after delete on public.sessions referencing old table as old_rows
  for each statement execute function app.tell_session_end();
