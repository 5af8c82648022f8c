/* 以他人身份查看: the province looks at a campaign as a clerk of a unit, the internet office or a juror. A session that looks is
   an asker of its own, whose number is that of the look, negative: everything that asks app.myself() asks the role looked
   as, and what is somebody's own (marks, saved views, operations) belongs to other numbers. Its transactions are read only
   (server/database/connection.ts), which PostgreSQL lets nobody take back. */

/* Lets a session of the province look as somebody until it ends: as a clerk of `p_unit`, the internet office of `p_unit` (null:
   of the province), or a juror of `p_collection`; with `p_user` as that person: role, unit and juries are theirs. Answers why
   not: `province`, `marks` (a juror who has given some), `nobody`, `apart` (the unit does not take part), or null. */
create or replace function app.begin_impersonation(p_token text, p_campaign integer, p_role text, p_unit integer, p_collection integer, p_user integer)
  returns text
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  person users;
  juries integer[] := array(select c.id from public.collections c where c.id = p_collection and c.campaign_id = p_campaign and c.deleted_at is null);
  made integer;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  if not exists (select from public.campaigns c where c.id = p_campaign and c.deleted_at is null) then return 'nobody'; end if;
  if p_user is not null then
    select u.* into person from public.users u where u.id = p_user and u.disabled_at is null;
    p_role := person.role;
    p_unit := person.unit_id;
    juries := array(select j.collection_id from public.jury j join public.collections c on c.id = j.collection_id
      where j.juror_id = p_user and c.campaign_id = p_campaign and c.deleted_at is null);
    if exists (select from public.scores s where s.juror_id = p_user) then return 'marks'; end if;
  end if;
  if p_role = 'province' then return 'province'; end if;
  if p_role is null or p_role <> all ('{clerk,cac,juror}') or (p_role = 'clerk' and p_unit is null)
    or (p_role = 'juror' and p_user is null and cardinality(juries) = 0) then return 'nobody'; end if;
  if p_role = 'juror' then p_unit := null; else juries := '{}'; end if;
  if p_unit is not null and not exists (
    select from public.participations p where p.campaign_id = p_campaign and p.unit_id = p_unit and p.deleted_at is null) then return 'apart'; end if;
  insert into app.impersonations (actor_id, role, campaign_id, unit_id, collections)
    values (app.me(), p_role, p_campaign, p_unit, juries) returning id into made;
  update public.sessions s set impersonation_id = made where s.token_hash = p_token and s.user_id = app.me();
  if not found then raise insufficient_privilege; end if;
  perform app.note('users', app.me(), p_campaign, null, null, 'impersonation', null,
    json_build_object('role', p_role, 'unit_id', p_unit, 'collections', juries, 'user_id', p_user));
  return null;
end $$;

-- For the role `gate`: a session that looks can write nothing, its own end neither.
create or replace function app.end_impersonation(p_token text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  update app.impersonations i set ended_at = now() from public.sessions s
    where s.token_hash = p_token and i.id = s.impersonation_id and i.ended_at is null;
  update public.sessions set impersonation_id = null where token_hash = p_token;
$$;

-- The look that is asking, as long as who looks is of the province.
create or replace function app.impersonation() returns app.impersonations
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select i from app.impersonations i join public.users u on u.id = i.actor_id
    where i.id = -app.me() and i.ended_at is null and u.role = 'province' and u.disabled_at is null);
end $$;

-- Who a look stands for: nobody's account, in the role and the unit that are looked as.
create or replace function app.impersonated() returns users
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  look app.impersonations := app.impersonation();
  person users;
begin
  if look.id is null then return null; end if;
  select u.* into person from public.users u where u.id = look.actor_id;
  person.id := -look.id;
  person.role := look.role;
  person.unit_id := look.unit_id;
  person.password_hash := '';
  person.must_change_password := false;
  return person;
end $$;
revoke all on function app.begin_impersonation(text, integer, text, integer, integer, integer), app.end_impersonation(text), app.impersonation(),
  app.impersonated() from public;
