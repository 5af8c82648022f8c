-- The life of a row: the declared table of transitions, and the one function that changes a status.

drop table if exists app.transitions;
create table app.transitions (
  flow text not null,
  action text not null,
  label text not null,
  from_status text[] not null,
  to_status text not null,
  by text[] not null,             -- unit: whose row it is; host: who hosts the collection; province
  needs_reason boolean not null,
  primary key (flow, action)
);

insert into app.transitions (flow, action, label, from_status, to_status, by, needs_reason) values
  ('register', 'submission', '提交', '{draft,returned}', 'submitted', '{unit}', false),
  ('register', 'withdrawal', '撤回', '{submitted}', 'draft', '{unit}', false),
  ('register', 'approval', '通过', '{submitted}', 'approved', '{province}', false),
  ('register', 'return', '退回', '{submitted,approved}', 'returned', '{province}', true),
  ('register', 'archival', '归档', '{approved}', 'archived', '{province}', false),
  ('register', 'annulment', '作废', '{draft,submitted,returned,approved}', 'void', '{province}', true),
  ('work', 'submission', '提交', '{draft,returned}', 'submitted', '{unit}', false),
  ('work', 'withdrawal', '撤回', '{submitted}', 'draft', '{unit}', false),
  ('work', 'approval', '受理', '{submitted}', 'accepted', '{host,province}', false),
  ('work', 'refusal', '不受理', '{submitted}', 'refused', '{host,province}', true),
  ('work', 'return', '退回', '{submitted,accepted}', 'returned', '{host,province}', true),
  ('work', 'shortlisting', '入围', '{accepted}', 'shortlisted', '{host,province}', false),
  ('work', 'review', '送评审', '{shortlisted}', 'under_review', '{host,province}', false),
  ('work', 'proposal', '列为拟奖', '{under_review}', 'proposed', '{host,province}', false),
  ('work', 'publicity', '公示', '{proposed}', 'publicised', '{province}', false),
  ('work', 'award', '获奖', '{publicised}', 'awarded', '{province}', false),
  ('work', 'elimination', '未获奖', '{under_review,proposed,publicised}', 'not_awarded', '{host,province}', false),
  ('work', 'nomination', '推荐全国', '{awarded}', 'nominated', '{province}', false),
  ('work', 'annulment', '作废', '{draft,submitted,returned,accepted}', 'void', '{province}', true);

-- The last of the working days for which a work is public, the first one counted. Public holidays are not known here.
create or replace function app.public_until(p_from date) returns date
  language sql immutable parallel safe
  return (select d::date from generate_series(p_from::timestamp, p_from::timestamp + interval '10 days', interval '1 day') d
    where extract(isodow from d) < 6 order by d offset 4 limit 1);

-- Who joins a jury waits for the works that are just being proposed, and the other way round.
create or replace function app.lock_jury() returns trigger
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('app.jury'), new.collection_id);
  return new;
end $$;
create or replace trigger lock_jury before insert on public.jury for each row execute function app.lock_jury();

-- What a file is, as collections choose it: 图片 and jpg. Files in server/forms/files.ts are the twin.
create or replace function app.file_ending(type text) returns text
  language sql immutable parallel safe
  return '{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "audio/mpeg": "mp3",
    "audio/mp4": "m4a", "video/mp4": "mp4", "video/webm": "webm", "application/pdf": "pdf", "text/plain": "txt", "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx"}'::jsonb ->> type;
create or replace function app.kinds_of_file(type text) returns text[]
  language sql immutable parallel safe
  return array[case split_part(type, '/', 1) when 'image' then '图片' when 'video' then '视频' when 'audio' then '音频' else '文档' end, app.file_ending(type)];

-- Whether a work in this state is one that its unit has sent: it counts against how many a unit may send.
create or replace function app.is_sent(status text) returns boolean
  language sql immutable parallel safe
  return status not in ('draft', 'returned', 'refused', 'void');

-- Whether a work can't be handed in yet: the twin of the rules of 提交 in server/forms/submissions.ts, which say why.
create or replace function app.is_unfinished(w submissions) returns boolean
  language sql stable
