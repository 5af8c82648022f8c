-- Row-level security, forced on every table. One shape: the scope as an array computed once a statement. Policies of the
-- role `eyes`, through whose views some roles read, say all of the scope and are never restrictive: the owner is a member.
-- Fail closed: no person, no array, no rows. Roles: haowangmin_province, _cac, _clerk, _juror, and _gate for sessions.

/* What holds of every table: nothing is open that no policy opens, and whatever belongs to a campaign is there for those to
   whom the campaign is there, on top of everything below. */
create or replace function app.lay_rows(relation regclass) returns void
  language plpgsql as $$
declare
  key name;
  is_bound boolean;
begin
  execute format('alter table %s enable row level security', relation);
  execute format('alter table %s force row level security', relation);
  -- The owner migrates, and its SECURITY DEFINER functions decide for themselves; it never serves a request.
  execute format('create policy owner on %s to current_user using (true) with check (true)', relation);
  select a.attname, a.attnotnull into key, is_bound from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.oid = relation and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and a.attname = case c.relname when 'campaigns' then 'id' else 'campaign_id' end;
  if not found then return; end if;
  -- `is true` makes it a filter and no index condition: statements name their campaign anyway, and with a second array over
  -- the index a lookup by key looked so dear that an import read the whole register for every batch
  execute format('create policy campaign on %1$s as restrictive to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror
    using ((%2$I = any ((select app.my_campaigns())::integer[])) is true %3$s)', relation, key,
    case when key = 'id' then 'or (select (app.myself()).role) = ''province''' -- one that is just being made is in no array yet
      when is_bound then '' else format('or %I is null', key) end);
end $$;

/* What units fill: open are the own unit's annexes only; as arrays they are asked for once a statement, as pairs they
   were looked up for every row. The campaign's own data: everybody with a role reads, the province edits. */
create or replace function app.lay_policies(form text) returns void
  language plpgsql as $make$
begin
  if app.is_register(form) then
    execute format($sql$
      create policy read on public.%1$I for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
        using (unit_id = any ((select app.my_units())::integer[]));
      create policy told on public.%1$I for select to haowangmin_eyes
        using (unit_id = any ((select app.my_units())::integer[]) and campaign_id = any ((select app.my_campaigns())::integer[]));
      create policy add on public.%1$I for insert to haowangmin_province, haowangmin_clerk
        with check (status = 'draft' and unit_id = any ((select app.my_own_units())::integer[])
          and campaign_id = any ((select array_agg(o.campaign_id) from app.open_units(%1$L) o)::integer[]));
      create policy edit on public.%1$I for update to haowangmin_province, haowangmin_clerk
        using (status in ('draft', 'returned') and unit_id = any ((select app.my_own_units())::integer[])
          and campaign_id = any ((select array_agg(o.campaign_id) from app.open_units(%1$L) o)::integer[]))
        with check (status in ('draft', 'returned')); -- campaign and unit are in no grant for update
    $sql$, form);
  else
    execute format($sql$
      create policy read on public.%1$I for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
        using ((select (app.myself()).id) is not null);
      create policy told on public.%1$I for select to haowangmin_eyes using ((select (app.myself()).id) is not null and %2$s);
      create policy add on public.%1$I for insert to haowangmin_province with check ((select (app.myself()).role) = 'province');
      create policy edit on public.%1$I for update to haowangmin_province using ((select (app.myself()).role) = 'province');
    $sql$, form, case when form = 'campaigns' then 'id = any ((select app.my_campaigns())::integer[])' when app.scope(form) = 'global' then 'true'
      else 'campaign_id = any ((select app.my_campaigns())::integer[])' end);
  end if;
end $make$;

do $$
declare
  old record;
begin
  for old in select schemaname, tablename, policyname from pg_policies where schemaname in ('public', 'app') loop
    execute format('drop policy %I on %I.%I', old.policyname, old.schemaname, old.tablename);
  end loop;
end $$;

