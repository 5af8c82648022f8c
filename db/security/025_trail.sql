-- What decides, or can be disputed, and is no row of a form: marks, votes, juries, files, comments, papers handed in, views,
-- operations, imports, exports. Each leaves its line in the history: who, when, before, after. Lines about a row
-- stand under that row; marks stand apart, because whoever reads a work's history must not read who marked it how.

create or replace function app.note(p_form text, p_row integer, p_campaign integer, p_unit integer, p_collection integer,
  p_action text, p_before json, p_after json) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  insert into public.changes (actor_id, role, request_id, import_id, form, row_id, campaign_id, unit_id, collection_id, action, before, after)
  values (app.me(), nullif(current_setting('role', true), 'none'), app.setting('app.request_id'), app.setting('app.import_id')::integer,
    p_form, p_row, p_campaign, p_unit, p_collection, p_action, p_before, p_after)
$$;

create or replace function app.note_comment() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note(new.form, new.row_id, new.campaign_id, new.unit_id,
    case new.form when 'submissions' then (select s.collection_id from submissions s where s.id = new.row_id) end,
    'comment', null, json_build_object('comment', new.text));
  return null;
end $$;

create or replace function app.note_vote() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note('submissions', s.id, s.campaign_id, s.unit_id, s.collection_id, 'vote',
    case tg_op when 'UPDATE' then json_build_object('counted_on', old.counted_on, 'votes', old.votes) end,
    json_build_object('counted_on', new.counted_on, 'votes', new.votes))
  from submissions s where s.id = new.submission_id and (tg_op = 'INSERT' or new.votes <> old.votes);
  return null;
end $$;

-- Marks as they were called when they were given: 主题 80、制作 70.
create or replace function app.marks_in_words(p_marks jsonb, p_collection integer) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select string_agg(i.value ->> 'label' || ' ' || (p_marks ->> (i.value ->> 'name')), '、' order by i.ordinality)
    from collections c, jsonb_array_elements(coalesce(c.scoring_items, app.standard_items())) with ordinality i
    where c.id = p_collection);
end $$;

-- A mark is the province's to look up: it belongs to no unit.
create or replace function app.note_score() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note('scores', s.id, s.campaign_id, null, s.collection_id, case tg_op when 'INSERT' then 'create' else 'update' end,
    case tg_op when 'UPDATE' then json_build_object('items', app.marks_in_words(old.items, s.collection_id), 'total', old.total, 'opinion', old.opinion) end,
    json_build_object('items', app.marks_in_words(new.items, s.collection_id), 'total', new.total, 'opinion', new.opinion))
  from submissions s where s.id = new.submission_id
    and (tg_op = 'INSERT' or (old.items, old.opinion) is distinct from (new.items, new.opinion));
  return null;
end $$;

create or replace function app.note_jury() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  seat jury := case tg_op when 'DELETE' then old else new end;
  juror json := (select json_build_object('juror', u.name) from users u where u.id = seat.juror_id);
begin
  perform app.note('jury', c.id, c.campaign_id, null, c.id, case tg_op when 'DELETE' then 'remove' else 'create' end,
    case tg_op when 'DELETE' then juror end, case tg_op when 'INSERT' then juror end)
  from collections c where c.id = seat.collection_id;
  return null;
end $$;

create or replace function app.note_file() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note('files', new.id, null, new.unit_id, null, 'create', null,
    json_build_object('name', new.name, 'type', new.type, 'size', new.size, 'sha256', new.sha256));
  return null;
end $$;

create or replace function app.note_filing() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note('filings', new.id, new.campaign_id, new.unit_id, new.collection_id, 'create', null,
    json_build_object('number', new.number, 'form', new.form, 'rows', new.rows, 'data_sha256', new.data_sha256));
  return null;
end $$;

create or replace function app.note_view() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  told views := case tg_op when 'DELETE' then old else new end;
begin
  perform app.note('views', told.id, null, u.unit_id, null,
    case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'remove' end,
    case when tg_op <> 'INSERT' then json_build_object('form', old.form, 'name', old.name, 'shared', old.shared, 'layout', old.layout) end,
    case when tg_op <> 'DELETE' then json_build_object('form', new.form, 'name', new.name, 'shared', new.shared, 'layout', new.layout) end)
  from users u where u.id = told.owner_id;
  return null;
end $$;

-- What is under way stands in its own table; the history has how it began and how it ended.
create or replace function app.note_operation() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.state = old.state or new.state in ('running', 'undoing', 'redoing')) then return null; end if;
  perform app.note('operations', new.id, null, new.unit_id, null, case tg_op when 'INSERT' then 'create' else new.state end, null,
    json_build_object('form', new.form, 'kind', new.kind, 'action', new.action, 'rows_total', new.rows_total,
      'rows_done', case tg_op when 'UPDATE' then new.rows_done end, 'asked', new.asked, 'result', new.result));
  return null;
end $$;

create or replace function app.note_import() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.state = old.state or new.state in ('queued', 'checking', 'checked', 'applying')) then return null; end if;
  perform app.note('imports', new.id, new.campaign_id, new.unit_id, null, case tg_op when 'INSERT' then 'create' else new.state end, null,
    json_build_object('form', new.form, 'file_name', new.file_name, 'sha256', case tg_op when 'INSERT' then new.sha256 end,
      'decisions', case tg_op when 'UPDATE' then new.decisions end,
      'result', (select json_object_agg(key, value) from jsonb_each(new.result) where jsonb_typeof(value) = 'number')));
  return null;
end $$;

create or replace function app.note_print_template() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app.note('print_templates', new.id, new.campaign_id, null, null,
    case when tg_op = 'INSERT' then 'create' when new.deleted_at is not null and old.deleted_at is null then 'remove' else 'update' end,
    case tg_op when 'UPDATE' then json_build_object('name', old.name, 'blanks', old.blanks) end,
    json_build_object('form', new.form, 'name', new.name, 'file_name', new.file_name, 'sha256', new.sha256, 'blanks', new.blanks));
  return null;
end $$;

do $$
declare
  each record;
begin
  for each in select * from (values
    ('comments', 'insert', 'note_comment'), ('votes', 'insert or update', 'note_vote'), ('scores', 'insert or update', 'note_score'),
    ('jury', 'insert or delete', 'note_jury'), ('files', 'insert', 'note_file'), ('filings', 'insert', 'note_filing'),
    ('views', 'insert or update or delete', 'note_view'), ('operations', 'insert or update of state', 'note_operation'),
    ('imports', 'insert or update of state', 'note_import'), ('print_templates', 'insert or update', 'note_print_template')) as notes (relation, events, function)
  loop
    execute format('create or replace trigger note after %s on public.%I for each row execute function app.%I()', each.events, each.relation, each.function);
    execute format('revoke all on function app.%I() from public', each.function);
  end loop;
end $$;

-- What leaves the house as a file: which list, by what filter, how many rows.
create or replace function app.note_export(p_campaign integer, p_what json) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if (app.myself()).id is null then raise insufficient_privilege; end if;
  perform app.note('exports', null, (select c.id from campaigns c where c.id = p_campaign), (app.myself()).unit_id, null, 'create', null, p_what);
end $$;

-- Guesses at a password: at whose account, as far as there is one, and from where. The name that was typed is not kept, since
-- it may be a password in the wrong field.
create or replace function app.note_guess(p_user integer, p_action text, p_address text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if p_action <> all ('{sign_in_failed,sign_in_locked,password_failed}') then raise insufficient_privilege; end if;
  perform app.note('users', p_user, null, null, null, p_action, null, json_build_object('address', p_address));
end $$;