as $$
  select not w.is_original
    or (w.url is null and coalesce(w.files, '[]') in ('[]', 'null'))
    or exists (select from public.collections c where c.id = w.collection_id
      and (char_length(coalesce(w.description, '')) < c.min_chars or coalesce(w.duration_s, 0) < c.min_seconds))
    or exists (select from public.collections c, unnest(c.needed_slots) slot
      where c.id = w.collection_id and not coalesce(w.files @> jsonb_build_array(jsonb_build_object('part', slot)), false))
    or exists (select from public.collections c, jsonb_path_query(w.files, '$[*]') f
      where c.id = w.collection_id and f ? 'part' and f ->> 'part' <> all (coalesce(c.slots, '{}')))
    or exists (select from public.collections c
      where c.id = w.collection_id and jsonb_array_length(coalesce(nullif(w.files, 'null'), '[]')) not between coalesce(c.min_files, 0) and coalesce(c.max_files, 20))
    or exists (select from public.collections c, jsonb_path_query(w.files, '$[*]') f join public.files k on k.id = (f ->> 'id')::integer
      where c.id = w.collection_id and (k.size > c.max_file_mb * 1048576::bigint
        or cardinality(c.file_kinds) > 0 and not app.kinds_of_file(k.type) && c.file_kinds))
$$;

-- How many works of a collection a unit has sent, and may send; null where nothing limits it.
create or replace function app.sent_of(p_collection integer, p_unit integer) returns integer
  language sql stable
  as $$ select count(*)::integer from public.submissions s where s.collection_id = p_collection and s.unit_id = p_unit and s.deleted_at is null and app.is_sent(s.status) $$;

-- A unit's works of a collection are sent one transaction after the other, so that none comes past the limit between two counts.
create or replace function app.lock_shares(p_collections integer[]) returns void
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('app.per_unit'), c.id)
    from (select x.id from public.collections x where x.id = any (p_collections) and x.max_per_unit is not null order by 1) c;
end $$;

/* However a work comes to be sent (handed in, a step taken back, out of the bin): no unit has more than its collection takes.
   app.move has judged before, and says it row by row. */
create or replace function app.keep_share() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  most integer := (select c.max_per_unit from public.collections c where c.id = new.collection_id);
begin
  if most is null or app.me() is null then return new; end if;
  perform app.lock_shares(array[new.collection_id]);
  if app.sent_of(new.collection_id, new.unit_id) >= most then
    raise exception using errcode = 'HW422', column = 'collection_id',
      message = format('这个征集活动每个单位最多报 %s 件，已经报了 %s 件。', most, app.sent_of(new.collection_id, new.unit_id));
  end if;
  return new;
end $$;
create or replace trigger keep_share before update of status, collection_id, deleted_at on public.submissions for each row
  when (app.is_sent(new.status) and new.deleted_at is null
    and (not app.is_sent(old.status) or old.deleted_at is not null or old.collection_id <> new.collection_id))
  execute function app.keep_share();

-- Whether somebody else with an enabled account may take this step with a row of the collection (null: of none).
create or replace function app.others_may(p_by text[], p_collection integer) returns boolean
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return exists (
    select from public.users u where u.id <> app.me() and u.disabled_at is null
      and ('province' = any (p_by) and u.role = 'province'
        or 'host' = any (p_by) and u.role = 'clerk' and u.unit_id = (select c.host_unit_id from public.collections c where c.id = p_collection)));
end $$;

/* Moves rows of a form along its flow. Rows out of sight are absent from the answer; of the others `result` is
   done, archived (the campaign is), state (not from this status), closed (deadline passed), role (not yours to do), unfinished (can't be handed in
   as it is), full (the unit has sent as many works as the collection takes; `lacks`: sent/most), prize (put forward by a host: no longer the unit's), self (approved by whoever submitted it, though
   others may: where nobody else may it is done, and marked self_reviewed), unscored (`lacks`: how many jurors have not scored, 0 where there is no jury) or public (`lacks`: the first
   day on which it can be done). */
