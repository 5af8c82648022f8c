-- Undo: which rows an operation wrote, who wrote them since, and the one function that undoes state changes, whether
-- an operation or a single request made them.

-- Whether a line of a row's history says that the row itself was written; what was said of it, or counted, stands there too.
create or replace function app.is_write(action text) returns boolean
  language sql immutable parallel safe return action not in ('comment', 'vote');

-- Rows that an operation of the caller has written, in their order; none for anybody else's.
create or replace function app.operation_rows(p_operation integer) returns table (row_id integer)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 10000
as $$
declare
  person users := app.myself();
begin
  return query
    select distinct c.row_id
    from public.operations o
    join public.changes c on c.request_id = 'operation-' || p_operation and c.form = o.form and c.actor_id = o.created_by
    where o.id = p_operation and o.created_by = person.id and o.unit_id = person.unit_id
    order by c.row_id;
end $$;

/* What an operation of one's own did last to each of these rows, what stood there before, and whether somebody has written
   the row since. What an undone operation or import wrote does not count, so that steps can be taken back one after the
   other, the last one first. What is private is told to whoever wrote it, in that unit. */
create or replace function app.judge_operation(p_operation integer, p_ids integer[])
  returns table (row_id integer, action text, before json, secret json, is_touched boolean)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set enable_nestloop = on rows 1000
as $$
declare
  person users := app.myself();
  o operations;
begin
  select * into o from public.operations p where p.id = p_operation and p.created_by = person.id and p.unit_id = person.unit_id;
  return query
    select x.id, w.action, w.before, w.secret, exists (
      select from public.changes l
      where l.form = o.form and l.row_id = x.id and l.id > w.id and l.action <> 'undo' and app.is_write(l.action) and not exists (
        select from public.changes u
        where u.form = o.form and u.row_id = x.id and u.id > l.id and u.action = 'undo'
          and (u.request_id = l.request_id or u.import_id = l.import_id)))
    from unnest(p_ids) x (id)
    cross join lateral (
      select c.id, c.action, c.before, c.secret from public.changes c
      where c.form = o.form and c.row_id = x.id and c.request_id = 'operation-' || p_operation and c.actor_id = o.created_by
      order by c.id desc limit 1) w;
end $$;

-- Who began the last thing that was done to a row and still holds, as a request; null where that was not the person asking.
create or replace function app.my_last_request(p_form text, p_id integer) returns text
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  last changes;
begin
  select * into last from public.changes c
  where c.form = p_form and c.row_id = p_id and c.action <> 'undo' and app.is_write(c.action) and not exists (
    select from public.changes u where u.form = c.form and u.row_id = c.row_id and u.id > c.id and u.action = 'undo'
      and (u.request_id = c.request_id or u.import_id = c.import_id))
  order by c.id desc limit 1;
  return case when last.actor_id = (app.myself()).id then last.request_id end;
end $$;

/* Whether the state changes that a request of one's own made to these rows can be taken back: as long as nobody has acted
   on them. `result` is done, undone (before already), touched (written since), commented, scored, filed (in a paper handed
   in), awarded (its award was put forward since, or decided), closed (deadline passed), archived (the campaign is) or role. */
drop function if exists app.undo_moves(integer, integer[]);
create or replace function app.judge_moves(p_form text, p_ids integer[], p_request text)
  returns table (id integer, action text, before jsonb, result text)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set enable_nestloop = off
as $$
declare
  person users := app.myself();
  is_work boolean := app.flow(p_form) = 'work';
