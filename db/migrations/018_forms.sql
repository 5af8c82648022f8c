-- The register of forms: what the database has to know of a form to protect it. Policies, grants, triggers, history, counts
-- and the views with masks are laid by looping over it (db/security), so a new form is a table and a row here. The
-- definition itself stands in server/forms; a test holds the two together.

create table app.forms (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{1,40}$'),
  -- unit: rows of a reporting unit in a campaign; campaign: the campaign's own data; global: neither
  scope text not null check (scope in ('unit', 'campaign', 'global')),
  -- by which of app.transitions its rows move
  flow text check (flow in ('register', 'work', 'campaign')),
  annex integer unique check (annex > 0),
  -- what stages and reopenings call a form that units fill
  annex_name text unique generated always as (case when scope = 'unit' then '附件' || annex::text end) stored,
  -- columns of which those who may not read phones see the twin <column>_masked only
  private text[] not null default '{}',
  check (scope <> 'unit' or flow is not null)
);

insert into app.forms (name, scope, flow, annex, private) values
  ('quotas', 'campaign', null, 1, '{}'),
  ('collections', 'campaign', null, 2, '{}'),
  ('organizations', 'unit', 'register', 3, '{phone}'),
  ('propagandists', 'unit', 'register', 4, '{phone}'),
  ('events', 'unit', 'register', 5, '{}'),
  ('attendance', 'unit', 'register', 6, '{phone}'),
  ('reach', 'unit', 'register', 7, '{}'),
  ('submissions', 'unit', 'work', 8, '{phone}'),
  ('awards', 'unit', 'register', 9, '{}'),
  ('stages', 'campaign', null, null, '{}'),
  ('reopenings', 'campaign', null, null, '{}'),
  ('national_activities', 'campaign', null, null, '{}'),
  ('participations', 'campaign', null, null, '{}'),
  ('units', 'global', null, null, '{}'),
  ('campaigns', 'global', 'campaign', null, '{}');

-- Annexes were of one digit, and those that are opened again a list.
alter table reopenings drop constraint reopenings_annex_check,
  add foreign key (annex) references app.forms (annex_name);
create index on reopenings (annex);
alter table filings drop constraint filings_number_check,
  add constraint filings_number_check check (number ~ '^\d{4}-[1-9]\d{0,2}-\d{4,}-[0-9A-Z]{6}$');
