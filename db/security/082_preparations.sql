-- A column gets another type while everybody works: how the new one is made ready, and how it takes the old one's place.

drop function if exists app.becoming(integer);

/* One of the new type is added beside it, filled a stretch of rows at a time while
   everybody works, and takes the old one's place in the transaction that publishes. What is not filled, or is changed after,
   is blank in it, and is filled at the end, when few are left. */

-- A row whose cell was changed is filled again.
create or replace function app.forget_prepared() returns trigger
  language plpgsql as $$ begin return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], null)); end $$;

create or replace function app.drop_preparation(p_form text, p_name text) returns void
  language plpgsql as $$
begin
  execute format('drop trigger if exists %I on public.%I', 'zz' || app.prepared(p_name), p_form);
  execute format('alter table public.%I drop column if exists %I', p_form, app.prepared(p_name));
  delete from app.preparations p where p.form = p_form and p.name = p_name;
end $$;

/* Sweeps away what an interrupted publication has left. Whoever is at one holds this lock of its register; `p_mine`: of the one
   that this caller holds. */
create or replace function app.preparing_lock(p_form text) returns bigint
  language sql immutable return hashtextextended('app.preparing ' || p_form, 0);
create or replace function app.sweep_preparations(p_mine text default null) returns void
  language plpgsql as $$
begin
  perform app.drop_preparation(p.form, p.name) from app.preparations p
    where p.form = p_mine or pg_try_advisory_xact_lock(app.preparing_lock(p.form));
end $$;

create or replace function app.begin_preparation(p_campaign integer, p_form text, p_name text, p_type text, p_design integer) returns void
  language plpgsql as $$
begin
  -- counted before the table is locked
  execute format('insert into app.preparations (form, name, type, campaign_id, design_id, rows_total) select %L, %L, %L, $1, $2, count(*) from public.%1$I t where t.%2$I is not null',
    p_form, p_name, p_type) using p_campaign, p_design;
  execute format('alter table public.%I add %I %s', p_form, app.prepared(p_name), app.column_type(p_type));
  execute format('create trigger %I before update on public.%I for each row when (old.%3$I is distinct from new.%3$I) execute function app.forget_prepared(%4$L)',
    'zz' || app.prepared(p_name), p_form, p_name, app.prepared(p_name));
end $$;