begin
  if person.id is null or person.role not in ('clerk', 'province') or not app.is_register(p_form) then
    raise insufficient_privilege;
  end if;
  return query execute format($sql$
    with done as materialized (
      select distinct on (c.row_id) c.id, c.row_id, c.at, c.action, c.before::jsonb as before from public.changes c
      where c.form = $1 and c.row_id = any ($2) and c.request_id = $3 and c.actor_id = $4
      order by c.row_id, c.id desc),
    later as materialized (
      select c.id, c.row_id, c.action, c.request_id, c.import_id from public.changes c
      join done d on c.form = $1 and c.row_id = d.row_id and c.id > d.id
      where c.row_id = any ($2)),
    touched as (
      select distinct l.row_id from later l where l.action <> 'undo' and app.is_write(l.action) and not exists (
        select from later u where u.row_id = l.row_id and u.id > l.id and u.action = 'undo'
          and (u.request_id = l.request_id or u.import_id = l.import_id)))
    select t.id, m.action, d.before, case
      when d.action = 'undo' then 'undone'
      when m.action is null then 'touched'
      when not (('unit' = any (m.by) and t.unit_id = any ((select app.my_own_units())::integer[]))
        or ('host' = any (m.by) and %2$s) or ('province' = any (m.by) and $5 = 'province')) then 'role'
      when exists (select from public.campaigns c where c.id = t.campaign_id and c.state = 'archived') then 'archived'
      when d.row_id in (select row_id from touched) or t.deleted_at is not null
        or t.status <> m.to_status or (d.before ->> 'status') <> all (m.from_status) then 'touched'
      when exists (select from public.comments k where k.form = $1 and k.row_id = t.id and k.created_at > d.at) then 'commented'
      when exists (select from public.filings f where f.form = $1 and f.campaign_id = t.campaign_id and f.created_at > d.at
        and (f.covers_unit_id = t.unit_id or f.covers_unit_id is null and (f.collection_id is null or f.collection_id = %3$s))
        and t.status not in ('draft', 'returned', 'refused', 'void')) then 'filed'
      %4$s
      when m.by = '{unit}' and not exists (
        select from app.open_units($1) o where o.campaign_id = t.campaign_id and o.unit_id = t.unit_id) then 'closed'
      when m.action = 'shortlisting' and t.campaign_id <> all ((select app.open_campaigns($1))::integer[]) then 'closed'
      else 'done' end
    from done d
    join public.%1$I t on t.id = d.row_id
    left join app.transitions m on m.flow = app.flow($1) and m.action = d.action
    where t.id = any ($2)
  $sql$, p_form,
    case when is_work then 't.collection_id = any (app.my_collections())' else 'false' end,
    case when is_work then 't.collection_id' else 'null' end,
    case when is_work then $sql$when exists (select from public.scores s where s.submission_id = t.id
        and (s.scored_at > d.at or m.action = 'review')) then 'scored'
      when exists (select from public.awards a where a.submission_id = t.id and a.deleted_at is null and a.status <> 'void'
        and (a.created_at > d.at or a.decision is not null)) then 'awarded'$sql$ else '' end)
  using p_form, p_ids, p_request, person.id, person.role;
end $$;

-- Undoes them, row by row, where nobody has acted on them; answers as app.judge_moves does.
create or replace function app.undo_moves(p_form text, p_ids integer[], p_request text) returns table (id integer, result text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set enable_nestloop = off
as $$
begin
  if not app.is_register(p_form) or p_request is null then raise insufficient_privilege; end if;
  -- locked before they are judged: who writes one of them now waits, and who wrote before is seen
  execute format('select from public.%I t where t.id = any ($1) order by t.id for update', p_form) using p_ids;
  perform set_config('app.action', 'undo', true), set_config('app.request_id', p_request, true);
  return query execute format($sql$
    with judged as materialized (select j.id, j.before as old, j.result from app.judge_moves($1, $2, $3) j),
    changed as (
      update public.%1$I t set
        status = j.old ->> 'status',
        version = t.version + 1,
        returned_reason = case when j.old ? 'returned_reason' then j.old ->> 'returned_reason' else t.returned_reason end,
        returned_fields = case
          when not j.old ? 'returned_fields' then t.returned_fields
          when jsonb_typeof(j.old -> 'returned_fields') = 'array' then array(select jsonb_array_elements_text(j.old -> 'returned_fields')) end,
        submitted_at = case when j.old ? 'submitted_at' then (j.old ->> 'submitted_at')::timestamptz else t.submitted_at end,
        submitted_by = case when j.old ? 'submitted_by' then (j.old ->> 'submitted_by')::integer else t.submitted_by end,
        reviewed_at = case when j.old ? 'reviewed_at' then (j.old ->> 'reviewed_at')::timestamptz else t.reviewed_at end,
        reviewed_by = case when j.old ? 'reviewed_by' then (j.old ->> 'reviewed_by')::integer else t.reviewed_by end,
        self_reviewed = case when j.old ? 'self_reviewed' then (j.old ->> 'self_reviewed')::boolean else t.self_reviewed end
        %2$s
      from judged j where j.id = t.id and t.id = any ($2) and j.result = 'done')
    select j.id, j.result from judged j
  $sql$, p_form,
    case when app.flow(p_form) = 'work' then $sql$,
        blind_number = case when j.old ? 'blind_number' then (j.old ->> 'blind_number')::integer else t.blind_number end,
        publicised_on = case when j.old ? 'publicised_on' then (j.old ->> 'publicised_on')::date else t.publicised_on end$sql$ else '' end)
  using p_form, p_ids, p_request;
  perform set_config('app.action', '', true);
end $$;