drop function if exists app.move(text, integer[], text, text, text[]);
create function app.move(p_form text, p_ids integer[], p_action text, p_reason text, p_fields text[])
  returns table (id integer, result text, status text, lacks text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  person users := app.myself();
  transition app.transitions;
  is_work boolean := app.flow(p_form) = 'work';
begin
  if person.id is null or person.role not in ('clerk', 'province') or not app.is_register(p_form) then
    raise insufficient_privilege;
  end if;
  select * into transition from app.transitions t where t.flow = app.flow(p_form) and t.action = p_action;
  if not found then raise insufficient_privilege; end if;
  if is_work and p_action = 'proposal' then
    perform pg_advisory_xact_lock(hashtext('app.jury'), c.collection_id)
    from (select distinct s.collection_id from public.submissions s where s.id = any (p_ids) order by 1) c;
  end if;
  if is_work and p_action = 'submission' then
    perform app.lock_shares(array(select distinct s.collection_id from public.submissions s where s.id = any (p_ids)));
  end if;
  perform set_config('app.action', p_action, true);
  -- one row is expected of each side and thousands may come: joined by going through all of one for each of the other
  perform set_config('enable_nestloop', case when cardinality(p_ids) > 200 then 'off' else 'on' end, true);
  return query execute format($sql$
    with seen as materialized (
      select t.id, t.status, t.campaign_id, t.unit_id, t.unit_id = any ((select app.my_own_units())::integer[]) as own, %2$s as hosted, %6$s as prize, %5$s as lacks,
        $2.action = 'approval' and t.submitted_by is not distinct from app.me() as self, %7$s as collection_id
      from public.%1$I t
      where t.id = any ($1) and t.deleted_at is null and (t.unit_id = any ((select app.my_units())::integer[]) or %2$s)
      for update of t),
    judged_alone as materialized (
      select s.id, s.status, s.lacks, s.self, s.collection_id, s.unit_id, case
        when not (('unit' = any ($2.by) and s.own) or ('host' = any ($2.by) and s.hosted) or ('province' = any ($2.by) and $3 = 'province')) then 'role'
        when exists (select from public.campaigns c where c.id = s.campaign_id and c.state = 'archived') then 'archived'
        when s.status <> all ($2.from_status) then 'state'
        when s.prize and $2.to_status in ('draft', 'returned') then 'prize'
        when s.self and app.others_may($2.by, s.collection_id) then 'self'
        when $2.by = '{unit}' and not exists (
          select from app.open_units(%3$L) o where o.campaign_id = s.campaign_id and o.unit_id = s.unit_id) then 'closed'
        -- 入围 ends with the deadline that ends the entering of works; a host may be given longer, as any unit
        when $2.action = 'shortlisting' and s.campaign_id <> all ((select app.open_campaigns(%3$L))::integer[]) then 'closed'
        when s.lacks is not null then case $2.action when 'submission' then 'unfinished' when 'proposal' then 'unscored' else 'public' end
        else 'done' end as result
      from seen s),
    judged as materialized (%8$s),
    changed as (
      update public.%1$I t set
        status = $2.to_status,
        version = t.version + 1,
        returned_reason = case when $2.needs_reason then $4 when $2.to_status in ('submitted', 'draft') then t.returned_reason end,
        returned_fields = case when $2.needs_reason then $5 when $2.to_status in ('submitted', 'draft') then t.returned_fields end,
        submitted_at = case when $2.action = 'submission' then now() else t.submitted_at end,
        submitted_by = case when $2.action = 'submission' then app.me() else t.submitted_by end,
        reviewed_at = case when $2.by = '{unit}' then t.reviewed_at else now() end,
        reviewed_by = case when $2.by = '{unit}' then t.reviewed_by else app.me() end,
        self_reviewed = j.self or t.self_reviewed and $2.to_status not in ('draft', 'submitted', 'returned')
        %4$s
      from judged j where j.id = t.id and t.id = any ($1) and j.result = 'done'
      returning t.id, t.status)
    select j.id, j.result, coalesce(c.status, j.status), j.lacks from judged j left join changed c on c.id = j.id
  $sql$, p_form,
    case when is_work then
      $sql$(t.collection_id = any (app.my_collections()) and t.status not in ('draft', 'returned', 'void'))$sql$ else 'false' end,
    p_form,
    case when is_work and p_action = 'review' then $sql$,
      blind_number = coalesce(t.blind_number, (select coalesce(max(x.blind_number), 0) from public.submissions x where x.collection_id = t.collection_id)
        + (select count(*) from judged k where k.result = 'done' and app.blinded(k.id) <= app.blinded(t.id)))$sql$
      when is_work and p_action = 'publicity' then ', publicised_on = app.today(t.campaign_id)' else '' end,
    case when p_action = 'submission' then format($sql$case when %s or %s then '' end$sql$, case when is_work then 'app.is_unfinished(t)' else 'false' end, app.lacking(p_form))
      when is_work and p_action = 'proposal' then $sql$
      case when exists (select from public.jury y where y.collection_id = t.collection_id) then
        (select nullif(count(*), 0)::text from public.jury y where y.collection_id = t.collection_id
          and not exists (select from public.scores x where x.submission_id = t.id and x.juror_id = y.juror_id)) else '0' end$sql$
      when is_work and p_action = 'award' then $sql$
      case when app.today(t.campaign_id) <= app.public_until(coalesce(t.publicised_on, app.today(t.campaign_id)))
        then (app.public_until(coalesce(t.publicised_on, app.today(t.campaign_id))) + 1)::text end$sql$
      else 'null::text' end,
    case p_form when 'awards' then 't.submission_id is not null' else 'false' end,
    case when is_work then 't.collection_id' else 'null::integer' end,
    -- of what a unit hands in at once, so many as it may still send
    case when is_work and p_action = 'submission' then $sql$
      select j.id, j.status, j.self, case when j.is_full then format('%s/%s', j.sent, j.most) else j.lacks end as lacks,
        case when j.is_full then 'full' else j.result end as result
      from (
        select a.*, c.max_per_unit as most, n.sent, a.result = 'done'
          and n.sent + row_number() over (partition by a.collection_id, a.unit_id, a.result order by array_position($1, a.id)) > c.max_per_unit as is_full
        from judged_alone a join public.collections c on c.id = a.collection_id
          left join lateral (select app.sent_of(a.collection_id, a.unit_id) as sent where c.max_per_unit is not null) n on true) j$sql$
      else 'select * from judged_alone' end)
  using p_ids, transition, person.role, p_reason, p_fields;
  perform set_config('enable_nestloop', 'on', true), set_config('app.action', '', true);
end $$;

-- What a field shows that is no column: derived figures, and values whose visibility depends on the row.
-- Called by the server as app.<form>_<field>(id); as the asker's own eyes unless it says otherwise.

create or replace function app.events_signed_count(p_id integer) returns integer
  language sql stable
as $$ select count(*)::integer from told.attendance a where a.event_id = p_id and a.deleted_at is null and a.status <> 'void'
      and a.unit_id = (select e.unit_id from told.events e where e.id = p_id)
      and a.campaign_id = (select e.campaign_id from told.events e where e.id = p_id) $$;

create or replace function app.submissions_votes(p_id integer) returns integer
  language sql stable
as $$ select v.votes from public.votes v where v.submission_id = p_id order by v.counted_on desc limit 1 $$;

create or replace function app.submissions_score(p_id integer) returns numeric
  language sql stable
as $$ select round(avg(s.total), 1) from public.scores s where s.submission_id = p_id $$;

-- The result of a work: the prizes decided for it, else its stage.
create or replace function app.submissions_result(p_id integer) returns text
  language sql stable
as $$
  select coalesce(
    (select string_agg(replace(a.category, '作品', ''), '、' order by a.category) from told.awards a
     where a.campaign_id = s.campaign_id and a.unit_id = s.unit_id and a.submission_id = s.id and a.deleted_at is null
       and a.decision = '同意' and a.status in ('approved', 'archived') and s.status in ('awarded', 'nominated')),
    case s.status when 'refused' then '不受理' when 'awarded' then '获奖' when 'nominated' then '获奖、推荐全国' when 'not_awarded' then '未获奖' end,
    case when s.status in ('shortlisted', 'under_review', 'proposed', 'publicised') then '入围' end)
  from told.submissions s where s.id = p_id
$$;

-- How many people came to events of the units one sees: distinct phones, else distinct names with their workplace.
-- Who may not read a phone may know how many there are.
create or replace function app.attendance_people(p_campaign integer) returns integer
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select count(distinct coalesce(a.phone, app.same_text(a.name) || ' ' || app.same_text(a.workplace)))::integer from public.attendance a
  where a.campaign_id = p_campaign and a.unit_id = any ((select app.my_units())::integer[]) and a.deleted_at is null
    and a.status in ('approved', 'archived')
$$;

-- The collection of the work that is put forward: whoever hosts it ranks the award.
create or replace function app.awards_collection_id(p_id integer) returns integer
  language sql stable
as $$ select s.collection_id from told.submissions s where s.id = (select a.submission_id from told.awards a where a.id = p_id) $$;

drop function if exists app.submissions_phone(integer), app.blind_name(text, text);

-- Whether every juror who sits for a work has scored it, and how many have: before that no mark is shown, from which one
-- could see whose it is; afterwards all are, in an order that does not say.
create or replace function app.scored(p_work integer) returns table (is_whole boolean, given integer)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 1
as $$
begin
  return query
    select count(*) = count(x.juror_id) and (count(*) > 0 or (app.myself()).role = 'province'), count(x.juror_id)::integer
    from public.submissions w join public.jury y on y.collection_id = w.collection_id
      left join public.scores x on x.submission_id = w.id and x.juror_id = y.juror_id
    where w.id = p_work and ((app.myself()).role = 'province' or w.collection_id = any (app.my_collections()));
end $$;

-- Whether a file belongs to a work of its own unit that the person sees as host or juror.
create or replace function app.shown_in_work(p_file integer, p_unit integer) returns boolean
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return exists (
    select from public.submissions s
    where s.files @> jsonb_build_array(jsonb_build_object('id', p_file)) and s.unit_id = p_unit and s.deleted_at is null
      and ((s.status not in ('draft', 'returned', 'void') and s.collection_id = any (app.my_collections()))
        or (s.status = 'under_review' and s.collection_id = any (app.my_juries()))));
end $$;

-- A file's name may hold the author's, and so may its ending: a juror reads 主件1.mp4.
create or replace function app.blind_name(label text, type text) returns text
  language sql immutable parallel safe
  return label || coalesce('.' || app.file_ending(type), '');

create or replace function app.submissions_files(p_id integer) returns jsonb
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', app.blinded((f ->> 'id')::integer), 'part', f ->> 'part',
      'name', app.blind_name(coalesce(f ->> 'part', '文件') || n, (select k.type from public.files k where k.id = (f ->> 'id')::integer and k.unit_id = s.unit_id)))) order by n)
    from public.submissions s, jsonb_array_elements(s.files) with ordinality as files (f, n)
    where s.id = app.blinded(p_id, true) and s.status = 'under_review' and s.deleted_at is null and s.collection_id = any (app.my_juries()));
