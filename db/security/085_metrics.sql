-- What the metrics of a campaign need of the database: a column of quotas each, where units have quotas of it; and numbers
-- that a person can't count, because they are of values the person does not read.

-- What a column of quotas holds: those that were added are checked like those that were there.
create or replace function app.lay_quota_checks() returns void
  language plpgsql as $$
declare
  added text;
begin
  for added in
    select c.name from app.columns c where c.form = 'quotas' and not exists (
      select from pg_constraint k where k.conrelid = 'public.quotas'::regclass and k.conname = 'quotas_' || c.name || '_check')
  loop
    execute format('alter table public.quotas add constraint %I check (%I >= 0)', 'quotas_' || added || '_check', added);
  end loop;
end $$;
select app.lay_quota_checks();

/* A metric with quotas is a column of that name: made when the first campaign has it, and kept. One that takes another name
   takes its numbers along. lock_not_available where somebody writes quotas. HW422 on name: the table is full. */
create or replace function app.lay_quota() returns trigger
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '800ms'
as $$
begin
  if not exists (select from pg_attribute a where a.attrelid = 'public.quotas'::regclass and a.attname = new.name and a.attnum > 0) then
    perform pg_advisory_xact_lock(hashtext('app.designs'));
    if (select count(*) from app.columns c where c.form = 'quotas') >= 300 then
      raise exception '任务分配表的栏目太多，请用已有的代号。' using errcode = 'HW422', column = 'name';
    end if;
    perform app.install_column('quotas', new.name, 'integer', false, null, null);
    perform app.lay_quota_checks(), app.lay_writes('quotas'), app.lay_told('quotas'), app.lay_grants('quotas'), app.lay_hidden_columns();
    perform app.note_seal();
  end if;
  if tg_op = 'UPDATE' and old.has_quota and old.name <> new.name then
    execute format('update public.quotas q set %1$I = %2$I, %2$I = null, version = q.version + 1 where q.campaign_id = $1 and %2$I is not null',
      new.name, old.name) using new.campaign_id;
  end if;
  return null;
end $$;
create or replace trigger lay_quota after insert or update of name, has_quota on public.metrics for each row
  when (new.has_quota) execute function app.lay_quota();
revoke all on function app.lay_quota_checks(), app.lay_quota() from public;

/* Of each unit, of all units (unit and day null) and of each day (unit null) the different values of a column among the rows
   that count, and how many more there would be with what waits. A value is of the day on which it was first met, at the
   latest today. Answers numbers only, of units and campaigns that are the person's. */
create or replace function app.distinct_values(p_campaign integer, p_form text, p_column text, p_day text, p_counted text[], p_filter jsonb)
  returns table (unit_id integer, day date, done bigint, pending bigint)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  is_text boolean;
  day_type regtype;
  narrowed text;
begin
  if not app.is_register(p_form) or p_campaign <> all (app.my_campaigns()) or p_filter ?| app.private_columns(p_form) then return; end if;
  select a.atttypid = 'text'::regtype and a.attname <> all (app.private_columns(p_form)) into is_text
    from pg_attribute a where a.attrelid = format('public.%I', p_form)::regclass and a.attname = p_column;
  select string_agg(format(' and t.%I in (%s)', f.key, (
      select string_agg(quote_literal(v), ', ') from jsonb_array_elements_text(
        case jsonb_typeof(f.value) when 'array' then f.value else jsonb_build_array(f.value) end) v)), '')
    into narrowed from jsonb_each(coalesce(p_filter, '{}')) f;
  return query execute format($sql$
    with met as materialized (
      select t.unit_id, %1$s as value, least(min(t.%2$I) filter (where t.status <> 'submitted'), $3) as done_on,
        count(*) filter (where t.status <> 'submitted') > 0 as is_done, least(min(t.%2$I), $3) as met_on
      from public.%3$I t
      where t.campaign_id = $1 and t.unit_id = any ($2) and t.deleted_at is null and t.status = any ($4 || 'submitted'::text)
        and t.%4$I is not null%5$s
      group by 1, 2),
    everywhere as materialized (
      select min(done_on) filter (where is_done) as done_on, bool_or(is_done) as is_done, min(met_on) as met_on from met group by value)
    select m.unit_id, null::date, count(*) filter (where is_done), count(*) filter (where not is_done) from met m group by 1
    union all select null, null, count(*) filter (where is_done), count(*) filter (where not is_done) from everywhere
    union all select null, d.day, sum(d.done)::bigint, sum(d.met - d.done)::bigint from (
      select done_on::date as day, 1 as done, 0 as met from everywhere where is_done
      union all select met_on::date, 0, 1 from everywhere) d group by 2
  $sql$, case when is_text then format('app.same_text(t.%I)', p_column) else format('t.%I', p_column) end,
    p_day, p_form, p_column, narrowed)
    using p_campaign, app.my_units(), app.today(p_campaign), p_counted;
end $$;
revoke all on function app.distinct_values(integer, text, text, text, text[], jsonb) from public;
grant execute on function app.distinct_values(integer, text, text, text, text[], jsonb)
  to haowangmin_province, haowangmin_cac, haowangmin_clerk;