select app.lay_rows(c.oid) from pg_class c
  where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and c.relkind in ('r', 'p');
select app.lay_policies(name) from app.forms;

create policy archived on public.campaigns as restrictive for update to haowangmin_province using (state <> 'archived');

-- Works: a host sees all cities' in its own collections, the phones in them (and so the table itself) once they are
-- shortlisted; a juror those under review in the collections assigned.
create policy told_hosts on public.submissions for select to haowangmin_eyes
  using (campaign_id = any ((select app.my_campaigns())::integer[])
    and status not in ('draft', 'returned', 'void') and collection_id = any ((select app.my_collections())::integer[]));
create policy host on public.submissions for select to haowangmin_clerk
  using (app.is_shortlisted(status) and collection_id = any ((select app.my_collections())::integer[]));
create policy told_jurors on public.submissions for select to haowangmin_eyes
  using (campaign_id = any ((select app.my_campaigns())::integer[])
    and status = 'under_review' and deleted_at is null and collection_id = any ((select app.my_juries())::integer[]));

-- Awards: a host sees those of works in its own collections once they are put forward, and ranks them while its own
-- unit may write; the internet office gives its opinion, the province decides.
create policy host on public.awards for select to haowangmin_clerk
  using (status not in ('draft', 'returned', 'void') and submission_id in (
    select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[])));
create policy told_hosts on public.awards for select to haowangmin_eyes
  using (campaign_id = any ((select app.my_campaigns())::integer[])
    and status not in ('draft', 'returned', 'void') and submission_id in (
    select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[])));
create policy ranking on public.awards for update to haowangmin_clerk
  using (status = 'submitted' and submission_id in (
      select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[]))
    and campaign_id = any ((select array_agg(o.campaign_id) from app.open_units('awards') o)::integer[]));
create policy opinion on public.awards for update to haowangmin_cac
  using (status = 'submitted' and unit_id = any ((select app.my_units())::integer[]));
create policy decision on public.awards for update to haowangmin_province
  using (status in ('submitted', 'approved') and unit_id = any ((select app.my_units())::integer[]));

-- Definitions: what is published, or was, is everybody's; drafts are the province's.
create policy read on public.form_designs for select to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror
  using (state <> 'draft' or (select (app.myself()).role) = 'province');
create policy add on public.form_designs for insert to haowangmin_province
  with check (state = 'draft' and (select (app.myself()).role) = 'province');
create policy edit on public.form_designs for update to haowangmin_province
  using (state = 'draft' and (select (app.myself()).role) = 'province') with check (state = 'draft');

-- Print templates: read by everybody to whom the campaign is there, kept by the province.
create policy read on public.print_templates for select to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror
  using (deleted_at is null or (select (app.myself()).role) = 'province');
create policy add on public.print_templates for insert to haowangmin_province with check ((select (app.myself()).role) = 'province');
create policy edit on public.print_templates for update to haowangmin_province using ((select (app.myself()).role) = 'province');

-- What is offered again of an earlier campaign: the province says which registers, a unit what of its own it turns down.
create policy read on public.carries for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using ((select (app.myself()).id) is not null);
create policy edit on public.carries for all to haowangmin_province
  using ((select (app.myself()).role) = 'province') with check ((select (app.myself()).role) = 'province');
create policy own on public.carry_refusals for all to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_own_units())::integer[])) with check (unit_id = any ((select app.my_own_units())::integer[]));

create policy read on public.users for select to haowangmin_province using ((select (app.myself()).role) = 'province');
create policy add on public.users for insert to haowangmin_province with check ((select (app.myself()).role) = 'province');
create policy edit on public.users for update to haowangmin_province using ((select (app.myself()).role) = 'province');

-- Juries, scores and votes follow the collection.
create policy read on public.jury for select to haowangmin_province, haowangmin_clerk
  using (collection_id = any ((select app.my_collections())::integer[]) or (select (app.myself()).role) = 'province');