end $$;

create or replace function app.file_name(p_id integer) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return (
    select case when (app.myself()).role = 'juror' then app.blind_name('文件', f.type) 
      when f.unit_id = any (app.phone_units()) or exists (
        select from public.submissions s where s.files @> jsonb_build_array(jsonb_build_object('id', f.id)) and s.unit_id = f.unit_id
          and s.collection_id = any (app.my_collections()) and app.is_shortlisted(s.status)) then f.name
      else app.without_phones(f.name) end
    from public.files f where f.id = p_id and (f.unit_id = any (app.my_units()) or app.shown_in_work(f.id, f.unit_id)));
end $$;

-- What is private of a change: for the province, and for a clerk those of the own unit.
create or replace function app.changes_secret(p_id bigint) returns json
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select c.secret from public.changes c
  where c.id = p_id and (app.myself()).role in ('province', 'clerk') and c.unit_id = any (app.my_units())
$$;

-- A phone registered by another unit in the same campaign: only that it is so, never where or whose.
create or replace function app.phones_elsewhere(p_campaign integer, p_unit integer, phones text[]) returns setof text
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select distinct p.phone from public.propagandists p
  where p.campaign_id = p_campaign and p.unit_id <> p_unit and p.phone = any (phones) and p.deleted_at is null
    and p_unit = any (app.my_own_units())
