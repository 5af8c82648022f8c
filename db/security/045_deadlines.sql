-- A deadline holds when a row is committed, not when it is written: what begins before it may end after it. So whoever
-- wrote because a form was open is asked again at the very end, once a transaction and table, and whoever moves a
-- deadline meanwhile either comes first or waits.

-- Whether this is the first row of its transaction that was written under a deadline: by a unit in its own rows, by a
-- host that ranks or shortlists. What is decided above the unit has none. `due` is remembered as the triggers spell it.
create or replace function app.comes_due(p_form text, p_campaign integer, p_unit integer, p_status text, p_due text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  asker text := current_setting('role');
  act text := app.setting('app.action');
begin
  perform set_config('app.due_' || p_form, p_due, true);
  return asker in ('haowangmin_clerk', 'haowangmin_province') and case
    when act is null then asker = 'haowangmin_clerk' or p_unit = any (app.my_own_units())
    when act = 'undo' then p_status in ('draft', 'returned')
    else act = 'shortlisting' or exists (
      select from app.transitions t where t.flow = app.flow(p_form) and t.action = act and t.by = '{unit}') end;
end $$;

create or replace function app.hold_deadline() returns trigger
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('app.deadline'), new.campaign_id);
  if new.campaign_id <> all (app.open_campaigns(tg_table_name)) then
    raise exception 'the deadline has passed' using errcode = 'HW403', detail = app.words(new.campaign_id) ->> 'lead_short';
  end if;
  return null;
end $$;

create or replace function app.move_deadline() returns trigger
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('app.deadline'), case tg_table_name when 'campaigns' then new.id else (to_jsonb(new) ->> 'campaign_id')::integer end);
  return new;
end $$;

create or replace function app.lay_deadline(form text) returns void
  language plpgsql as $make$
begin
  execute format('drop trigger if exists hold_deadline on public.%I', form);
  execute format($sql$
    create constraint trigger hold_deadline after insert or update on public.%1$I deferrable initially deferred for each row
      when (current_setting('app.due_%1$s', true) is distinct from
          new.campaign_id || ' ' || new.unit_id || ' ' || coalesce(current_setting('app.action', true), '')
        and app.comes_due(%1$L, new.campaign_id, new.unit_id, new.status,
          new.campaign_id || ' ' || new.unit_id || ' ' || coalesce(current_setting('app.action', true), '')))
      execute function app.hold_deadline()
  $sql$, form);
end $make$;
select app.lay_deadline(name) from app.forms where scope = 'unit';

do $$
declare
  each text;
begin
  foreach each in array array['stages', 'reopenings', 'campaigns', 'participations'] loop
    execute format('create or replace trigger move_deadline before insert or update on public.%I for each row execute function app.move_deadline()', each);
  end loop;
end $$;
