-- Forms as data: what is in force, and how a definition becomes tables, columns, checks and keys. A definition was checked by
-- the server (server/forms/definition.ts); nothing of it is taken here for more than a name, a type or a value.

-- What is in force --------------------------------------------------------------------------------------------------

create or replace function app.definitions_version() returns bigint
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select version from app.definitions_version $$;

-- Whether rows may refer to it: it has a key that begins with their scope.
create or replace function app.is_referable(form text) returns boolean
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select exists (
    select from app.forms f join pg_constraint k on k.conrelid = format('public.%I', f.name)::regclass and k.contype in ('u', 'p')
    where f.name = form and array(select a.attname::text from unnest(k.conkey) with ordinality u (n, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by u.at)
      = case f.scope when 'unit' then '{campaign_id,unit_id,id}' when 'campaign' then '{campaign_id,id}' else '{id}' end::text[])
$$;

-- What columns were called in versions of a definition before this one, by name: workbooks of then are read as ever.
create or replace function app.former_labels(design public.form_designs) returns jsonb
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(jsonb_object_agg(name, labels), '{}') from (
    select l.name, jsonb_agg(distinct l.label) as labels from public.form_designs d, lateral (
      select f ->> 'name' as name, f ->> 'label' as label
      from jsonb_array_elements(coalesce(d.definition -> 'fields', d.definition -> 'add', '[]')) f
      union all select r.key, r.value #>> '{}' from jsonb_each(coalesce(d.definition -> 'rename', '{}')) r) l
    where d.campaign_id = design.campaign_id and d.name = design.name and d.state = 'retired' and d.published_at is not null
      and d.deleted_at is null and d.id <> design.id
    group by 1) former
$$;

-- Everything a server has to know of the definitions, of all campaigns: no rows of units, and nothing that is a secret.
create or replace function app.definitions() returns jsonb
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select jsonb_build_object(
    'version', app.definitions_version(),
    'campaigns', (select coalesce(jsonb_agg(c.id order by c.id), '[]') from public.campaigns c where c.deleted_at is null),
    'designs', (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'campaign_id', d.campaign_id, 'name', d.name, 'state', d.state,
        'version', d.version, 'definition', d.definition, 'former', app.former_labels(d)) order by d.id), '[]')
      from public.form_designs d where d.deleted_at is null
        and (d.state = 'published' or d.state = 'retired' and d.replaced_by is null)),
    'registers', (select coalesce(jsonb_agg(f.name order by f.name), '[]') from app.forms f where f.scope = 'unit'),
    'columns', (select coalesce(jsonb_agg(to_jsonb(c) order by c.position), '[]') from app.columns c),
    -- what is called so already and is no register
    'taken', (select coalesce(jsonb_agg(c.relname order by c.relname), '[]') from pg_class c
      where c.relnamespace = 'public'::regnamespace and not exists (select from app.forms f where f.name = c.relname and f.is_installed)),
    'referable', (select coalesce(jsonb_agg(f.name order by f.name), '[]') from app.forms f where app.is_referable(f.name)),
    'unit_kinds', (select coalesce(jsonb_agg(k.name order by k.position, k.id), '[]') from public.unit_kinds k where k.deleted_at is null),
    'collections', (select coalesce(jsonb_agg(jsonb_build_object('campaign_id', c.campaign_id, 'code', c.code, 'title', c.title) order by c.campaign_id, c.code, c.id), '[]')
      from public.collections c where c.deleted_at is null),
    'plan_titles', (select coalesce(jsonb_object_agg(c.id, c.plan_title), '{}') from public.campaigns c where c.plan_title is not null and c.deleted_at is null),
    'metrics', (select coalesce(jsonb_agg(jsonb_build_object('campaign_id', m.campaign_id, 'name', m.name, 'label', m.label, 'short', m.short,
        'measure', m.measure, 'form', m.form, 'counts', m.counts, 'field', m.field, 'filter', m.filter, 'target', m.target,
        'has_quota', m.has_quota, 'synonyms', m.synonyms, 'position', m.position) order by m.campaign_id, m.position, m.id), '[]')
      from public.metrics m where m.deleted_at is null))
$$;

-- Raised at the end of whatever changes the definitions; a server that is behind reads them anew.
create or replace function app.raise_definitions() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  update app.definitions_version set version = version + 1;
  perform pg_notify('haowangmin_changes', json_build_object('form', 'definitions', 'moved', true)::text);
  return null;
end $$;
create or replace trigger definitions after insert or update on public.form_designs
  for each statement execute function app.raise_definitions();
