-- A stage locks forms and a reopening opens one, by the form's name: annexes are numbered by each campaign's definition, and
-- a form need not have a number at all.

-- laid anew by db/security, under what they take now
drop function if exists app.open_units(text) cascade;
drop function if exists app.annex(text);

alter table reopenings drop constraint reopenings_annex_fkey;
alter table reopenings rename annex to form;
alter index reopenings_annex_idx rename to reopenings_form_idx;
alter index reopenings_campaign_id_unit_id_annex_idx rename to reopenings_campaign_id_unit_id_form_idx;

alter table reopenings disable trigger user; -- nobody did this: no version, no history
alter table stages disable trigger user;
update reopenings r set form = f.name from app.forms f where f.annex_name = r.form;
update stages s set locks = array(
    select coalesce(f.name, l.name) from unnest(s.locks) with ordinality l (name, n) left join app.forms f on f.annex_name = l.name order by l.n)
  where s.locks is not null;
alter table reopenings enable trigger user;
alter table stages enable trigger user;

-- What the history says of them is taken back under the new names too.
update changes c set
    before = (select json_object_agg(case e.key when 'annex' then 'form' else e.key end, coalesce(to_json(f.name), e.value)) from json_each(c.before) e
      left join app.forms f on e.key = 'annex' and f.annex_name = e.value #>> '{}'),
    after = (select json_object_agg(case e.key when 'annex' then 'form' else e.key end, coalesce(to_json(f.name), e.value)) from json_each(c.after) e
      left join app.forms f on e.key = 'annex' and f.annex_name = e.value #>> '{}')
  where c.form = 'reopenings' and (c.before is not null or c.after is not null);
update changes c set columns = array_replace(c.columns, 'annex', 'form'), rows = array(
    select coalesce((select regexp_replace(w.line, '^\((\d+),' || f.annex_name || ',', '(\1,' || f.name || ',')
      from app.forms f where w.line ~ ('^\(\d+,' || f.annex_name || ',')), w.line)
    from unnest(c.rows) with ordinality w (line, n) order by w.n)
  where c.form = 'reopenings' and c.rows is not null;
create function pg_temp.locking(told json) returns json language sql as $$
  select json_object_agg(e.key, case when e.key = 'locks' and json_typeof(e.value) = 'array' then (
    select json_agg(coalesce(f.name, l.name) order by l.n) from json_array_elements_text(e.value) with ordinality l (name, n)
      left join app.forms f on f.annex_name = l.name) else e.value end)
  from json_each(told) e
$$;
update changes c set before = pg_temp.locking(c.before), after = pg_temp.locking(c.after)
  where c.form = 'stages' and (c.before ->> 'locks' is not null or c.after ->> 'locks' is not null);
drop function pg_temp.locking(json);

-- Views and headings that are remembered name the column.
update views set layout = replace(layout::text, '"annex"', '"form"')::jsonb where form = 'reopenings';
update import_layouts set columns = replace(columns::text, '"annex"', '"form"')::jsonb where form = 'reopenings';

alter table app.forms drop annex_name, drop constraint forms_annex_key;
alter table reopenings add foreign key (form) references app.forms (name);
