-- What a campaign counts is data: one row a metric. A metric that has quotas is a column of that name in quotas; the five
-- that were fixed until now are rows of the campaigns there are.

create table metrics (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  position integer not null,
  name text not null check (name ~ '^[a-z][a-z0-9_]{1,40}$'),
  label text not null,
  short text,
  measure text not null,
  form text not null references app.forms (name),
  counts text not null check (counts in ('rows', 'sum', 'distinct', 'latest')),
  field text check ((field is null) = (counts = 'rows')),
  filter jsonb check (jsonb_typeof(filter) = 'object'),
  target integer check (target >= 0),
  has_quota boolean,
  synonyms text[],
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on metrics (campaign_id, name) where deleted_at is null;
create unique index on metrics (campaign_id, app.same_text(label)) where deleted_at is null;
create index on metrics (form);

insert into app.forms (name, scope) values ('metrics', 'campaign');

insert into metrics (campaign_id, position, name, label, short, measure, form, counts, field, has_quota, synonyms)
select c.id, m.* from campaigns c, (values
  (1, 'organizations', '组织动员工会组织', '组织', '个', 'organizations', 'rows', null, true, '{工会组织,基层工会组织}'::text[]),
  (2, 'propagandists', '发展宣传员', '宣传员', '名', 'propagandists', 'rows', null, true, '{宣传员}'),
  (3, 'events', '线下活动数', '线下活动', '场', 'events', 'rows', null, true, '{线下活动,活动数}'),
  (4, 'people', '面对面职工人数', '面对面', '人', 'events', 'sum', 'headcount', true, null),
  (5, 'netizens', '影响职工网民人数', '影响', '万人', 'reach', 'latest', 'people', true, null)) m;