-- Whether this transaction may publish in the register's stead: false where another one is at it.
create or replace function app.own_preparation(p_form text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  return pg_try_advisory_xact_lock(app.preparing_lock(p_form));
end $$;

/* Begins to make columns ready: those of the draft that get another type and are kept as another one. Called under the lock of
   `app.own_preparation`, in another transaction. Answers how many rows there are to fill, by column. */
create or replace function app.prepare_design(p_id integer, p_version integer) returns table (name text, rows integer)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '300ms'
as $$
declare
  design public.form_designs;
  each record;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  select * into design from public.form_designs d where d.id = p_id and d.deleted_at is null;
  if not found or design.version <> p_version or design.state <> 'draft' then raise exception 'stale version' using errcode = 'HW409'; end if;
  perform app.sweep_preparations(design.name);
  for each in
    select c.name, f ->> 'type' as type, app.retyping_refused(design.campaign_id, design.name, c.name, f ->> 'type') as refused
    from jsonb_array_elements(coalesce(design.definition -> 'fields', design.definition -> 'add', '[]')) f
    join app.columns c on c.form = design.name and c.name = f ->> 'name' and c.type <> f ->> 'type' and not f ? 'computed'
    where app.column_type(f ->> 'type') <> app.column_type(c.type)
  loop
    if each.refused is not null then raise exception '%', each.refused using errcode = 'HW422', column = each.name; end if;
    perform app.begin_preparation(design.campaign_id, design.name, each.name, each.type, p_id);
  end loop;
  return query select p.name, p.rows_total from app.preparations p where p.form = design.name;
end $$;

-- The next rows to fill, and what stands in them.
create or replace function app.unprepared_rows(p_form text, p_name text, p_after integer, p_most integer) returns table (id integer, value jsonb)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (app.myself()).role is distinct from 'province' or not app.is_register(p_form) then raise insufficient_privilege; end if;
  return query execute format('select t.id, to_jsonb(t.%1$I) from public.%3$I t where t.id > $1 and t.%1$I is not null and t.%2$I is null order by t.id limit $2',
    p_name, app.prepared(p_name), p_form) using p_after, p_most;
end $$;

/* Fills a stretch: [[id, what stands there, what takes its place], …]. A row that somebody has in hand is left for later.
   False where the publication is not wanted any more. */
create or replace function app.fill_prepared(p_form text, p_name text, p_rows jsonb) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  is_wanted boolean;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  is_wanted := app.fill(p_form, p_name, format($sql$
    select t.id, e.value -> 2 as becomes from jsonb_array_elements($1) e join public.%1$I t on t.id = (e.value ->> 0)::integer
    where to_jsonb(t.%2$I) = e.value -> 1 for no key update of t skip locked $sql$, p_form, p_name), p_rows);
  update app.preparations p set rows_done = least(rows_total, rows_done + jsonb_array_length(p_rows)) where p.form = p_form and p.name = p_name;
  return is_wanted;
end $$;

-- `p_taken`: a statement that takes rows and says what becomes of them: (id, becomes).
create or replace function app.fill(p_form text, p_name text, p_taken text, p_rows jsonb) returns boolean
  language plpgsql as $$
declare
  kept text;
begin
  update app.preparations p set filled_by = pg_current_xact_id() where p.form = p_form and p.name = p_name and not p.is_cancelled
    returning app.column_type(p.type) into kept;
  if not found then return false; end if;
  perform set_config('app.filling', 'on', true), set_config('app.action', 'conversion', true);
  execute format('with taken as (%s) update public.%I t set %I = %s from taken x where x.id = t.id', p_taken, p_form, app.prepared(p_name), app.kept_as('x.becomes', kept))
    using p_rows;
  perform set_config('app.filling', '', true), set_config('app.action', '', true);
  update app.preparations p set filled_by = null where p.form = p_form and p.name = p_name;
  return true;
end $$;

-- How far a publication is, and whether it is wanted no more. Nothing where none is under way.
create or replace function app.preparation(p_design integer) returns table (rows_done integer, rows_total integer, is_cancelled boolean)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select sum(p.rows_done)::integer, sum(p.rows_total)::integer, bool_or(p.is_cancelled) from app.preparations p
  where p.design_id = p_design and (app.myself()).role = 'province' having count(*) > 0
$$;

create or replace function app.cancel_preparation(p_design integer) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  update app.preparations p set is_cancelled = true where p.design_id = p_design;
  return found;
end $$;

-- Nothing comes of it.
create or replace function app.end_preparation(p_form text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '300ms'
as $$
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  perform app.sweep_preparations(p_form);
end $$;

/* Another type for a column, and its values under it. History is written before the table is locked. Under the lock nothing is
   written but what others have written since, and what they made blank is no history. */
create or replace function app.retype_column(p_campaign integer, p_form text, p_name text, p_type text, p_values jsonb) returns void
  language plpgsql as $$
declare
  kept constant text := app.column_type(p_type);
  prepared constant text := app.prepared(p_name);
  refused constant text := app.retyping_refused(p_campaign, p_form, p_name, p_type);
  note constant text := format($sql$
    insert into public.changes (actor_id, role, request_id, form, row_id, campaign_id, unit_id, action, before, after)
    select app.me(), nullif(current_setting('role', true), 'none'), app.setting('app.request_id'), %L, b.id, %s, b.unit_id, 'retyping',
      json_build_object(%L, b.was), json_build_object(%3$L, b.becomes)
    from %%s b$sql$, p_form, p_campaign, p_name);
  fill constant text := format('select t.id, b.becomes from public.%I t join %%s b on b.id = t.id where t.%I is null and b.becomes <> ''null'' and to_jsonb(t.%I) = b.was',
    p_form, prepared, p_name);
  late_rows integer;
begin
  if refused is not null then raise exception '%', refused using errcode = 'HW422', column = p_name; end if;
  perform app.look_ahead(p_campaign, p_form, p_name, p_values, true);
  if kept = app.type_of(p_form, p_name) then
    update app.columns c set type = p_type where c.form = p_form and c.name = p_name;
    -- its checks are of the type it had; those of the new one are laid when all is published
    perform app.drop_laid(p_form, p_name);
    perform app.replace_values(p_campaign, p_form, p_name, p_values);
    return;
  end if;
  if not exists (select from app.preparations p where p.form = p_form and p.name = p_name and p.type = p_type and p.campaign_id = p_campaign) then
    perform app.drop_preparation(p_form, p_name);
    perform app.begin_preparation(p_campaign, p_form, p_name, p_type, 0); -- with a package: in one go
  end if;
  execute format(note, 'pg_temp.becoming');
  if not app.fill(p_form, p_name, format(fill, 'pg_temp.becoming'), null) then raise exception 'cancelled' using errcode = '57014'; end if;
  drop table if exists pg_temp.late;
  create temp table late (id integer, unit_id integer, was jsonb, becomes jsonb) on commit drop;
  drop table if exists pg_temp.readings;
  create temp table readings on commit drop as select e.value -> 0 as was, e.value -> 1 as becomes from jsonb_array_elements(coalesce(p_values, '[]')) e (value);
  execute format('lock table public.%I in access exclusive mode', p_form);
  -- in two statements, of which each finds few: under the lock nothing is joined as a whole
  execute format($sql$
    insert into pg_temp.late (id, unit_id, was)
    select t.id, t.unit_id, to_jsonb(t.%1$I) from public.%3$I t where t.%1$I is not null and t.%2$I is null
      and not exists (select from pg_temp.becoming b where b.id = t.id and b.was = to_jsonb(t.%1$I) and b.becomes = 'null')
    union all
    select b.id, b.unit_id, null from public.%3$I t join pg_temp.becoming b on b.id = t.id where t.%1$I is null$sql$, p_name, prepared, p_form);
  get diagnostics late_rows = row_count;
  if late_rows > 0 then
    update pg_temp.late l set becomes = r.becomes from pg_temp.readings r where r.was = l.was;
    if exists (select from pg_temp.late l where l.was is not null and l.becomes is null) then
      raise exception 'a value came in between' using errcode = '40001';
    end if;
    delete from public.changes c using pg_temp.late l where c.form = p_form and c.row_id = l.id and c.action = 'retyping'
      and c.xmin = pg_current_xact_id()::xid and c.before ->> p_name is not null;
    delete from pg_temp.late l where l.was is null;
    execute format(note, 'pg_temp.late');
    perform app.fill(p_form, p_name, format(fill, 'pg_temp.late'), null);
  end if;
  execute format('drop view if exists hosting.%I', p_form);
  execute format('drop view if exists told.%I', p_form);
  perform app.drop_laid(p_form, p_name);
  execute format('drop trigger %I on public.%I', 'zz' || prepared, p_form);
  execute format('alter table public.%I drop column %I', p_form, p_name);
  execute format('alter table public.%I rename %I to %I', p_form, prepared, p_name);
  delete from app.preparations p where p.form = p_form and p.name = p_name;
  update app.columns c set type = p_type where c.form = p_form and c.name = p_name;
end $$;

revoke all on all functions in schema app from public;
grant execute on function app.own_preparation(text), app.prepare_design(integer, integer), app.unprepared_rows(text, text, integer, integer), app.fill_prepared(text, text, jsonb),
  app.preparation(integer), app.cancel_preparation(integer), app.end_preparation(text) to haowangmin_province;
