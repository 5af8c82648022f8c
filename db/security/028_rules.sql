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

-- Columns added up, blank ones as nought; null where all are.
create or replace function app.sum_of(p_form text, p_names jsonb) returns text
  language plpgsql stable as $$
declare
  name text;
  parts text[];
  names text[];
begin
  for name in select n from jsonb_array_elements_text(p_names) n loop
    if app.type_of(p_form, name) not in ('integer', 'numeric') then
      raise exception 'no number: %', name using errcode = 'invalid_parameter_value';
    end if;
    parts := parts || format('coalesce(%I, 0)::numeric', name);
    names := names || quote_ident(name);
  end loop;
  return format('case when num_nonnulls(%s) > 0 then %s end', array_to_string(names, ', '), array_to_string(parts, ' + '));
end $$;

/* A rule as the condition of a CHECK over its form's columns, null where it can't be one: what only wants an explanation or is
   asked at 提交, what looks beyond the row. As in `check` of the rule, blanks break nothing but what must be given. */
create or replace function app.check_of(p_rule jsonb, p_form text) returns text
  language plpgsql stable as $$
declare
  kind constant text := p_rule ->> 'kind';
  field constant text := p_rule ->> 'field';
  operator constant text := case kind when 'not_more' then '<=' when 'not_less' then '>=' when 'earlier' then '<' when 'later' then '>'
    when 'not_earlier' then '>=' when 'not_later' then '<=' end;
  type text;
  condition jsonb := p_rule -> 'if';
begin
  if p_rule ->> 'severity' is distinct from 'must' or p_rule ->> 'when' = 'submission' then return null; end if;
  if operator is not null then
    type := app.type_of(p_form, field);
    return format('%s %s %s', app.comparable(quote_ident(field), type), operator, app.comparable(
      case when p_rule ? 'than' then quote_ident(p_rule ->> 'than') else app.literal_of(p_rule -> 'value', type) end,
      case when p_rule ? 'than' then app.type_of(p_form, p_rule ->> 'than') else type end));
  end if;
  case kind
    when 'required_if' then
      perform app.type_of(p_form, field), app.type_of(p_form, condition ->> 'field');
      return format('%I is not null or not coalesce(%s, false)', field, case
        when condition ? 'values' then app.is_one_of(p_form, condition ->> 'field', condition -> 'values')
        when condition ? 'value' then app.is_one_of(p_form, condition ->> 'field', jsonb_build_array(condition -> 'value'))
        else format('%I is not null', condition ->> 'field') end);
    when 'one_of' then return app.is_one_of(p_form, field, p_rule -> 'values', true);
    when 'length' then
      return concat_ws(' and ', app.size_of(p_form, field) || ' >= ' || (p_rule ->> 'min')::integer, app.size_of(p_form, field) || ' <= ' || (p_rule ->> 'max')::integer);
    when 'total' then
      return format('(%s) = %s', app.sum_of(p_form, p_rule -> 'fields'), case
        when p_rule ? 'value' then app.literal_of(p_rule -> 'value', 'numeric')
        else app.sum_of(p_form, jsonb_build_array(coalesce(p_rule ->> 'than', field))) end);
    else return null;
  end case;
end $$;

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
