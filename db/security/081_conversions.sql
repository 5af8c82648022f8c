/* What stands in cells when a definition is published that has another type for their column, or takes one of its choices away.
   The server reads each value that there is as an import would (server/campaigns/designs/conversions.ts) and hands over, as
   data, what becomes of it; nothing is evaluated, and what no longer fits what was read is a reason to begin again. */

-- What stands in the cells of a column, value by value; `kept`: choices that need no other value.
create or replace function app.values_of(p_campaign integer, p_form text, p_name text, p_kept text[] default null)
  returns table (value jsonb, rows integer, binned integer, sample integer[])
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if (app.myself()).role is distinct from 'province' or not app.is_register(p_form) then raise insufficient_privilege; end if;
  return query execute format($sql$
    select to_jsonb(t.%1$I), count(*) filter (where t.deleted_at is null)::integer, count(t.deleted_at)::integer,
      coalesce((array_agg(t.id order by t.id) filter (where t.deleted_at is null))[1:20], '{}')
    from public.%2$I t where t.campaign_id = $1 and t.%1$I is not null%3$s group by t.%1$I order by 2 desc, min(t.id)$sql$,
    p_name, p_form, case when p_kept is not null then format(
      case app.type_of(p_form, p_name) when 'text[]' then ' and not t.%I <@ $2' else ' and t.%I <> all ($2)' end, p_name) else '' end)
    using p_campaign, p_kept;
end $$;

/* Why the type of a column can't become another one, as a sentence; null where it can. A column belongs to the installation:
   it can as long as this campaign alone uses it, and nothing else is made of it. */
