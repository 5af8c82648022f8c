-- Taking an operation back: which rows it wrote, who wrote them since, and the one function that undoes a state change.

-- Rows an operation of one's own has written, in their order; none for anybody else's.
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
   other, the last one first. Phones are told to whoever wrote them, in that unit. */
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
      where l.form = o.form and l.row_id = x.id and l.id > w.id and l.action <> 'undo' and not exists (
        select from public.changes u
        where u.form = o.form and u.row_id = x.id and u.id > l.id and u.action = 'undo'
          and (u.request_id = l.request_id or u.import_id = l.import_id)))
    from unnest(p_ids) x (id)
    cross join lateral (
      select c.id, c.action, c.before, c.secret from public.changes c
      where c.form = o.form and c.row_id = x.id and c.request_id = 'operation-' || p_operation and c.actor_id = o.created_by
      order by c.id desc limit 1) w;
end $$;

/* Takes a state change back, row by row: only the person who made it, within a day, while nobody has written the row
   since. A unit takes its submission back as long as it could withdraw it; works stay under review once they have
   scores. `result` is done, undone (before already), touched, closed, scored or role. */
create or replace function app.undo_moves(p_operation integer, p_ids integer[]) returns table (id integer, result text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set enable_nestloop = off
as $$
declare
  person users := app.myself();
  o operations;
  transition app.transitions;
begin
  select * into o from public.operations p
  where p.id = p_operation and p.created_by = person.id and p.unit_id = person.unit_id and p.kind = 'move'
    and p.created_at > now() - interval '1 day';
  if not found or person.role not in ('clerk', 'province')
    or o.form not in ('organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards') then
    raise insufficient_privilege;
  end if;
  select * into transition from app.transitions t where t.flow = app.flow(o.form) and t.action = o.action;
  if not found then raise insufficient_privilege; end if;
  -- locked before they are judged: who writes one of them now waits, and who wrote before is seen
  execute format('select from public.%I t where t.id = any ($1) order by t.id for update', o.form) using p_ids;
  perform set_config('app.action', 'undo', true), set_config('app.request_id', 'operation-' || p_operation, true);
  return query execute format($sql$
    with judged as materialized (
      select t.id, j.before::jsonb as old, case
        when not (('unit' = any ($3.by) and t.unit_id = any ((select app.my_own_units())::integer[]))
          or ('host' = any ($3.by) and %2$s) or ('province' = any ($3.by) and $4 = 'province')) then 'role'
        when j.action = 'undo' then 'undone'
        when j.is_touched or t.deleted_at is not null or j.action <> $3.action
          or t.status <> $3.to_status or (j.before ->> 'status') <> all ($3.from_status) then 'touched'
        when $3.by = '{unit}' and not exists (
          select from app.open_units(app.annex(%3$L)) u where u.campaign_id = t.campaign_id and u.unit_id = t.unit_id) then 'closed'
        %4$s
        else 'done' end as result
      from app.judge_operation($1, $2) j
      join public.%1$I t on t.id = j.row_id
      where t.id = any ($2)),
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
        reviewed_by = case when j.old ? 'reviewed_by' then (j.old ->> 'reviewed_by')::integer else t.reviewed_by end
        %5$s
      from judged j where j.id = t.id and t.id = any ($2) and j.result = 'done')
    select j.id, j.result from judged j
  $sql$, o.form,
    case o.form when 'submissions' then 't.collection_id = any (app.my_collections())' else 'false' end,
    o.form,
    case o.form when 'submissions' then $sql$when $3.action = 'review' and exists (
      select from public.scores s where s.submission_id = t.id) then 'scored'$sql$ else '' end,
    case o.form when 'submissions' then $sql$,
        blind_number = case when j.old ? 'blind_number' then (j.old ->> 'blind_number')::integer else t.blind_number end,
        publicised_on = case when j.old ? 'publicised_on' then (j.old ->> 'publicised_on')::date else t.publicised_on end$sql$ else '' end)
  using p_operation, p_ids, transition, person.role;
  perform set_config('app.action', '', true);
end $$;
