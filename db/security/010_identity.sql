-- Who is asking. The server names the person once a transaction (app.user_id); everything else is derived here, from
-- the person's row as it is now, so that disabling or moving somebody works with the next request.
-- SECURITY DEFINER functions belong to the owner and have a fixed search_path. They are PL/pgSQL, although SQL would do,
-- because their plans are then kept by the connection: policies call them in every statement.

create or replace function app.me() returns integer
  language sql stable parallel safe
  return nullif(current_setting('app.user_id', true), '')::integer;

-- The person's row, or none when nobody was named or the person is disabled. Who looks as somebody else has a number below 0
-- (008_impersonation.sql).
create or replace function app.myself() returns users
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if app.me() < 0 then return app.impersonated(); end if;
  return (
    select u from public.users u where u.id = app.me() and u.disabled_at is null);
end $$;

-- Units whose rows the person may see. The internet office of the province has no unit and sees all of them.
create or replace function app.my_units() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select case
      when u.role = 'province' or (u.role = 'cac' and u.unit_id is null) then array(select id from public.units)
      when u.role in ('clerk', 'cac') then array[u.unit_id]
      else '{}'::integer[] end
    from app.myself() u where u.id is not null);
end $$;

-- Units whose rows the person may write: the own one.
create or replace function app.my_own_units() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select case when u.role in ('clerk', 'province') then array[u.unit_id] else '{}'::integer[] end
    from app.myself() u where u.id is not null);
end $$;

/* Campaigns the person may look at. One that is prepared is the province's alone, and to a unit that does not take part a
   campaign is not there. */
create or replace function app.my_campaigns() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select array(
      select c.id from public.campaigns c
      where u.role = 'province' or ((c.state <> 'preparing' or c.id = (app.impersonation()).campaign_id) and c.deleted_at is null and (u.unit_id is null or exists (
        select from public.participations p where p.campaign_id = c.id and p.unit_id = u.unit_id and p.deleted_at is null))))
    from app.myself() u where u.id is not null);
end $$;

-- Collections the person's unit hosts.
create or replace function app.my_collections() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select array(
      select c.id from public.collections c
      join app.myself() u on u.unit_id = c.host_unit_id
      where u.role = 'clerk' and c.deleted_at is null
        and c.campaign_id = any ((select app.my_campaigns())::integer[])));
end $$;

-- Collections the person judges.
create or replace function app.my_juries() returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select array(
      select c.id from app.myself() u, public.collections c
      where u.role = 'juror' and c.campaign_id = any ((select app.my_campaigns())::integer[]) and (
        exists (select from public.jury j where j.collection_id = c.id and j.juror_id = u.id)
        or c.id = any ((app.impersonation()).collections))));
end $$;

-- The campaign's day: today in China, or the day it is held at for demonstrations and for entering a past year.
create or replace function app.today(campaign integer) returns date
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select coalesce((select c.today_on from public.campaigns c where c.id = campaign), (now() at time zone 'Asia/Shanghai')::date));
end $$;

/* (campaign, unit) pairs in which the person may write a form today: the own unit where it takes part, the campaign not
   archived, no deadline passed, or opened again. The day is that of this moment,
   not of the transaction's beginning (see 045_deadlines.sql). */
create or replace function app.open_units(form text) returns table (campaign_id integer, unit_id integer)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 20
as $$
begin
  return query
    select c.id, u.unit_id
    from app.myself() u
    join public.participations p on p.unit_id = u.unit_id and p.deleted_at is null
    join public.campaigns c on c.id = p.campaign_id and c.deleted_at is null
    where u.role in ('clerk', 'province')
      and (c.state = 'running' or (c.state = 'preparing' and u.role = 'province')) and (
      u.role = 'province'
      or not exists (
        select from public.stages s
        where s.campaign_id = c.id and s.deleted_at is null and open_units.form = any (s.locks)
          and s.ends_on < coalesce(c.today_on, (clock_timestamp() at time zone 'Asia/Shanghai')::date))
      or exists (
        select from public.reopenings r
        where r.campaign_id = c.id and r.unit_id = u.unit_id and r.deleted_at is null and r.form = open_units.form
          and r.until >= coalesce(c.today_on, (clock_timestamp() at time zone 'Asia/Shanghai')::date)));
end $$;

/* Campaigns in which the person may take today what steps a form's deadline ends but that are none of a unit's own (入围, prizes):
   where a unit of theirs may write. Who leads does so in each campaign that is not archived, taking part or not. */
