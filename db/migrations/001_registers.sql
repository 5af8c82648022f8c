-- The registers: campaigns, units, the campaign's own data, and the seven forms that units fill.
-- Frozen once landed. Functions, policies, grants and triggers are not here but in db/security, which is laid anew
-- whenever it changes.
--
-- Every row that a unit fills belongs to (campaign_id, unit_id), and every key and foreign key begins with that pair:
-- nothing can point across the scope, and no violation betrays a row that one can't see.

create schema app;

-- What two names are compared by; the twin of sameText in server/forms/text.ts.
create function app.same_text(t text) returns text
  language sql immutable strict parallel safe
  return translate(t,
    '（）“”‘’，：；！？—–－ABCDEFGHIJKLMNOPQRSTUVWXYZ ',
    '()""'''',:;!?---abcdefghijklmnopqrstuvwxyz');

-- 138****1234: what those see who may not read a phone.
create function app.masked(phone text) returns text
  language sql immutable strict parallel safe
  return case when length(phone) < 8 then '****' else overlay(phone placing '****' from 4 for length(phone) - 7) end;

create table campaigns (
  id integer generated always as identity primary key,
  year integer not null check (year between 2000 and 2100),
  name text not null,
  theme text,
  notice_number text,
  notice_title text,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  today_on date,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz,
  unique (year, name)
);

create table units (
  id integer generated always as identity primary key,
  name text not null unique,
  short_name text not null unique,
  kind text not null check (kind in ('市总工会', '省直管县总工会', '省直/省产业工会', '省总直管基层工会', '省总', '网信办')),
  annex_order integer unique check (annex_order between 1 and 999),
  code text unique,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);

create table users (
  id integer generated always as identity primary key,
  username text not null unique check (username = lower(username)),
  name text not null,
  role text not null check (role in ('province', 'cac', 'clerk', 'juror')),
  unit_id integer references units,
  password_hash text not null,
  must_change_password boolean not null default true,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  check (unit_id is not null or role in ('cac', 'juror'))
);
create index on users (unit_id);

create table sessions (
  token_hash text primary key,
  user_id integer not null references users on delete cascade,
  opened_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index on sessions (user_id);

create table login_attempts (
  key text not null,
  at timestamptz not null default now()
);
create index on login_attempts (key, at);

-- The campaign's own data ---------------------------------------------------------------------------------------

create table national_activities (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  position integer not null,
  title text not null,
  organizer text not null,
  website text,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz,
  unique (campaign_id, id)
);
create unique index on national_activities (campaign_id, title) where deleted_at is null;

create table collections (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  code text not null,
  title text not null,
  medium text not null check (medium in ('图片', '视频', '图文', '音频', '平台', '案例')),
  host_unit_id integer not null references units,
  content text,
  entrance text,
  sub_themes text[],
  sub_theme_required boolean,
  tags text[],
  max_chars integer,
  max_seconds integer,
  suggested_seconds integer,
  needs_pair boolean,
  national_activity_id integer,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz,
  unique (campaign_id, id),
  foreign key (campaign_id, national_activity_id) references national_activities (campaign_id, id)
);
create unique index on collections (campaign_id, code) where deleted_at is null;
create unique index on collections (campaign_id, title) where deleted_at is null;
create index on collections (host_unit_id);
create index on collections (campaign_id, national_activity_id);

create table stages (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  position integer not null,
  name text not null,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  content text,
  locks text[],
  is_deadline boolean,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on stages (campaign_id, name) where deleted_at is null;

-- The province opens one unit × annex again until a day, past the deadline.
create table reopenings (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  annex text not null check (annex in ('附件3', '附件4', '附件5', '附件6', '附件7', '附件8', '附件9')),
  until date not null,
  reason text,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on reopenings (campaign_id, unit_id, annex) where deleted_at is null;
create index on reopenings (unit_id);

create table quotas (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  organizations integer check (organizations >= 0),
  propagandists integer check (propagandists >= 0),
  events integer check (events >= 0),
  people integer check (people >= 0),
  netizens integer check (netizens >= 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on quotas (campaign_id, unit_id) where deleted_at is null;
create index on quotas (unit_id);

-- What units fill -----------------------------------------------------------------------------------------------
-- Each such table opens with the same columns; like app.register in db/security, they are one decision.
-- Who did something (created_by and the like) is no foreign key: only app.me() is ever written there, nobody is deleted
-- from users, and an index behind each would cost every write.

create table organizations (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  name text not null,
  kind text not null check (kind in ('机关', '事业', '国企', '非公', '社会组织', '产业', '街镇', '其他')),
  credit_code text check (length(credit_code) = 18),
  parent_union text,
  staff_count integer check (staff_count >= 0),
  member_count integer check (member_count >= 0),
  mobilized_on date not null,
  contact text,
  phone text,
  phone_masked text generated always as (app.masked(phone)) stored,
  remark text,
  check (member_count <= staff_count)
);

create table propagandists (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  name text not null,
  gender text check (gender in ('男', '女')),
  born_in text check (born_in ~ '^\d{4}-\d{2}$'),
  political_status text check (political_status in ('中共党员', '中共预备党员', '共青团员', '民主党派', '无党派人士', '群众')),
  education text check (education in ('初中及以下', '高中', '中专', '大专', '本科', '硕士研究生', '博士研究生')),
  organization_id integer,
  job text not null,
  phone text not null check (phone ~ '^1[3-9]\d{9}$'),
  phone_masked text generated always as (app.masked(phone)) stored,
  platform text check (platform in ('微信公众号', '微信视频号', '微博', '抖音', '快手', '今日头条', '其他')),
  account text,
  followers integer check (followers >= 0),
  strength text check (strength in ('摄影', '视频', '写作', '诵读', '其他')),
  appointed_on date not null,
  remark text
);

create table events (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  title text not null,
  kind text not null check (kind in ('知识竞赛', '主题演讲', '公益', '志愿服务', '集中宣传', '文艺展演', '培训', '其他')),
  held_on date not null,
  ended_on date check (ended_on >= held_on),
  place text not null,
  enterprise text,
  with_cac boolean,
  headcount integer not null check (headcount >= 0),
  media_links text,
  photos jsonb,
  summary text check (length(summary) <= 300),
  remark text
);

-- Campaign and unit stand in the event's key: fifty thousand rows need not be asked for them again.
create table attendance (
  id integer generated always as identity primary key,
  campaign_id integer not null,
  unit_id integer not null,
  event_id integer not null,
  name text not null,
  gender text check (gender in ('男', '女')),
  workplace text not null,
  job text,
  phone text check (phone ~ '^1[3-9]\d{9}$'),
  phone_masked text generated always as (app.masked(phone)) stored,
  signed_at timestamp(0),
  way text check (way in ('扫码', '纸质补录', '导入')),
  remark text
);

create table reach (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  channel text not null check (channel in ('门户网站', '微信公众号', '微信视频号', '微博', '抖音', '快手', '今日头条', '客户端', '报刊广电', '其他')),
  account text not null,
  title text not null,
  url text,
  published_on date not null,
  counted_on date not null check (counted_on >= published_on),
  views integer check (views >= 0),
  people integer check (people >= 0),
  interactions integer check (interactions >= 0),
  proof jsonb,
  remark text
);

create table submissions (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  number text,
  blind_number integer,
  collection_id integer not null,
  sub_theme text,
  title text not null,
  author text not null,
  coauthors text,
  author_workplace text not null,
  phone text,
  phone_masked text generated always as (app.masked(phone)) stored,
  description text,
  files jsonb,
  duration_s integer check (duration_s >= 0),
  url text,
  is_original boolean not null,
  remark text,
  foreign key (campaign_id, collection_id) references collections (campaign_id, id),
  unique (campaign_id, unit_id, number)
);

create table awards (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  category text not null check (category in ('优秀组织单位', '先进个人', '作品一等奖', '作品二等奖', '作品三等奖', '作品优秀奖', '推荐全国')),
  target text not null,
  submission_id integer,
  rank integer check (rank >= 1),
  deeds text check (length(deeds) <= 500),
  unit_opinion text,
  cac_opinion text,
  publicity_from date,
  publicity_to date check (publicity_to >= publicity_from),
  decision text check (decision in ('同意', '不同意')),
  certificate_number text,
  remark text
);

do $$
declare
  each text;
begin
  foreach each in array array['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards'] loop
    execute format($sql$
      alter table %1$I
        add status text not null default 'draft' check (status in (
          'draft', 'submitted', 'approved', 'returned', 'archived', 'void',
          'accepted', 'refused', 'shortlisted', 'under_review', 'proposed', 'publicised', 'awarded', 'not_awarded', 'nominated')),
        add version integer not null default 1,
        add returned_reason text,
        add returned_fields text[],
        add submitted_at timestamptz,
        add submitted_by integer,
        add reviewed_at timestamptz,
        add reviewed_by integer,
        add created_at timestamptz not null default now(),
        add created_by integer,
        add updated_at timestamptz not null default now(),
        add updated_by integer,
        add deleted_at timestamptz$sql$, each);
    execute format('create index on %I (unit_id, id)', each);
    execute format('create index on %I (unit_id, id) where deleted_at is not null', each);
    execute format('create index on %I (unit_id) where status = ''returned''', each);
  end loop;
