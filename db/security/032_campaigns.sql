-- The life of a campaign: prepared by the province, running, archived; and what is archived stays as it is.

insert into app.transitions (flow, action, label, from_status, to_status, by, needs_reason) values
  ('campaign', 'opening', '开启', '{preparing}', 'running', '{province}', false),
  ('campaign', 'archival', '归档', '{running}', 'archived', '{province}', false),
  ('campaign', 'reopening', '重新开启', '{archived}', 'running', '{province}', false);

/* Moves a campaign on. Whoever is writing in it is waited for, and whoever comes later finds it as it is then. `result` is
   done, state (not from this one) or busy (something long is still being written); no row where there is no such campaign. */
create or replace function app.move_campaign(p_id integer, p_action text) returns table (result text, state text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '5s'
as $$
declare
  transition app.transitions;
  c campaigns;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  select * into strict transition from app.transitions t where t.flow = 'campaign' and t.action = p_action;
  perform pg_advisory_xact_lock(hashtext('app.campaign'), p_id);
  select * into c from public.campaigns k where k.id = p_id and k.deleted_at is null for update;
  if not found then return; end if;
  if c.state <> all (transition.from_status) then return query select 'state', c.state; return; end if;
  perform set_config('app.action', p_action, true);
  update public.campaigns k set state = transition.to_status, version = k.version + 1,
    opened_at = case p_action when 'opening' then now() else k.opened_at end where k.id = p_id;
  perform set_config('app.action', '', true);
  return query select 'done', transition.to_status;
exception when lock_not_available then
  return query select 'busy', null::text;
end $$;

-- A new campaign begins with those who take part in the one everybody begins with; the province changes that as it prepares.
create or replace function app.begin_campaign() returns trigger
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into public.participations (campaign_id, unit_id, annex_order)
  select new.id, p.unit_id, p.annex_order from public.participations p
  where p.deleted_at is null and p.campaign_id = (
    select c.id from public.campaigns c where c.id <> new.id and c.deleted_at is null
    order by (c.state = 'running') desc, c.opened_at desc nulls last, c.year desc, c.id desc limit 1)
  order by p.annex_order nulls last, p.id;
  return null;
end $$;
create or replace trigger begin_campaign after insert on public.campaigns for each row
  when (app.me() is not null) execute function app.begin_campaign();

/* Nothing is written in an archived campaign, by whatever path. The lock is shared by all writers; archiving waits for
   them, and the state is read once it is held. */
create or replace function app.keep_archived() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  concerned integer[];
  each integer;
begin
  if app.me() is null then return null; end if; -- the owner, who restores what was saved
  if tg_argv[0] = 'submission' then
    concerned := array(select distinct s.campaign_id from written w join public.submissions s on s.id = w.submission_id);
  elsif tg_argv[0] = 'collection' then
    concerned := array(select distinct c.campaign_id from written w join public.collections c on c.id = w.collection_id);
  else
    concerned := array(select distinct w.campaign_id from written w where w.campaign_id is not null);
  end if;
  foreach each in array concerned loop
    perform pg_advisory_xact_lock_shared(hashtext('app.campaign'), each);
    if exists (select from public.campaigns c where c.id = each and c.state = 'archived') then
      raise exception 'campaign is archived' using errcode = 'HW403';
    end if;
  end loop;
  return null;
end $$;

-- `through`: where rows say their campaign by that of a collection or a work.
create or replace function app.lay_archive(relation name, through text default '') returns void
  language plpgsql as $$
declare
  verb text;
begin
  -- an import that was under way says how it ended
  foreach verb in array case relation when 'imports' then '{insert}' else '{insert,update,delete}' end::text[] loop
    execute format('create or replace trigger archived_%1$s after %1$s on public.%2$I referencing %3$s table as written
      for each statement execute function app.keep_archived(%4$L)', verb, relation, case verb when 'delete' then 'old' else 'new' end, through);
  end loop;
end $$;

-- changes and tally are written by triggers of what is kept here
select app.lay_archive(c.relname) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'campaign_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not in ('changes', 'tally');
select app.lay_archive('jury', 'collection'), app.lay_archive('scores', 'submission'), app.lay_archive('votes', 'submission');
revoke all on function app.keep_archived(), app.begin_campaign() from public;

-- What is known of a unit that takes part.
create or replace function app.participations_name(p_id integer) returns text
  language sql stable
as $$ select u.name from told.participations p join told.units u on u.id = p.unit_id where p.id = p_id $$;

create or replace function app.participations_kind(p_id integer) returns text
  language sql stable
as $$ select u.kind from told.participations p join told.units u on u.id = p.unit_id where p.id = p_id $$;

/* How a campaign, else the one everybody begins with, speaks of those who take part in it (Words, server/database/words.ts).
   What it does not say itself follows from its units: who leads, and whether an internet office takes part. */
create or replace function app.words(p_campaign integer) returns jsonb
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  with one as (
    select c.* from (select 1) always left join public.campaigns c on c.id = coalesce(p_campaign, (
      select b.id from public.campaigns b where b.state = 'running' and b.deleted_at is null
      order by b.opened_at desc nulls last, b.year desc, b.id desc limit 1))),
  bodies as (
    select u.name, u.short_name, k.name as kind, k.duty, u.id, exists (
      select from public.participations p where p.campaign_id = one.id and p.unit_id = u.id and p.deleted_at is null) as takes_part
    from one, public.units u join public.unit_kinds k on k.name = u.kind and k.deleted_at is null
    where u.deleted_at is null and k.duty is not null),
  said as (
    select one.*, coalesce(one.lead_name, l.name, '牵头单位') as lead, coalesce(one.lead_short, one.lead_name, l.short_name, '牵头单位') as short,
      coalesce(one.units_called, '各单位') as units, coalesce(one.area, '全部单位') as whole, o.kind as office, o.short_name as office_name
    from one
    left join lateral (select b.* from bodies b where b.duty = 'leads' order by b.takes_part desc, b.id limit 1) l on true
    left join lateral (select b.* from bodies b where b.duty = 'oversees' and b.takes_part order by b.id limit 1) o on true)
  select jsonb_build_object('lead_name', lead, 'lead_short', short, 'contact', short || coalesce(department, ''),
    'office', office, 'office_name', office_name, 'units_called', units, 'unit_called', regexp_replace(units, '^各', ''),
    'area', whole, 'level', coalesce(substring(whole from '^全(.)$'), ''), 'plan_title', coalesce(plan_title, ''),
    'login_title', coalesce(login_title, name, ''), 'login_text', coalesce(login_text, ''), 'home_title', coalesce(home_title, whole || '进度'))
  from said
$$;

-- What stands on the login page: nobody is known yet, and nothing is told but how the running campaign calls itself.
create or replace function app.welcome() returns jsonb
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select jsonb_build_object('lead_name', w -> 'lead_name', 'contact', w -> 'contact', 'department', c.department, 'office', w -> 'office',
    'unit_called', w -> 'unit_called', 'title', w -> 'login_title', 'text', w -> 'login_text', 'notice_number', c.notice_number)
  from (select app.words(null) as w) said left join lateral (
    select k.department, k.notice_number from public.campaigns k where k.state = 'running' and k.deleted_at is null
    order by k.opened_at desc nulls last, k.year desc, k.id desc limit 1) c on true
$$;