$$;
create index if not exists propagandists_phone on public.propagandists (campaign_id, phone);

-- Ranking, opinions and decisions leave what was put forward as it is; publicity is the province's once it is. Held against
-- whoever serves a request; functions of the owner's that put works forward decide for themselves.
create or replace function app.keep_nomination() returns trigger
  language plpgsql as $$
begin
  if current_user in ('haowangmin_province', 'haowangmin_cac', 'haowangmin_clerk') and old.status not in ('draft', 'returned') and (
    (new.category, new.target, new.submission_id, new.deeds, new.unit_opinion, new.remark, new.deleted_at)
      is distinct from (old.category, old.target, old.submission_id, old.deeds, old.unit_opinion, old.remark, old.deleted_at)
    or ((new.publicity_from, new.publicity_to) is distinct from (old.publicity_from, old.publicity_to) and (app.myself()).role <> 'province')) then
    raise insufficient_privilege;
  end if;
  return new;
end $$;
create or replace trigger keep_nomination before update on public.awards for each row execute function app.keep_nomination();

/* 同意 comes after five working days of publicity, a certificate's number after 同意, and each number is given once in a
   campaign. A work was public itself: its days are written into its award. HW422 carries the field and the sentence. */
create or replace function app.check_decision() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  work submissions;
  other text;
  called text := '“' || new.target || '”';