create or replace trigger definitions after update of plan_title on public.campaigns
  for each statement execute function app.raise_definitions();
create or replace trigger definitions after insert or update of code, title, deleted_at on public.collections
  for each statement execute function app.raise_definitions();
create or replace trigger definitions after insert or update on public.metrics
  for each statement execute function app.raise_definitions();
create or replace trigger definitions after insert or update on public.unit_kinds
  for each statement execute function app.raise_definitions();

-- Checks and keys ---------------------------------------------------------------------------------------------------

/* The checks that the published definitions ask of a table, by name. Each speaks of its campaign only, and of no row that was
   there before a definition was published which it broke (`since`): such a row is asked when a person changes it. */
create or replace function app.checks_of(p_form text) returns table (name text, expression text)
  language sql stable
as $$
  with designs as (
    select d.campaign_id, d.definition, d.since from public.form_designs d
    where d.name = p_form and d.state = 'published' and d.deleted_at is null),
  fields as (
    -- what only some works must have is asked by a trigger (app.lay_entry)
    select d.campaign_id, d.since, case when f ? 'of' then f - 'required' else f end as f
    from designs d, jsonb_array_elements(coalesce(d.definition -> 'fields', d.definition -> 'add', '[]')) f
    union all
    select d.campaign_id, d.since, jsonb_build_object('name', c.key, 'type', 'choice', 'choices', c.value)
    from designs d, jsonb_each(coalesce(d.definition -> 'choices', '{}')) c
    union all
    select d.campaign_id, d.since, jsonb_build_object('name', r, 'required', true)
    from designs d, jsonb_array_elements_text(coalesce(d.definition -> 'require', '[]')) r)
  select format('c%s_%s', campaign_id, name), format('campaign_id <> %s or id <= %s or deleted_at is not null or coalesce(%s, true)', campaign_id, since, expression)
  from (
    select campaign_id, since, f ->> 'name' || case when f ? 'choices' then '' else '_given' end as name, app.check_of_field(f) as expression from fields
    union all
    select d.campaign_id, d.since, 'rule_' || (r ->> 'name'), app.check_of(r, p_form) from designs d, jsonb_array_elements(coalesce(d.definition -> 'rules', '[]')) r) each
  where expression is not null
  union all
  select 'choices_' || b.name, format('%I = any (%L::text[]) or campaign_id = any (%L::integer[])', b.name, b.choices,
    (select coalesce(array_agg(d.campaign_id), '{}') from designs d where d.definition -> 'choices' ? b.name))
  from app.built_in_choices b where b.form = p_form
$$;

-- Lays what differs; the table is locked only then. Nothing is asked of the rows that are there.
create or replace function app.lay_checks(p_form text) returns void
  language plpgsql as $$
declare
  differing record;
begin
  for differing in
    with wanted as (select w.name, w.expression, md5(w.expression) as digest from app.checks_of(p_form) w),
    laid as (
      select k.conname::text as name, obj_description(k.oid) as digest from pg_constraint k
      where k.conrelid = format('public.%I', p_form)::regclass and k.contype = 'c' and k.conname ~ '^(c\d+|choices)_')
    select coalesce(w.name, l.name) as name, l.name is not null as is_laid, w.expression, w.digest
    from wanted w full join laid l using (name) where w.digest is distinct from l.digest
  loop
    if differing.is_laid then execute format('alter table public.%I drop constraint %I', p_form, differing.name); end if;
    if differing.expression is not null then
      execute format('alter table public.%I add constraint %I check (%s) not valid', p_form, differing.name, differing.expression);
      execute format('comment on constraint %I on public.%I is %L', differing.name, p_form, differing.digest);
    end if;
  end loop;
  perform app.lay_entry(p_form);
end $$;

/* A record is the first key whose fields are all filled (server/records/keys.ts): one index a key of each campaign's
   definition. Throws unique_violation where rows that are there share one. */
create or replace function app.lay_keys(p_form text) returns void
  language plpgsql as $$
declare
  key record;