create policy edit on public.jury for all to haowangmin_province, haowangmin_clerk
  using (collection_id = any ((select app.my_collections())::integer[]) or (select (app.myself()).role) = 'province')
  with check (collection_id = any ((select app.my_collections())::integer[]) or (select (app.myself()).role) = 'province');
create policy read on public.scores for select to haowangmin_province, haowangmin_clerk
  using ((submission_id in (select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[]))
    or (select (app.myself()).role) = 'province') and (select s.is_whole from app.scored(submission_id) s));
create policy own on public.scores for all to haowangmin_juror
  using (juror_id = (select app.me()) and submission_id in (select s.id from told.submissions s))
  with check (juror_id = (select app.me()) and submission_id in (select s.id from told.submissions s));
create policy read on public.votes for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (submission_id in (select s.id from told.submissions s));
create policy edit on public.votes for all to haowangmin_province, haowangmin_clerk
  using (submission_id in (select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[]))
    or (select (app.myself()).role) = 'province')
  with check (submission_id in (select s.id from told.submissions s where s.collection_id = any ((select app.my_collections())::integer[]))
    or (select (app.myself()).role) = 'province');

-- Files: the unit's own, and those of that unit's works one may see.
create policy read on public.files for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (unit_id = any ((select app.my_units())::integer[]));
create policy work on public.files for select to haowangmin_clerk, haowangmin_juror
  using (app.shown_in_work(id, unit_id));
create policy add on public.files for insert to haowangmin_province, haowangmin_clerk
  with check (unit_id = any ((select app.my_own_units())::integer[]));

create policy read on public.comments for select to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_units())::integer[]));
create policy told on public.comments for select to haowangmin_eyes
  using (unit_id = any ((select app.my_units())::integer[]) and campaign_id = any ((select app.my_campaigns())::integer[]));
create policy add on public.comments for insert to haowangmin_province, haowangmin_cac, haowangmin_clerk
  with check (unit_id = any ((select app.my_units())::integer[]));

-- Imports: those of the caller's unit; of the campaign's own data the province's.
create policy read on public.imports for select to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_own_units())::integer[]) or (select (app.myself()).role) = 'province');
create policy add on public.imports for insert to haowangmin_province, haowangmin_clerk
  with check (unit_id = any ((select app.my_own_units())::integer[]) or (unit_id is null and (select (app.myself()).role) = 'province'));
create policy edit on public.imports for update to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_own_units())::integer[]) or (unit_id is null and (select (app.myself()).role) = 'province'));

-- What an import was checked to is read by whoever may read the import, and written by whoever may apply it.
create policy read on public.import_rows for select to haowangmin_province, haowangmin_clerk
  using (exists (select from public.imports i where i.id = import_id));
create policy own on public.import_rows for all to haowangmin_province, haowangmin_clerk
  using (exists (select from public.imports i where i.id = import_id and (i.unit_id is null or i.unit_id = any ((select app.my_own_units())::integer[]))))
  with check (exists (select from public.imports i where i.id = import_id and (i.unit_id is null or i.unit_id = any ((select app.my_own_units())::integer[]))));
create policy own on public.import_layouts for all to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_own_units())::integer[]) or (unit_id is null and (select (app.myself()).role) = 'province'))
  with check (unit_id = any ((select app.my_own_units())::integer[]) or (unit_id is null and (select (app.myself()).role) = 'province'));

-- Papers handed in: the unit that did, the unit whose rows they hold, the province. Nobody changes one.
create policy read on public.filings for select to haowangmin_province, haowangmin_clerk
  using (unit_id = any ((select app.my_own_units())::integer[]) or covers_unit_id = any ((select app.my_own_units())::integer[])
    or (select (app.myself()).role) = 'province');
create policy add on public.filings for insert to haowangmin_province, haowangmin_clerk
  with check (unit_id = any ((select app.my_own_units())::integer[]) and ((select (app.myself()).role) = 'province'
    or covers_unit_id = unit_id or collection_id = any ((select app.my_collections())::integer[])));

