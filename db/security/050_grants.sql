-- The permission table: role × relation × verb × columns. A column that is not here is refused in WHERE, ORDER BY,
-- count and history alike. Columns are 'all', 'all but a b c' or a list. Whatever is absent is not granted. `told.x` and
-- `hosting.x` are read in place of the table x (025_told.sql). What is private is in no grant on `told` or `judging`, whatever
-- stands here: its masked twin is.

-- All of the table, or what of it is of one form.
create or replace function app.lay_grants(form text default null) returns void
  language plpgsql as $$
declare
  system constant text := 'id status version returned_reason returned_fields submitted_at submitted_by reviewed_at reviewed_by self_reviewed created_at created_by updated_at updated_by deleted_at number blind_number publicised_on state opened_at';
  registers constant text := (select string_agg(f.name, ' ') from app.forms f where f.scope = 'unit');
  frame constant text := (select string_agg(f.name, ' ') from app.forms f where f.scope <> 'unit');
  told_registers constant text := (select string_agg('told.' || f.name, ' ') from app.forms f where f.scope = 'unit');
  told_frame constant text := (select string_agg('told.' || f.name, ' ') from app.forms f where f.scope <> 'unit');
  judged constant text := (select coalesce(string_agg(j.name, ' '), '') from app.judged_columns('submissions') j);
  rule record;
  relation text;
  wanted text[];
  columns text;