create or replace function app.open_campaigns(form text) returns integer[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return array(
    select o.campaign_id from app.open_units(form) o
    union
    select c.id from public.campaigns c
    where (app.myself()).role = 'province' and c.state <> 'archived' and c.deleted_at is null);
end $$;

-- The name that stands in histories and row heads; a phone in it is masked as in any text. Jurors stay nameless.
create or replace function app.user_label(id integer) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if id = 0 then return '评委'; end if; -- whichever, as told.changes has it
  return (
    select case when u.role = 'juror' and (app.myself()).role is distinct from 'province' then '评委'
      when (app.myself()).role = 'province' or u.unit_id = any (app.phone_units()) then u.name else app.without_phones(u.name) end
    from public.users u where u.id = user_label.id and app.me() is not null);
end $$;

-- Whom a host may put on a jury.
create or replace function app.jurors() returns table (id integer, name text)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return query
    select u.id, case when (app.myself()).role = 'province' then u.name else app.without_phones(u.name) end from public.users u
    where u.role = 'juror' and u.disabled_at is null
      and ((app.myself()).role = 'province' or cardinality(app.my_collections()) > 0);
end $$;

-- Sessions: for the role `gate` only -------------------------------------------------------------------------------

create or replace function app.session(token text)
  returns table (id integer, username text, name text, role text, unit_id integer, must_change_password boolean)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 1
as $$
begin
  return query
    select coalesce(-i.id, u.id), u.username, u.name, coalesce(i.role, u.role), case when i.id is null then u.unit_id else i.unit_id end,
      u.must_change_password
    from public.sessions s join public.users u on u.id = s.user_id left join app.impersonations i on i.id = s.impersonation_id
    where s.token_hash = token and s.expires_at > now() and u.disabled_at is null and (i.id is null or u.role = 'province');
end $$;

-- The same for work that outlives a request, such as an import.
create or replace function app.identity(user_id integer)
  returns table (id integer, username text, name text, role text, unit_id integer, must_change_password boolean)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp rows 1
as $$
  select u.id, u.username, u.name, u.role, u.unit_id, u.must_change_password
  from public.users u where u.id = identity.user_id and u.disabled_at is null
$$;

-- `is_known_device`: the person has signed in before from the browser that has this cookie.
drop function if exists app.find_login(text);
create or replace function app.find_login(p_username text, p_device text)
  returns table (id integer, password_hash text, is_known_device boolean)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp rows 1
as $$
  select u.id, u.password_hash, exists (select from public.devices d where d.token_hash = p_device and d.user_id = u.id)
  from public.users u where u.username = lower(p_username) and u.disabled_at is null
$$;

-- Whoever signs in from a browser is known there from now on, and so are those known there before, under a new token.
create or replace function app.know_device(p_user_id integer, p_old text, p_new text, p_days integer) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.devices where seen_at < now() - make_interval(days => p_days);
  update public.devices set token_hash = p_new where token_hash = p_old;
  insert into public.devices (token_hash, user_id) values (p_new, p_user_id)
    on conflict (token_hash, user_id) do update set seen_at = now();
$$;

-- Counts this try under each key and returns the most tries any of them has had in the last quarter of an hour.
create or replace function app.count_attempt(keys text[]) returns bigint
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  most bigint;
begin
  perform pg_advisory_xact_lock(7317203, hashtext(k)) from unnest(keys) k; -- tries at the same time count, too
  delete from public.login_attempts where at < now() - interval '15 minutes';
  insert into public.login_attempts (key) select unnest(keys);
  select max(n) into most from (select count(*) as n from public.login_attempts where key = any (keys) group by key) t;
  return most;
end $$;

create or replace function app.forget_attempts(keys text[]) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$ delete from public.login_attempts where key = any (keys) $$;

create or replace function app.open_session(user_id integer, token text, hours integer) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.sessions where expires_at < now();
  insert into public.sessions (token_hash, user_id, expires_at) values (token, user_id, now() + make_interval(hours => hours));
$$;

create or replace function app.close_session(token text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  select app.end_impersonation(token);
  delete from public.sessions where token_hash = token;
$$;

-- Disabled is out, for good: let in again, a person signs in anew.
create or replace function app.end_sessions() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  delete from public.sessions where user_id = new.id;
  delete from public.devices where user_id = new.id;
  return null;
end $$;
create or replace trigger end_sessions after update of disabled_at on public.users for each row
  when (new.disabled_at is not null) execute function app.end_sessions();

create or replace function app.my_password_hash() returns text
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select u.password_hash from public.users u where u.id = app.me() and u.disabled_at is null $$;

-- A person's own new password ends all other sessions of that person.
create or replace function app.change_my_password(hash text, keep_token text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform set_config('app.action', 'password', true);
  update public.users set password_hash = hash, must_change_password = false, version = version + 1 where id = app.me() and disabled_at is null;
  perform set_config('app.action', '', true);
  delete from public.sessions where user_id = app.me() and token_hash <> keep_token;
end $$;

-- Set by the province: ends every session of the person, who must change the password at the next login.
create or replace function app.reset_password(p_user_id integer, hash text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  perform set_config('app.action', 'password', true);
  update public.users set password_hash = hash, must_change_password = true, version = version + 1 where id = p_user_id;
  perform set_config('app.action', '', true);
  delete from public.sessions where user_id = p_user_id;
end $$;