begin
  if new.decision = '同意' and (tg_op = 'INSERT'
    or (old.decision, old.publicity_from, old.publicity_to) is distinct from (new.decision, new.publicity_from, new.publicity_to)) then
    if old.decision is distinct from new.decision and new.submitted_by = app.me() then
      if app.others_may('{province}', null) then
        raise exception using errcode = 'HW422', column = 'decision', message = called || '是您自己提交的，请换一个账号的人来审定。';
      end if;
      new.self_reviewed := true;
    end if;
    if new.submission_id is not null then
      select * into work from public.submissions s where s.id = new.submission_id;
      if work.status not in ('publicised', 'awarded', 'nominated') then
        raise exception using errcode = 'HW422', column = 'decision', message = called || '还没有公示，公示满 5 个工作日才能审定“同意”。';
      end if;
      new.publicity_from := coalesce(new.publicity_from, work.publicised_on);
      new.publicity_to := coalesce(new.publicity_to, app.public_until(work.publicised_on));
    end if;
    if new.publicity_from is null or new.publicity_to is null or new.publicity_to < app.public_until(new.publicity_from) then
      raise exception using errcode = 'HW422', column = 'decision', message = called || '还没有公示，公示满 5 个工作日才能审定“同意”。';
    elsif app.today(new.campaign_id) <= new.publicity_to then
      raise exception using errcode = 'HW422', column = 'decision',
        message = format('%s公示到 %s 月 %s 日，结束后才能审定“同意”。', called, extract(month from new.publicity_to), extract(day from new.publicity_to));
    end if;
  end if;
  if new.certificate_number is not null and (tg_op = 'INSERT'
    or (old.decision, old.certificate_number) is distinct from (new.decision, new.certificate_number)) then
    if new.decision is distinct from '同意' then
      raise exception using errcode = 'HW422', column = 'certificate_number', message = called || '还没有审定“同意”，不能编证书号。';
    end if;
    select a.target into other from public.awards a where a.campaign_id = new.campaign_id and a.id <> new.id
      and app.same_text(a.certificate_number) = app.same_text(new.certificate_number) limit 1;
    if found then
      raise exception using errcode = 'HW422', column = 'certificate_number',
        message = format('证书编号“%s”已经给了“%s”。', new.certificate_number, other);
    end if;
  end if;
  return new;
end $$;
create or replace trigger check_decision before insert or update on public.awards for each row execute function app.check_decision();

/* Puts a work forward for a prize, or for another one as long as nothing was said to it: by whoever hosts its collection,
   or the province. The row is the work's unit's, which reads it. `result` is done, role (not yours to do), state (not yet
   so far), closed (deadline passed), unknown (no prize of its collection) or decided. No more of a prize than there are: HW422. */