begin
  for key in
    with keys as (
      select d.campaign_id, k.value as names, k.ordinality as n, d.definition from public.form_designs d,
        jsonb_array_elements(d.definition -> 'keys') with ordinality k
      where d.name = p_form and d.state = 'published' and d.deleted_at is null and jsonb_typeof(d.definition -> 'keys') = 'array'),
    -- what no two rows may share besides
    shared as (
      select d.campaign_id, coalesce(r.value -> 'fields', jsonb_build_array(r.value -> 'field')) as names, r.ordinality as n
      from public.form_designs d, jsonb_array_elements(coalesce(d.definition -> 'rules', '[]')) with ordinality r
      where d.name = p_form and d.state = 'published' and d.deleted_at is null and r.value ->> 'kind' = 'unique_together'),
    asked as (select campaign_id, names, n, 'key' as what from keys union all select campaign_id, names, n, 'unique' from shared),
    wanted as (
      select format('%s_c%s_%s_%s', left(p_form, 40), campaign_id, what, n) as name, format('(campaign_id, unit_id, %s) where campaign_id = %s and deleted_at is null and %s%s',
        (select string_agg(case when t.type in ('text', 'long_text', 'url') then format('app.same_text(%I)', c) else format('%I', c) end, ', ' order by at)
          from jsonb_array_elements_text(names) with ordinality x (c, at) left join app.columns t on t.form = p_form and t.name = c),
        campaign_id,
        (select string_agg(format('%I is not null', c), ' and ') from jsonb_array_elements_text(names) c),
        (select string_agg(format(' and (%s)', (select string_agg(format('%I is null', c), ' or ') from jsonb_array_elements_text(e.names) c)), '')
          from keys e where e.campaign_id = asked.campaign_id and e.n < asked.n and asked.what = 'key')) as definition
      from asked),
    laid as (
      select c.relname::text as name, obj_description(c.oid) as digest from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = format('public.%I', p_form)::regclass and c.relname ~ '_c\d+_(key|unique)_\d+$')
    select coalesce(w.name, l.name) as name, l.name is not null as is_laid, w.definition
    from wanted w full join laid l using (name) where md5(w.definition) is distinct from l.digest
  loop
    if key.is_laid then execute format('drop index public.%I', key.name); end if;
    if key.definition is not null then
      execute format('create unique index %I on public.%I %s', key.name, p_form, key.definition);
      execute format('comment on index public.%I is %L', key.name, md5(key.definition));
    end if;
  end loop;
end $$;
select app.lay_checks(name), app.lay_keys(name) from app.forms where scope = 'unit';

-- Columns of a form that count other rows; functions by now (app.lay_computed).
create or replace function app.computed_columns(p_form text) returns table (field jsonb)
  language sql stable
  as $$ select jsonb_build_object('name', c.name, 'type', c.type, 'computed', c.computed) from app.columns c where c.form = p_form and c.computed is not null $$;
select app.lay_computed(f.name, c.field) from app.forms f, app.computed_columns(f.name) c;

-- What jurors read of works changes with their entry forms: what is opened no more is in no grant.
create or replace function app.lay_judged(p_form text) returns void
  language plpgsql as $$
begin
  if app.flow(p_form) is distinct from 'work' then return; end if;
  perform app.lay_judging();
  revoke select on judging.submissions from haowangmin_juror;
  perform app.lay_grants(p_form);
end $$;

-- Publishing ----------------------------------------------------------------------------------------------------------

