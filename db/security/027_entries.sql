-- Entry forms: columns that belong to works of some collections only (server/forms/entries.ts), held by PostgreSQL.

-- The column by which rows of a form go to a collection; null where they go to none.
create or replace function app.collection_column(p_form text) returns text
  language sql stable
as $$
  select a.attname::text from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[cardinality(k.conkey)]
  where k.contype = 'f' and k.conrelid = format('public.%I', p_form)::regclass and k.confrelid = 'public.collections'::regclass order by k.oid limit 1
$$;

/* Whether the row `t` has what a column of some collections asks: in their works it is filled where it must be, in others it
   is blank. `p_column`: null for a column that is not there yet. */
create or replace function app.entry_condition(p_field jsonb, p_form text, p_column text) returns text
  language sql stable
  return format('case when exists (select from public.collections c where c.id = t.%I and c.code = any (%L::text[])) then %s else %s is null end',
    app.collection_column(p_form), array(select jsonb_array_elements_text(p_field -> 'of')),
    case when (p_field ->> 'required')::boolean then coalesce('t.' || quote_ident(p_column), 'null') || ' is not null' else 'true' end,
    coalesce('t.' || quote_ident(p_column), 'null'));

-- A CHECK sees no collection: a trigger asks it, for whoever changes such a column or moves the row to another collection.
create or replace function app.lay_entry(p_form text) returns void
  language plpgsql as $make$
declare
  asked text;
  columns text;
begin
  select string_agg(format($sql$
    if new.campaign_id = %s and not (select %s from (select new.*) t) then
      raise exception using errcode = 'HW422', column = %L, message = case when new.%I is null then %L else %L end;
    end if;$sql$, e.campaign_id, app.entry_condition(e.field, p_form, e.field ->> 'name'), e.field ->> 'name', e.field ->> 'name',
      format('必填：%s。', e.field ->> 'label'), format('“%s”不归这件作品的征集活动，请清空这一格。', e.field ->> 'label')), '' order by e.campaign_id, e.field ->> 'name'),
    string_agg(distinct quote_ident(e.field ->> 'name'), ', ')
    into asked, columns from app.entry_columns(p_form) e;
  if asked is null then
    if exists (select from pg_trigger g where g.tgrelid = format('public.%I', p_form)::regclass and g.tgname = 'entry_columns') then
      execute format('drop trigger entry_columns on public.%I', p_form);
    end if;
    return;
  end if;
  execute format($sql$
    create or replace function app.%I() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $body$
    begin
      if app.me() is null then return new; end if;%s
      return new;
    end $body$ $sql$, 'keep_entry_' || p_form, asked);
  execute format('create or replace trigger entry_columns before insert or update of %s, %I on public.%I for each row execute function app.%I()',
    columns, app.collection_column(p_form), p_form, 'keep_entry_' || p_form);
  execute format('revoke all on function app.%I() from public', 'keep_entry_' || p_form);
end $make$;

-- A collection that columns belong to keeps its code and stays, as long as they are in force.
create or replace function app.keep_collection() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  called text := (select string_agg(distinct format('“%s”', e.field ->> 'label'), '、') from app.forms f, app.entry_columns(f.name) e
    where e.campaign_id = old.campaign_id and e.field -> 'of' ? old.code);
begin
  if called is not null and app.me() is not null then
    raise exception using errcode = 'HW422', column = 'code',
      message = format('登记栏目%s归“%s”（%s），请先在表单设计里去掉，再来改代号或删去它。', called, old.title, old.code);
  end if;
  return new;
end $$;
create or replace trigger keep_collection before update of code, deleted_at on public.collections for each row
  when (old.deleted_at is null and (new.deleted_at is not null or new.code <> old.code)) execute function app.keep_collection();