create or replace function app.propose_prize(p_work integer, p_category text) returns table (award_id integer, result text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  person users := app.myself();
  work submissions;
  known awards;
  called text;
  is_prize boolean;
begin
  select * into work from public.submissions s where s.id = p_work and s.deleted_at is null for update;
  is_prize := p_category = any (app.names_of((select coalesce(c.prizes, app.standard_prizes()) from public.collections c where c.id = work.collection_id)));
  if not found or person.role not in ('clerk', 'province')
    or not (person.role = 'province' or work.collection_id = any (app.my_collections())) then
    return query select null::integer, 'role';
    return;
  elsif not (is_prize or p_category = '推荐全国') or p_category <> all (app.choices_in('awards', 'category', work.campaign_id)) then
    return query select null::integer, 'unknown';
    return;
  elsif work.status not in ('awarded', 'nominated') and not (is_prize and work.status in ('proposed', 'publicised')) then
    return query select null::integer, 'state';
    return;
  elsif work.campaign_id <> all (app.open_campaigns('awards')) then
    return query select null::integer, 'closed';
    return;
  end if;
  select * into known from public.awards a where a.submission_id = work.id and a.deleted_at is null and a.status <> 'void'
    and (a.category = '推荐全国') = (p_category = '推荐全国') for update;
  if known.category = p_category then
    return query select known.id, 'done';
    return;
  elsif known.id is not null and (known.status <> 'submitted' or known.decision is not null or known.cac_opinion is not null) then
    return query select known.id, 'decided';
    return;
  end if;
  -- two works of one title in one unit: then the author tells them apart
  called := case when exists (select from public.awards a where a.campaign_id = work.campaign_id and a.unit_id = work.unit_id
      and a.category = p_category and app.same_text(a.target) = app.same_text(work.title) and a.deleted_at is null)
    then left(work.title, 97 - length(work.author)) || '（' || work.author || '）' else work.title end;
  if known.id is not null then
    update public.awards a set category = p_category, target = called, version = a.version + 1 where a.id = known.id;
    return query select known.id, 'done';
  else
    return query insert into public.awards as a (campaign_id, unit_id, category, target, submission_id, status, submitted_at, submitted_by)
      values (work.campaign_id, work.unit_id, p_category, called, work.id, 'submitted', now(), app.me()) returning a.id, 'done';
  end if;
end $$;

-- Withdraws such a proposal as long as it is undecided. `result` is done, role or decided.
create or replace function app.withdraw_prize(p_award integer) returns text
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  person users := app.myself();
  award awards;
begin
  select * into award from public.awards a where a.id = p_award and a.submission_id is not null and a.deleted_at is null for update;
  if not found or person.role not in ('clerk', 'province') or not (person.role = 'province' or exists (
    select from public.submissions s where s.id = award.submission_id and s.collection_id = any (app.my_collections()))) then
    return 'role';
  elsif award.status <> 'submitted' or award.decision is not null or award.cac_opinion is not null then
    return 'decided';
  end if;
  update public.awards a set deleted_at = now(), version = a.version + 1 where a.id = p_award;
  return 'done';
end $$;

-- The next number of a paper in its annex and year; whoever asks meanwhile waits until this transaction has ended.
create or replace function app.next_filing(p_campaign integer, p_form text) returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if app.me() is null then raise insufficient_privilege; end if;
  perform pg_advisory_xact_lock(hashtext('app.next_filing'), hashtext(p_campaign || ' ' || p_form));
  return (select count(*) + 1 from public.filings f where f.campaign_id = p_campaign and f.form = p_form);
end $$;

-- What anybody who holds the paper may know of it, by the number printed on it. A later one of the same rows is named.
-- An unsalted fingerprint of before would give a lone phone away: enough of it is shown to be compared with the paper.
drop function if exists app.filing_facts(text);
create function app.filing_facts(p_number text)
  returns table (id integer, number text, form text, year integer, title text, unit text, covers text, collection text, filed_at timestamptz, rows integer,
    data_sha256 text, later text, address text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select f.id, f.number, f.form, c.year, f.snapshot ->> 'title', app.without_phones(u.name), coalesce(app.without_phones(v.name), case when f.collection_id is null then '全部单位' end), app.without_phones(k.title), f.created_at, f.rows,
    case when f.salt is null then left(f.data_sha256, 4) || '…' else f.data_sha256 end, (select n.number from public.filings n where n.campaign_id = f.campaign_id and n.form = f.form and n.unit_id = f.unit_id
      and n.covers_unit_id is not distinct from f.covers_unit_id and n.collection_id is not distinct from f.collection_id and n.id > f.id
      order by n.id desc limit 1), f.address
  from public.filings f join public.campaigns c on c.id = f.campaign_id join public.units u on u.id = f.unit_id
    left join public.units v on v.id = f.covers_unit_id left join public.collections k on k.id = f.collection_id
  where f.number = p_number
$$;

-- What was read off a paper of before; nobody changes what is known.
create or replace function app.note_address(p_id integer, p_address text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  update public.filings f set address = p_address
  where f.id = p_id and f.address is null and ((app.myself()).role = 'province'
    or f.unit_id = any (app.my_own_units()) or f.covers_unit_id = any (app.my_own_units()))
$$;