/* How many rows of the campaign a definition's checks would find at fault, and some of them. Reads as the province. */
create or replace function app.design_breaks(p_campaign integer, p_form text, p_checks jsonb)
  returns table (name text, rows integer, sample integer[])
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  each record;
  condition text;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  if not exists (select from app.forms f where f.name = p_form and f.scope = 'unit') then return; end if;
  for each in select c.key, c.value from jsonb_each(p_checks) c loop
    -- a column that is not there yet is blank in every row
    if exists (select from pg_attribute a where a.attrelid = format('public.%I', p_form)::regclass and a.attname = coalesce(each.value ->> 'field', each.value ->> 'name')) then
      begin
        condition := case when each.value ? 'of' then app.entry_condition(each.value, p_form, each.value ->> 'name') when each.value ? 'kind' then app.check_of(each.value, p_form) else app.check_of_field(each.value) end;
      exception when undefined_column then condition := null; -- it looks at one that is not there yet
      end;
      continue when condition is null;
      condition := format('(%s) is false', condition);
    else
      continue when (each.value ->> 'required')::boolean is not true;
      condition := case when each.value ? 'of' then app.entry_condition(each.value, p_form, null) end;
      condition := coalesce('(' || condition || ') is false', 'true');
    end if;
    return query execute format('select %L, count(*)::integer, (array_agg(t.id order by t.id))[1:20] from public.%I t
      where t.campaign_id = %s and t.deleted_at is null and %s having count(*) > 0', each.key, p_form, p_campaign, condition);
  end loop;
end $$;

/* Publishes a draft, all of it or nothing: installs what is not there, lays its checks and keys, protects them, and retires
   the version before. `p_values`: by column, what becomes of the values in it that its new type or choices do not take
   (081_conversions.sql). lock_not_available where somebody writes many rows, and 40001 where values were written meanwhile:
   nobody waits long for a publication, so it is the publication that tries again. HW409: another version. HW422 with a column:
   it can't be of that type. */
drop function if exists app.publish_design(integer, integer, integer);
create or replace function app.publish_design(p_id integer, p_version integer, p_since integer, p_values jsonb) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '300ms'
as $$
declare
  design public.form_designs;
  field jsonb;
  is_new boolean;
  installed app.columns;
  added integer := 0;
  retyped text[] := '{}';
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  perform pg_advisory_xact_lock(hashtext('app.designs'));
  select * into design from public.form_designs d where d.id = p_id and d.deleted_at is null for update;
  if not found or design.version <> p_version or design.state <> 'draft' then raise exception 'stale version' using errcode = 'HW409'; end if;
  is_new := not exists (select from app.forms f where f.name = design.name);
  if is_new then
    if design.definition ? 'extends' then raise insufficient_privilege; end if;
    perform app.install_form(design.name);
  elsif not app.is_register(design.name) then
    raise insufficient_privilege;
  end if;
  for field in select f from jsonb_array_elements(coalesce(design.definition -> 'fields', design.definition -> 'add', '[]')) with ordinality x (f, at)
    order by f ? 'computed', at -- what is computed comes after what it is computed from
  loop
    select * into installed from app.columns c where c.form = design.name and c.name = field ->> 'name';
    if not found then
      perform app.install_column(design.name, field ->> 'name', coalesce(field ->> 'type', 'decimal'), coalesce((field ->> 'private')::boolean, false),
        field ->> 'to', field -> 'computed');
      added := added + 1;
    elsif (installed.private, installed.refers_to, installed.computed) is distinct from
        (coalesce((field ->> 'private')::boolean, false), field ->> 'to', field -> 'computed') then
      raise exception 'another type' using errcode = 'HW422', column = field ->> 'name';
    elsif installed.type <> coalesce(field ->> 'type', 'decimal') then
      perform app.retype_column(design.campaign_id, design.name, installed.name, field ->> 'type', p_values -> installed.name);
      retyped := retyped || installed.name;
    end if;
  end loop;
  -- after what is done to whole columns, for which no change of a row may be under way
  perform app.replace_choices(design, v.key, v.value) from jsonb_each(coalesce(p_values, '{}')) v where v.key <> all (retyped);
  update public.form_designs d set state = 'retired', replaced_by = p_id, version = d.version + 1
    where d.campaign_id = design.campaign_id and d.name = design.name and d.state = 'published' and d.deleted_at is null;
  update public.form_designs d set state = 'published', published_at = now(), since = p_since, version = d.version + 1 where d.id = p_id;
  perform app.lay_checks(design.name), app.lay_keys(design.name);
  if is_new then perform app.protect_form(design.name);
  elsif added > 0 or cardinality(retyped) > 0 then perform app.protect_columns(design.name); end if;
  perform app.lay_judged(design.name);
  perform app.lay_computed(design.name, c.field) from app.computed_columns(design.name) c;
  perform app.note_seal();
end $$;

/* A register that is in force no more: its rows stay, nobody is shown it. A draft that is retired says so of what is built in. */
create or replace function app.retire_design(p_id integer, p_version integer) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '300ms'
as $$
declare
  design public.form_designs;
begin
  if (app.myself()).role is distinct from 'province' then raise insufficient_privilege; end if;
  perform pg_advisory_xact_lock(hashtext('app.designs'));
  select * into design from public.form_designs d where d.id = p_id and d.deleted_at is null for update;
  if not found or design.version <> p_version or design.state = 'retired' then raise exception 'stale version' using errcode = 'HW409'; end if;
  update public.form_designs d set state = 'retired', replaced_by = null, version = d.version + 1
    where d.id = p_id or (d.campaign_id = design.campaign_id and d.name = design.name and d.state = 'published' and d.deleted_at is null);
  if app.is_register(design.name) then perform app.lay_checks(design.name), app.lay_keys(design.name); end if;
  perform app.lay_judged(design.name);
  perform app.note_seal();
end $$;

revoke all on all functions in schema app from public;
grant execute on function app.definitions(), app.definitions_version() to haowangmin_gate, haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror;
grant execute on function app.publish_design(integer, integer, integer, jsonb), app.retire_design(integer, integer), app.design_breaks(integer, text, jsonb) to haowangmin_province;
