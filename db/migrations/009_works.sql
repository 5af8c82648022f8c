-- Files of a work lie in slots that its collection names; certificates are numbered once; who reviewed what was their own.

-- In which slots a work's files are uploaded (null: in none), and which of them may not be empty when it is handed in.
alter table collections add slots text[], add needed_slots text[];
alter table collections disable trigger user; -- nobody did this: no version, no history
update collections set
  slots = case when needs_pair then '{旧照,新照,文稿}'::text[] else '{主件,封面,文稿}' end,
  needed_slots = case when needs_pair then '{旧照,新照}'::text[] end;
-- what was uploaded elsewhere, when there was one list for all, keeps its place
update collections c set slots = c.slots || array(
  select distinct f ->> 'part' from submissions s, jsonb_path_query(s.files, '$[*]') f
  where s.collection_id = c.id and f ->> 'part' <> all (c.slots));
alter table collections enable trigger user;
alter table collections drop column needs_pair;
delete from import_layouts where form = 'collections'; -- may remember that column

-- Approved or accepted by whoever had submitted it, because nobody else could.
do $$
declare
  each text;
begin
  foreach each in array array['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards'] loop
    execute format('alter table public.%I add self_reviewed boolean not null default false', each);
  end loop;
end $$;

-- A certificate's number is given once in a campaign, also where the award was annulled or removed afterwards. Of numbers
-- that were given twice before this held, the first keeps it and the others say so, until the province gives them theirs.
alter table awards disable trigger user;
update awards a set certificate_number = a.certificate_number || '（重号，原行 ' || a.id || '）'
where exists (select from awards b where b.campaign_id = a.campaign_id and b.id < a.id
  and app.same_text(b.certificate_number) = app.same_text(a.certificate_number));
alter table awards enable trigger user;
create unique index awards_certificate on awards (campaign_id, app.same_text(certificate_number)) where certificate_number is not null;