end $$;

alter table organizations add unique (campaign_id, unit_id, id);
alter table events add unique (campaign_id, unit_id, id);
alter table submissions add unique (campaign_id, unit_id, id);
alter table propagandists add foreign key (campaign_id, unit_id, organization_id) references organizations (campaign_id, unit_id, id);
alter table attendance add foreign key (campaign_id, unit_id, event_id) references events (campaign_id, unit_id, id);
alter table awards add foreign key (campaign_id, unit_id, submission_id) references submissions (campaign_id, unit_id, id);
create index on propagandists (campaign_id, unit_id, organization_id);
create index on attendance (campaign_id, unit_id, event_id, name);
create index on submissions (campaign_id, collection_id, id);
create index on awards (campaign_id, unit_id, submission_id);

-- The forms' keys: a record is the first key whose fields are all filled.
create unique index organizations_key_1 on organizations (campaign_id, unit_id, credit_code)
  where credit_code is not null and deleted_at is null;
create unique index organizations_key_2 on organizations (campaign_id, unit_id, app.same_text(name))
  where credit_code is null and deleted_at is null;
create unique index propagandists_key_1 on propagandists (campaign_id, unit_id, phone) where deleted_at is null;
create unique index events_key_1 on events (campaign_id, unit_id, held_on, app.same_text(title), app.same_text(place))
  where deleted_at is null;
