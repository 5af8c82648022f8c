-- Definitions as SQL: the CHECK that a rule in words or a field's own limits amount to, and what a computed column is computed
-- by. The server has read the definition (server/forms/rule_kinds.ts, computed.ts), and yet nothing of it is trusted here:
-- names are those of columns, by %I, values are literals of their column's type, by %L, and there is nothing else.

-- The type of a register's column. Whatever else a rule names stops here.
create or replace function app.type_of(p_form text, p_name text) returns text
  language plpgsql stable as $$
declare
  found text := (
    select format_type(a.atttypid, null) from pg_attribute a
    where a.attrelid = format('public.%I', p_form)::regclass and a.attname = p_name and a.attnum > 0 and not a.attisdropped);
begin
  if found is null then raise exception 'no column % in %', p_name, p_form using errcode = 'undefined_column'; end if;
  return found;
end $$;

-- A value of a definition as a literal.
create or replace function app.literal_of(p_value jsonb, p_type text) returns text
  language plpgsql immutable as $$
begin
  if coalesce(jsonb_typeof(p_value), 'null') not in ('string', 'number', 'boolean') then
    raise exception 'no value: %', p_value using errcode = 'invalid_parameter_value';
  end if;
  return format('%L::%s', p_value #>> '{}', p_type::regtype);
end $$;

create or replace function app.literals_of(p_values jsonb, p_type text) returns text
  language sql immutable
  return format('array[%s]::%s[]', (select string_agg(app.literal_of(v, p_type), ', ' order by n) from jsonb_array_elements(p_values) with ordinality x (v, n)),
    p_type::regtype);

-- What two sides of a comparison are: texts (months, that is) by their bytes, whatever the database sorts by.
create or replace function app.comparable(p_expression text, p_type text) returns text
  language sql immutable
  return p_expression || case p_type when 'text' then ' collate "C"' else '' end;

-- Whether a column is one of some values; of a list, whether one of them is (`p_all`: all are).
create or replace function app.is_one_of(p_form text, p_name text, p_values jsonb, p_all boolean default false) returns text
  language plpgsql stable as $$
declare
  type constant text := app.type_of(p_form, p_name);
begin
  return case when type = 'text[]' then format('%I %s %s', p_name, case when p_all then '<@' else '&&' end, app.literals_of(p_values, 'text'))
    else format('%I = any (%s)', p_name, app.literals_of(p_values, type)) end;
end $$;

-- The size of what stands in a column: characters of a text, items of a list, files.
create or replace function app.size_of(p_form text, p_name text) returns text
  language plpgsql stable as $$
begin
  return format(case app.type_of(p_form, p_name) when 'text[]' then 'nullif(cardinality(%I), 0)' when 'jsonb' then 'nullif(jsonb_array_length(%I), 0)'
    else 'char_length(%I)' end, p_name);
end $$;

-- A column as a number of any size.
create or replace function app.number_of(p_form text, p_name text) returns text
  language plpgsql stable as $$
begin
  if app.type_of(p_form, p_name) not in ('integer', 'numeric') then
    raise exception 'no number: %', p_name using errcode = 'invalid_parameter_value';
  end if;
  return format('%I::numeric', p_name);
end $$;

-- Columns added up, blank ones as nought; null where all are.
create or replace function app.sum_of(p_form text, p_names jsonb) returns text
  language sql stable
  return (select format('case when num_nonnulls(%s) > 0 then %s end', string_agg(quote_ident(n), ', '), string_agg(format('coalesce(%s, 0)', app.number_of(p_form, n)), ' + '))
    from jsonb_array_elements_text(p_names) n);

-- Whether what a rule is about is asked of a row: another column is a value, one of some, or given.
create or replace function app.condition_met(p_condition jsonb, p_form text) returns text
  language plpgsql stable as $$
declare
  field constant text := p_condition ->> 'field';
begin
  perform app.type_of(p_form, field);
  return format('coalesce(%s, false)', case
    when p_condition ? 'values' then app.is_one_of(p_form, field, p_condition -> 'values')
    when p_condition ? 'value' then app.is_one_of(p_form, field, jsonb_build_array(p_condition -> 'value'))
    else format('%I is not null', field) end);
end $$;

/* What a rule asks as a condition over its form's columns, null where it looks beyond the row. As in `check` of the rule, blanks
   break nothing but what must be given. */
create or replace function app.condition_of(p_rule jsonb, p_form text) returns text
  language plpgsql stable as $$
declare
  kind constant text := p_rule ->> 'kind';
  field constant text := p_rule ->> 'field';
  operator constant text := case kind when 'not_more' then '<=' when 'not_less' then '>=' when 'earlier' then '<' when 'later' then '>'
    when 'not_earlier' then '>=' when 'not_later' then '<=' end;
  type text;
  asked text;
begin
  if operator is not null then
    type := app.type_of(p_form, field);
    asked := format('%s %s %s', app.comparable(quote_ident(field), type), operator, app.comparable(
      case when p_rule ? 'than' then quote_ident(p_rule ->> 'than') else app.literal_of(p_rule -> 'value', type) end,
      case when p_rule ? 'than' then app.type_of(p_form, p_rule ->> 'than') else type end));
  elsif kind in ('required', 'required_if') then
    perform app.type_of(p_form, field);
    asked := format('%I is not null', field);
  elsif kind = 'one_of' then
    asked := app.is_one_of(p_form, field, p_rule -> 'values', true);
  elsif kind = 'length' then
    asked := concat_ws(' and ', app.size_of(p_form, field) || ' >= ' || (p_rule ->> 'min')::integer, app.size_of(p_form, field) || ' <= ' || (p_rule ->> 'max')::integer);
  elsif kind = 'total' then
    asked := format('(%s) = %s', app.sum_of(p_form, p_rule -> 'fields'), case
      when p_rule ? 'value' then app.literal_of(p_rule -> 'value', 'numeric')
      else app.number_of(p_form, coalesce(p_rule ->> 'than', field)) end);
  end if;
  return case when p_rule ? 'if' and asked is not null then format('not %s or (%s)', app.condition_met(p_rule -> 'if', p_form), asked) else asked end;
end $$;

-- A rule as a CHECK: null where it only wants an explanation, or is asked at 提交.
create or replace function app.check_of(p_rule jsonb, p_form text) returns text
  language sql stable
  return case when p_rule ->> 'severity' = 'must' and p_rule ->> 'when' is distinct from 'submission' then app.condition_of(p_rule, p_form) end;

-- Whether the row `t` lacks what rules of its campaign ask at 提交, as a condition: what app.move asks.
create or replace function app.lacking(p_form text) returns text
  language sql stable
as $$
  select coalesce(string_agg(lacking, ' or '), 'false') from (
    select format('t.campaign_id = %s and not %s', e.campaign_id, app.entry_condition(e.field, p_form, e.field ->> 'name')) as lacking from app.entry_columns(p_form) e
    union all
    select format('exists (select from (select t.*) lacking where campaign_id = %s and not coalesce(%s, true))', d.campaign_id, condition)
  from public.form_designs d, jsonb_array_elements(coalesce(d.definition -> 'rules', '[]')) r, app.condition_of(r, p_form) condition
  where d.name = p_form and d.state = 'published' and d.deleted_at is null
    and r ->> 'severity' = 'must' and r ->> 'when' = 'submission' and condition is not null) asked
$$;

/* What a field may hold, as the condition of a CHECK: given where it must be, of its choices, no longer and no more than it
   says. Null where nothing can be said. The standard limits are those of server/forms/types.ts. */
create or replace function app.check_of_field(p_field jsonb) returns text
  language plpgsql immutable as $$
declare
  name constant text := quote_ident(p_field ->> 'name');
  type constant text := p_field ->> 'type';
  conditions text[];
begin
  if coalesce((p_field ->> 'derived')::boolean, false) or p_field ? 'computed' then return null; end if;
  if (p_field ->> 'required')::boolean then conditions := array[format('%s is not null', name)]; end if;
  if jsonb_typeof(p_field -> 'choices') = 'array' and type in ('choice', 'list') then
    conditions := conditions || format(case type when 'list' then '%s <@ %s' else '%s = any (%s)' end, name, app.literals_of(p_field -> 'choices', 'text'));
  end if;
  conditions := conditions || case
    when type in ('text', 'long_text', 'url') then
      format('char_length(%s) <= %s', name, coalesce((p_field ->> 'max')::integer, case type when 'text' then 200 else 2000 end))
    when type in ('integer', 'decimal') then
      format('%s between %s and %s', name, app.literal_of(coalesce(p_field -> 'min', '0'), 'numeric'), app.literal_of(coalesce(p_field -> 'max', '1000000000'), 'numeric'))
    when type = 'month' then format('%s ~ ''^[0-9]{4}-(0[1-9]|1[0-2])$''', name)
    when type = 'phone' then format('%s ~ %L', name, case when (p_field ->> 'mobile')::boolean then '^1[3-9][0-9]{9}$'
      else '^(1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8})$' end)
    when type = 'credit_code' then format('%s ~ ''^[0-9A-HJ-NP-RTUWXY]{18}$''', name)
    when type = 'attachments' then format('jsonb_typeof(%1$s) = ''array'' and jsonb_array_length(%1$s) <= 20', name) end;
  return (select string_agg(format('(%s)', c), ' and ') from unnest(conditions) c where c is not null);
end $$;

-- Computed columns --------------------------------------------------------------------------------------------------------

/* The expression of a generated column, of a field that is computed of columns of its row; null for one that is not. Blank
   parts of a sum are nought; a difference, product or ratio of what is blank is blank, as is a ratio by nought and what its
   column has no room for. Ten-thousandths are kept. */
create or replace function app.computed_of(p_field jsonb, p_form text) returns text
  language plpgsql stable as $$
declare
  computed constant jsonb := p_field -> 'computed';
  operation text;
  operands jsonb;
  parts text[];
  expression text;
begin
  select e.key, e.value into operation, operands from jsonb_each(computed) e where jsonb_typeof(e.value) = 'array';
  if operation is null then return null; end if;
  parts := array(select app.number_of(p_form, o) from jsonb_array_elements_text(operands) o);
  expression := case operation
    when 'sum' then app.sum_of(p_form, operands)
    when 'difference' then parts[1] || ' - ' || parts[2]
    when 'product' then array_to_string(parts, ' * ')
    when 'ratio' then parts[1] || ' / nullif(' || parts[2] || ', 0)' end;
  if expression is null then raise exception 'no such computation: %', operation using errcode = 'invalid_parameter_value'; end if;
  expression := format('round(%s, %s)', expression, case p_field ->> 'type' when 'integer' then 0 else 4 end);
  return format('case when abs(%1$s) <= %2$s then %1$s end', expression, case p_field ->> 'type' when 'integer' then '2147483647' else '100000000000' end);
end $$;

-- Functions that computed columns have made say in a comment which column they are of.
create or replace function app.grant_computed() returns void
  language plpgsql as $$
declare
  made regprocedure;
begin
  for made in
    select p.oid from pg_proc p where p.pronamespace = 'app'::regnamespace and obj_description(p.oid, 'pg_proc') like 'computed: %'
  loop
    execute format('revoke all on function %s from public', made);
    execute format('grant execute on function %s to haowangmin_province, haowangmin_cac, haowangmin_clerk', made);
  end loop;
end $$;

/* app.<form>_<field>(id), of a field that is computed of another register's rows which refer to the row. They are read under
   their plain names, so that each role meets them where it may read them (db/security/025_told.sql). */
create or replace function app.lay_computed(p_form text, p_field jsonb) returns void
  language plpgsql as $make$
declare
  operation constant text := case when jsonb_typeof(p_field #> '{computed,count}') = 'object' then 'count'
    when jsonb_typeof(p_field #> '{computed,sum}') = 'object' then 'sum' end;
  source constant jsonb := p_field -> 'computed' -> operation;
  counted constant text := source ->> 'field';
  name constant text := p_form || '_' || (p_field ->> 'name');
  is_of constant text := format('computed: %s.%s', p_form, p_field ->> 'name');
  result constant text := case p_field ->> 'type' when 'integer' then 'integer' else 'numeric' end;
  referring text[];
begin
  if operation is null then return; end if;
  if octet_length(name) > 63 or p_form !~ '^[a-z][a-z0-9_]*$' or p_field ->> 'name' !~ '^[a-z][a-z0-9_]*$' then
    raise exception 'no name: %', name using errcode = 'invalid_name';
  end if;
  -- whatever is called so already stays what it is
  if exists (select from pg_proc p where p.pronamespace = 'app'::regnamespace and p.proname = name
      and obj_description(p.oid, 'pg_proc') is distinct from is_of) then
    raise exception 'the name is taken: %', name using errcode = 'duplicate_function';
  end if;
  if not app.is_register(p_form) or not app.is_register(source ->> 'form') then
    raise exception 'no register: % %', p_form, source ->> 'form' using errcode = 'undefined_table';
  end if;
  referring := array(
    select a.attname::text from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[cardinality(k.conkey)]
    where k.contype = 'f' and k.conrelid = format('public.%I', source ->> 'form')::regclass and k.confrelid = format('public.%I', p_form)::regclass
      and (source ->> 'by' is null or a.attname = source ->> 'by'));
  if cardinality(referring) <> 1 then raise exception 'which column refers to %: %', p_form, referring using errcode = 'ambiguous_column'; end if;
  if operation = 'sum' and app.type_of(source ->> 'form', counted) not in ('integer', 'numeric') then
    raise exception 'no number: %', counted using errcode = 'invalid_parameter_value';
  end if;
  if counted is not null then perform app.type_of(source ->> 'form', counted); end if;
  execute format($sql$
    create or replace function app.%1$I(p_id integer) returns %2$s language sql stable as $body$
      select case when abs(found) <= %3$s then found::%2$s end from (
        select %4$s as found from %5$I x where x.%6$I = p_id and x.deleted_at is null and x.status <> 'void'
          and (x.campaign_id, x.unit_id) = (select t.campaign_id, t.unit_id from %7$I t where t.id = p_id)) counted $body$ $sql$,
    name, result, case result when 'integer' then '2147483647' else '100000000000' end,
    format(case operation when 'count' then 'count(%s)' else 'coalesce(sum(%s), 0)' end, coalesce('x.' || quote_ident(counted), '*')),
    source ->> 'form', referring[1], p_form);
  execute format('comment on function app.%I(integer) is %L', name, is_of);
  perform app.grant_computed();
end $make$;