begin
  for rule in
    select * from (values
      -- role, relations, verb, columns
      ('province', registers, 'select', 'all'),
      -- a work is put forward by app.propose_prize alone
      ('province', registers, 'insert', 'all but submission_id cac_opinion ' || system),
      ('province', registers, 'update', 'all but campaign_id unit_id submission_id cac_opinion ' || system),
      ('province', registers, 'update', 'version deleted_at'),
      ('province', frame, 'select', 'all'),
      ('province', frame, 'insert', 'all but ' || system),
      ('province', frame, 'update', 'all but campaign_id ' || system),
      ('province', frame, 'update', 'version deleted_at'),
      ('province', 'users', 'select', 'all but password_hash'),
      ('province', 'users', 'insert', 'username name role unit_id password_hash'),
      ('province', 'users', 'update', 'name role unit_id disabled_at version'),
      ('province cac clerk juror', 'form_designs', 'select', 'all'),
      ('province', 'form_designs', 'insert', 'campaign_id name definition'),
      ('province', 'form_designs', 'update', 'definition version deleted_at'),
      ('province cac clerk', 'print_templates', 'select', 'all'),
      ('juror', 'print_templates', 'select', 'all but content'),
      ('province', 'print_templates', 'insert', 'campaign_id form name format file_name content sha256 blanks'),
      ('province', 'print_templates', 'update', 'name blanks version deleted_at'),
      ('province cac clerk', 'carries', 'select', 'all'),
      ('province', 'carries', 'insert', 'campaign_id form from_campaign_id'),
      ('province', 'carries', 'delete', ''),
      ('province clerk', 'carry_refusals', 'select', 'all'),
      ('province clerk', 'carry_refusals', 'insert', 'campaign_id form row_id unit_id'),
      ('province clerk', 'carry_refusals', 'delete', ''),
      ('province', 'jury', 'select', 'all'),
      ('province', 'jury', 'delete', ''),
      ('province', 'jury', 'insert', 'collection_id juror_id'),
      ('province clerk', 'told.units told.participations', 'select', 'all'),
      ('province', 'told.submissions told.awards told.attendance told.events', 'select', 'all'),
      ('province', 'votes files comments imports tally', 'select', 'all'),
      ('province', 'changes', 'select', 'all but secret columns rows'),

      ('clerk', registers || ' told.submissions hosting.submissions', 'select', 'all but blind_number'),
      ('clerk', 'told.awards hosting.awards hosting.changes', 'select', 'all'),
      ('clerk', 'told.attendance told.events', 'select', 'id campaign_id unit_id event_id status deleted_at'),
      ('clerk', registers, 'insert', 'all but submission_id cac_opinion decision certificate_number ' || system),
      ('clerk', registers, 'update', 'all but campaign_id unit_id submission_id cac_opinion decision certificate_number ' || system),
      ('clerk', registers, 'update', 'version deleted_at'),
      ('clerk', frame, 'select', 'all'),
      ('clerk', 'votes comments imports tally', 'select', 'all'),
      ('clerk', 'files', 'select', 'all but name'),
      ('clerk', 'jury', 'select', 'all'),
      ('clerk', 'jury', 'insert', 'collection_id juror_id'),
      ('clerk', 'jury', 'delete', ''),
      ('province clerk', 'scores', 'select', 'submission_id items total opinion'),

      ('province clerk', 'votes', 'insert', 'submission_id counted_on votes'),
      ('province clerk', 'votes', 'update', 'votes'),
      ('province clerk', 'filings', 'select', 'all'),
      ('province clerk', 'filings', 'insert', 'number form campaign_id unit_id covers_unit_id collection_id file_name rows data_sha256 salt file_sha256 snapshot content address'),
      ('province clerk', 'files', 'insert', 'campaign_id unit_id name type size sha256 content'),
      ('province clerk', 'imports', 'insert', 'form campaign_id unit_id file_name size sha256 content identity_numbers'),
      ('province clerk', 'imports', 'update', 'decisions state rows_done rows_total result began_at finished_at'),
      ('province clerk', 'import_rows import_layouts', 'select', 'all'),
      ('province clerk', 'import_rows import_layouts', 'insert', 'all'),
      ('province clerk', 'import_rows', 'update', 'counts kinds keys rows'),
      ('province clerk', 'import_layouts', 'update', 'columns used_at'),
      ('province clerk', 'import_rows import_layouts', 'delete', ''),
      ('province clerk', 'creations', 'select', 'all'),
      ('province clerk', 'creations', 'insert', 'form client_key row_id body_digest'),
      ('province clerk', 'creations', 'delete', ''),
      ('province clerk', 'operations', 'select', 'all'),
      ('province clerk', 'operations', 'insert', 'form unit_id kind action asked rows_total'),
      ('province clerk', 'operations', 'update', 'state rows_done result began_at finished_at'),
      ('province clerk cac', 'comments', 'insert', 'form row_id campaign_id unit_id text'),

      ('province cac clerk', 'views view_defaults', 'select', 'all'),
      ('province cac clerk', 'views', 'insert', 'form name layout'),
      ('province cac clerk', 'views', 'update', 'name layout version'),
      ('province', 'views', 'insert', 'shared'),
      ('province', 'views', 'update', 'shared'),
      ('province cac clerk', 'view_defaults', 'insert', 'form view_id'),
      ('province cac clerk', 'view_defaults', 'update', 'view_id'),
      ('province cac clerk', 'views view_defaults', 'delete', ''),

      ('cac', told_registers, 'select', 'all but blind_number'),
      ('cac', 'awards', 'select', 'id version deleted_at'),
      ('cac', 'awards', 'update', 'cac_opinion version'),
      ('cac', told_frame, 'select', 'all'),
      ('cac', 'votes tally', 'select', 'all'),
      ('cac', 'files', 'select', 'all but name'),
      ('cac', 'told.comments told.changes', 'select', 'all'),

      ('juror', 'told.submissions', 'select', 'id'),
      ('juror', 'judging.submissions', 'select', 'id campaign_id collection_id blind_number sub_theme title description duration_s url is_original status version deleted_at ' || judged),
      ('juror', 'told.collections told.campaigns told.units told.participations told.national_activities told.stages told.metrics', 'select', 'all'),
      ('juror', 'scores', 'select', 'all'),
      ('juror', 'scores', 'insert', 'submission_id items opinion'),
      ('juror', 'scores', 'update', 'items opinion scored_at'),
      ('juror', 'files', 'select', 'id type size content'),
      ('province cac clerk juror', 'app.transitions', 'select', 'all')
    ) as rules (roles, relations, verb, columns)
  loop
    foreach relation in array string_to_array(rule.relations, ' ') loop
      continue when form <> split_part(relation, '.', -1);
      wanted := array(
        select a.attname from pg_attribute a
        where a.attrelid = relation::regclass and a.attnum > 0 and not a.attisdropped and not app.is_prepared(a.attname)
          and (rule.verb = 'select' or a.attgenerated = '')
          and not (relation ~ '^(told|judging)\.' and a.attname = any (app.private_columns(split_part(relation, '.', 2))))
          and case
            when rule.columns = 'all' then true
            when rule.columns like 'all but %' then a.attname <> all (string_to_array(substr(rule.columns, 9), ' '))
            else a.attname = any (string_to_array(rule.columns, ' ')) end
        order by a.attnum);
      columns := case when rule.verb = 'delete' then '' else '(' || (select string_agg(quote_ident(w), ', ') from unnest(wanted) w) || ')' end;
      execute format('grant %s %s on %s to %s', rule.verb, columns, relation,
        (select string_agg('haowangmin_' || r, ', ') from unnest(string_to_array(rule.roles, ' ')) r));
    end loop;
  end loop;
end $$;