create unique index attendance_key_1 on attendance (campaign_id, unit_id, event_id, phone)
  where phone is not null and deleted_at is null;
create unique index attendance_key_2 on attendance (campaign_id, unit_id, event_id, name, app.same_text(workplace))
  where phone is null and deleted_at is null;
create unique index reach_key_1 on reach (campaign_id, unit_id, channel, app.same_text(account), app.same_text(url), counted_on)
  where url is not null and deleted_at is null;
create unique index reach_key_2 on reach (campaign_id, unit_id, channel, app.same_text(account), app.same_text(title), counted_on)
  where url is null and deleted_at is null;
create unique index submissions_key_1 on submissions (campaign_id, unit_id, collection_id, app.same_text(title), author)
  where deleted_at is null;
create unique index awards_key_1 on awards (campaign_id, unit_id, category, app.same_text(target)) where deleted_at is null;

-- Juries, scores, votes -------------------------------------------------------------------------------------------

create table jury (
  collection_id integer not null references collections,
  juror_id integer not null references users,
  created_at timestamptz not null default now(),
  created_by integer,
  primary key (collection_id, juror_id)
);
create index on jury (juror_id);

create table scores (
  submission_id integer not null references submissions,
  juror_id integer not null references users,
  theme integer not null check (theme between 0 and 100),
  craft integer not null check (craft between 0 and 100),
  appeal integer not null check (appeal between 0 and 100),
  total numeric(5, 1) generated always as (theme * 0.4 + craft * 0.3 + appeal * 0.3) stored,
  opinion text,
  scored_at timestamptz not null default now(),
  primary key (submission_id, juror_id)
);
create index on scores (juror_id);

create table votes (
  submission_id integer not null references submissions,
  counted_on date not null,
  votes integer not null check (votes >= 0),
  created_by integer,
  primary key (submission_id, counted_on)
);

-- Files, comments, imports ----------------------------------------------------------------------------------------

create table files (
  id integer generated always as identity primary key,
  unit_id integer not null references units,
  name text not null,
  type text not null,
  size integer not null,
  sha256 text not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  created_by integer
);
create index on files (unit_id);
create index on submissions using gin (files jsonb_path_ops);

create table comments (
  id integer generated always as identity primary key,
  form text not null,
  row_id integer not null,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  text text not null check (length(text) between 1 and 500),
  created_at timestamptz not null default now(),
  created_by integer
);
create index on comments (form, row_id);
create index on comments (unit_id);
create index on comments (campaign_id);

create table imports (
  id integer generated always as identity primary key,
  form text not null,
  campaign_id integer not null references campaigns,
  unit_id integer references units,
  file_name text not null,
  size integer not null,
  sha256 text not null,
  content bytea not null,
  decisions jsonb not null default '{}',
  state text not null default 'queued'
    check (state in ('queued', 'checking', 'checked', 'applying', 'applied', 'undone', 'failed', 'cancelled')),
  rows_done integer not null default 0,
  rows_total integer not null default 0,
  result jsonb,
  created_at timestamptz not null default now(),
  created_by integer not null references users,
  finished_at timestamptz
);
create index on imports (unit_id, id);
create index on imports (created_by);
create index on imports (campaign_id);

-- History and counts ----------------------------------------------------------------------------------------------

-- Append-only: written by trigger, granted to nobody. `before` and `after` hold what changed, phones masked;
-- `secret` holds the phones themselves and is read through app.changes_secret only.
create table changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_id integer,
  role text,
  request_id text,
  import_id integer,
  form text not null,
  row_id integer,
  campaign_id integer,
  unit_id integer,
  collection_id integer,
  action text not null,
  before json,
  after json,
  secret json
);
create index on changes (form, row_id, id);
create index on changes (unit_id, id);
-- The changes of one import lie together, so the smallest of indexes finds them.
create index on changes using brin (import_id);

-- How many rows there are, as a sum of deltas: writers only append, so they never wait for each other, and the total of
-- a million rows is the sum of a few. app.fold_tally adds the deltas up now and then.
create table tally (
  form text not null,
  campaign_id integer not null,
  unit_id integer not null,
  status text not null,
  rows integer not null
);
create index on tally (form, campaign_id, unit_id, status);