-- New rows remembered by what their sender calls them: each person's own.
create policy own on public.creations for all to haowangmin_province, haowangmin_clerk
  using (actor_id = (select app.me())) with check (actor_id = (select app.me()));

-- Operations: the caller's own, as long as the caller is in the unit they were begun in.
create policy own on public.operations for all to haowangmin_province, haowangmin_clerk
  using (created_by = (select app.me()) and unit_id = any ((select app.my_own_units())::integer[]))
  with check (created_by = (select app.me()) and unit_id = any ((select app.my_own_units())::integer[]));

-- History: of what one may see. Users, and what has no unit (campaign data, marks), are the province's; what was done with
-- files, imports and operations is the own unit's; who is on a jury is also the host's.
create policy read on public.changes for select to haowangmin_province
  using (unit_id = any ((select app.my_units())::integer[]) and case (select (app.myself()).role)
    when 'province' then true when 'cac' then form <> all ('{users,files,filings,views,operations,imports,exports}') else form <> 'users' end);
create policy told on public.changes for select to haowangmin_eyes
  using ((campaign_id is null or campaign_id = any ((select app.my_campaigns())::integer[]))
  and unit_id = any ((select app.my_units())::integer[]) and case (select (app.myself()).role)
    when 'province' then true when 'cac' then form <> all ('{users,files,filings,views,operations,imports,exports}') else form <> 'users' end);
create policy told_jury on public.changes for select to haowangmin_eyes
  using ((campaign_id is null or campaign_id = any ((select app.my_campaigns())::integer[]))
  and form = 'jury' and collection_id = any ((select app.my_collections())::integer[]));
create policy province on public.changes for select to haowangmin_province using (unit_id is null and (select (app.myself()).role) = 'province');
create policy told_hosts on public.changes for select to haowangmin_eyes
  using ((campaign_id is null or campaign_id = any ((select app.my_campaigns())::integer[]))
    and form = 'submissions' and collection_id = any ((select app.my_collections())::integer[])
    and exists (select from public.submissions s where s.id = changes.row_id));
create policy told_ranking on public.changes for select to haowangmin_eyes
  using ((campaign_id is null or campaign_id = any ((select app.my_campaigns())::integer[]))
    and form = 'awards' and cardinality((select app.my_collections())::integer[]) > 0 and exists (select from public.awards a where a.id = changes.row_id));

create policy read on public.tally for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (unit_id = any ((select app.my_units())::integer[]));
create policy read on app.transitions for select to haowangmin_province, haowangmin_cac, haowangmin_clerk, haowangmin_juror using (true);

-- Views: the caller's own, and those the province shares with everybody who has a grid. Any account of the province keeps the shared ones.
create policy read on public.views for select to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (owner_id = (select app.me()) or shared);
create policy own on public.views for all to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (owner_id = (select app.me())) with check (owner_id = (select app.me()) and not shared);
create policy shared on public.views for all to haowangmin_province
  using (shared and (select (app.myself()).role) = 'province') with check (shared and (select (app.myself()).role) = 'province');
create policy own on public.view_defaults for all to haowangmin_province, haowangmin_cac, haowangmin_clerk
  using (user_id = (select app.me())) with check (user_id = (select app.me()) and view_id in (select v.id from public.views v));

-- What is shared is read by everybody who has a grid: no phone stays in it, and no filter by what is private.
create or replace function app.share_no_phones() returns trigger
  language plpgsql as $$
begin
  new.name := app.without_phones(new.name);
  new.layout := app.without_phones(new.layout);
  if jsonb_typeof(new.layout -> 'filter') = 'object' then
    new.layout := jsonb_set(new.layout, '{filter}', (new.layout -> 'filter') - app.private_columns(new.form));
  end if;
  return new;
end $$;
create or replace trigger share_no_phones before insert or update on public.views for each row when (new.shared) execute function app.share_no_phones();