-- What of a row that has a history a role may not read where it reads it.
create or replace function app.lay_hidden_columns() returns void
  language plpgsql as $make$
begin
  execute format('create or replace function app.hidden_columns() returns jsonb language sql stable return coalesce(%L::jsonb -> current_user::text, ''{}'')', (
    select jsonb_object_agg(role, hidden) from (
      select role, jsonb_object_agg(name, names) as hidden from (
        select r.role, c.relname as name, jsonb_agg(a.attname order by a.attnum) as names
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not app.is_prepared(a.attname)
        cross join (values ('haowangmin_cac', 'told'), ('haowangmin_clerk', 'hosting')) r (role, schema)
        left join pg_attribute o on o.attname = a.attname
          and o.attrelid = coalesce(to_regclass(format('%I.%I', r.schema, c.relname)), c.oid::regclass)
        where exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'changes_insert') and a.attname <> all (app.private_columns(c.relname)) -- told as its twin
          and not coalesce(has_column_privilege(r.role, o.attrelid, o.attnum, 'select'), false)
        group by 1, 2) by_table
      group by 1) by_role));
end $make$;

do $$
begin
  execute 'revoke all on all tables in schema public, app, told, hosting, judging from public, haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror, haowangmin_gate';
  execute 'revoke all on all functions in schema app from public, haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror, haowangmin_gate';
  execute 'grant usage on schema app, public, told, hosting, judging to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror, haowangmin_gate';
  execute 'revoke create on schema public from public';
  perform app.lay_grants(), app.lay_hidden_columns();

  -- Functions.
  grant execute on function app.session(text), app.identity(integer), app.find_login(text, text), app.know_device(integer, text, text, integer), app.count_attempt(text[]), app.forget_attempts(text[]), app.note_guess(integer, text, text),
    app.open_session(integer, text, integer), app.close_session(text), app.end_impersonation(text), app.fold_tally(), app.filing_facts(text), app.welcome() to haowangmin_gate;
  grant execute on function app.me(), app.myself(), app.my_units(), app.my_own_units(), app.my_campaigns(), app.my_collections(), app.my_juries(), app.today(integer),
    app.user_label(integer), app.open_units(text), app.phone_units(), app.is_shortlisted(text), app.is_sent(text), app.hidden_columns(), app.meant(integer), app.scored(integer), app.told_values(json, jsonb, boolean),
    app.without_phones(text), app.without_phones(text[]), app.without_phones(jsonb), app.same_text(text), app.masked(text), app.flow(text), app.private_columns(text),
    app.impersonation(), app.impersonated(), app.my_password_hash(), app.change_my_password(text, text), app.file_name(integer),
    app.participations_name(integer), app.participations_kind(integer),
    app.comes_due(text, integer, integer, text, text), app.is_filling(), app.words(integer), app.prizes_of(integer)
    to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror;
  grant execute on function app.events_signed_count(integer), app.submissions_votes(integer), app.awards_collection_id(integer), app.submissions_result(integer),
    app.attendance_people(integer), app.changes_secret(bigint)
    to haowangmin_province, haowangmin_cac, haowangmin_clerk;
  grant execute on function app.begin_impersonation(text, integer, text, integer, integer, integer) to haowangmin_province;
  grant execute on function app.note_export(integer, json) to haowangmin_province, haowangmin_cac, haowangmin_clerk;
  grant execute on function app.submissions_score(integer) to haowangmin_province, haowangmin_clerk;
  grant execute on function app.submissions_files(integer), app.blinded(integer, boolean) to haowangmin_juror;
  grant execute on function app.shown_in_work(integer, integer) to haowangmin_clerk, haowangmin_juror;
  grant execute on function app.move(text, integer[], text, text, text[]), app.phones_elsewhere(integer, integer, text[]), app.jurors()
    to haowangmin_province, haowangmin_clerk;
  grant execute on function app.let_old_files_go(), app.without_quotes(jsonb) to haowangmin_province, haowangmin_clerk;
  grant execute on function app.propose_prize(integer, text), app.withdraw_prize(integer), app.prizes_given(integer) to haowangmin_province, haowangmin_clerk;
  grant execute on function app.next_filing(integer, text), app.note_address(integer, text) to haowangmin_province, haowangmin_clerk;
  grant execute on function app.operation_rows(integer), app.judge_operation(integer, integer[]), app.my_last_request(text, integer),
    app.judge_moves(text, integer[], text), app.undo_moves(text, integer[], text)
    to haowangmin_province, haowangmin_clerk;
  grant execute on function app.reset_password(integer, text), app.move_campaign(integer, text) to haowangmin_province;
  perform app.grant_computed();
end $$;