create or replace function app.retyping_refused(p_campaign integer, p_form text, p_name text, p_type text) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  column_ app.columns;
  other constant text := '，请换一个数据名，例如 ' || (select format('%s_%s', left(p_name, 38), n) from generate_series(2, 999) n
    where not exists (select from pg_attribute a where a.attrelid = to_regclass(format('public.%I', p_form)) and a.attname = format('%s_%s', left(p_name, 38), n)) limit 1) || '。';
  users text;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  select * into column_ from app.columns c where c.form = p_form and c.name = p_name;
  if not found or column_.type = p_type then return null; end if;
  if '{reference,attachments,conditions}' && array[column_.type, p_type] or column_.computed is not null or app.column_type(p_type) is null
      or (column_.private and app.column_type(p_type) <> 'text') then
    return format('“%s”不能换成这种类型', p_name) || other;
  end if;
  execute format($sql$
    select string_agg(format('“%%s”', c.name), '、' order by c.year, c.id) from public.campaigns c where c.id <> $1 and (exists (
      select from public.form_designs d, jsonb_array_elements(coalesce(d.definition -> 'fields', d.definition -> 'add', '[]')) f
      where d.campaign_id = c.id and d.name = $2 and d.state = 'published' and d.deleted_at is null and f ->> 'name' = $3)
    or exists (select from public.%I t where t.campaign_id = c.id and t.%I is not null))$sql$, p_form, p_name)
    into users using p_campaign, p_form, p_name;
  if users is not null then return format('%s里也有“%s”这一栏，同一个数据名到处是同一种类型', users, p_name) || other; end if;
  select string_agg(format('“%s”', c.name), '、' order by c.position) into users from app.columns c
    where (c.form = p_form and exists (select from jsonb_each(c.computed) e where jsonb_typeof(e.value) = 'array' and e.value ? p_name))
      or (c.computed #>> '{sum,form}' = p_form and c.computed #>> '{sum,field}' = p_name);
  if users is not null then return format('%s是从“%s”算出来的', users, p_name) || other; end if;
  select string_agg(format('“%s”', m.label), '、' order by m.position) into users from public.metrics m
    where m.form = p_form and m.deleted_at is null
      and (m.filter ? p_name or m.field = p_name and m.counts <> 'distinct' and p_type not in ('integer', 'decimal'));
  if users is not null then return format('任务指标%s数着“%s”，请先改指标，或者换一个数据名。', users, p_name); end if;
  if app.column_type(p_type) <> app.column_type(column_.type) and exists (
      select from pg_depend d where d.refobjid = to_regclass(format('told.%I', p_form)) and d.classid = 'pg_policy'::regclass) then
    return format('这张表里“%s”不能换成这种类型', p_name) || other;
  end if;
  return null;
end $$;

-- A value of JSON as a column of a definition keeps it, as an expression.
create or replace function app.texts_in(p_value jsonb) returns text[]
  language sql immutable
  return case when jsonb_typeof(p_value) = 'array' then array(select jsonb_array_elements_text(p_value)) end;
create or replace function app.kept_as(p_expression text, p_kept text) returns text
  language sql immutable
  return case p_kept when 'text[]' then format('app.texts_in(%s)', p_expression) else format('(%s #>> ''{}'')::%s', p_expression, p_kept) end;

/* The rows of a campaign that hold something in a column, and what becomes of it: [[what stands there, what takes its place], …].
   `p_all`: a value that nobody has read is a reason to begin again (40001). */
create or replace function app.look_ahead(p_campaign integer, p_form text, p_name text, p_values jsonb, p_all boolean) returns integer
  language plpgsql as $$
declare
  n integer;
begin
  drop table if exists pg_temp.becoming;
  create temp table becoming (id integer primary key, version integer, unit_id integer, was jsonb, becomes jsonb, is_read boolean) on commit drop;
  execute format($sql$
    insert into pg_temp.becoming
    select t.id, t.version, t.unit_id, to_jsonb(t.%1$I), e.value -> 1, e.value is not null
    from public.%2$I t left join jsonb_array_elements($2) e (value) on e.value -> 0 = to_jsonb(t.%1$I)
    where t.campaign_id = $1 and t.%1$I is not null and ($3 or e.value is not null)$sql$, p_name, p_form)
    using p_campaign, coalesce(p_values, '[]'), p_all;
  get diagnostics n = row_count;
  analyze pg_temp.becoming;
  if exists (select from pg_temp.becoming b where not b.is_read) then
    raise exception 'a value came in between' using errcode = '40001';
  end if;
  return n;
end $$;

/* Other values in the place of choices that go, and of what keeps its place under another type: ordinary changes of rows, with
   their version and history. */
create or replace function app.replace_values(p_campaign integer, p_form text, p_name text, p_values jsonb) returns void
  language plpgsql as $$
begin
  if app.look_ahead(p_campaign, p_form, p_name, p_values, false) = 0 then return; end if;
  perform set_config('app.action', 'conversion', true);
  execute format($sql$
    update public.%1$I t set %2$I = %3$s, version = t.version + 1 from pg_temp.becoming b
    where t.id = b.id and to_jsonb(t.%2$I) = b.was and b.becomes is distinct from b.was$sql$,
    p_form, p_name, app.kept_as('b.becomes', app.type_of(p_form, p_name)));
  perform set_config('app.action', '', true);
end $$;

-- The same for choices that a definition takes away: what takes their place is one of those it has, or nothing.
create or replace function app.replace_choices(p_design form_designs, p_name text, p_values jsonb) returns void
  language plpgsql as $$
declare
  choices constant jsonb := coalesce(p_design.definition #> array['choices', p_name], (
    select f -> 'choices' from jsonb_array_elements(coalesce(p_design.definition -> 'fields', p_design.definition -> 'add', '[]')) f
    where f ->> 'name' = p_name));
begin
  if jsonb_typeof(choices) is distinct from 'array' or exists (select from jsonb_array_elements(p_values) v
      where jsonb_typeof(v -> 1) is distinct from 'null' and (v -> 1 <@ choices) is not true) then
    raise insufficient_privilege;
  end if;
  perform app.replace_values(p_design.campaign_id, p_design.name, p_name, p_values);
end $$;

-- Checks and keys that definitions have laid over a column; what is still asked is laid again at the end of a publication.
create or replace function app.drop_laid(p_form text, p_name text) returns void
  language plpgsql as $$
declare
  laid record;
  place constant smallint := (select a.attnum from pg_attribute a where a.attrelid = format('public.%I', p_form)::regclass and a.attname = p_name);
begin
  for laid in
    select format('alter table public.%I drop constraint %I', p_form, k.conname) as statement from pg_constraint k
    where k.conrelid = format('public.%I', p_form)::regclass and k.contype = 'c' and k.conname ~ '^(c\d+|choices)_' and place = any (k.conkey)
    union all
    select format('drop index public.%I', c.relname) from pg_class c
    where c.relkind = 'i' and c.relnamespace = 'public'::regnamespace and c.relname ~ '_c\d+_(key|unique)_\d+$' and exists (
      select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.refobjid = format('public.%I', p_form)::regclass and d.refobjsubid = place)
  loop
    execute laid.statement;
  end loop;
end $$;

revoke all on all functions in schema app from public;
grant execute on function app.values_of(integer, text, text, text[]), app.retyping_refused(integer, text, text, text) to haowangmin_province;
