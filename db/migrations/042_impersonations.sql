-- The province looks at a campaign as one of those who work in it: from when until when, as what. A session that looks is of
-- nobody else meanwhile. Kept as the log of who looked as whom.

create table app.impersonations (
  id integer generated always as identity primary key,
  actor_id integer not null references users,
  role text not null check (role in ('clerk', 'cac', 'juror')),
  campaign_id integer not null references campaigns on delete cascade,
  unit_id integer references units on delete cascade,
  -- what a juror judges
  collections integer[] not null default '{}',
  begun_at timestamptz not null default now(),
  ended_at timestamptz,
  check (role = 'cac' or (role = 'clerk') = (unit_id is not null))
);

alter table sessions add impersonation_id integer references app.impersonations on delete set null;
create index on app.impersonations (actor_id);
create index on app.impersonations (campaign_id);
create index on app.impersonations (unit_id);
create index on sessions (impersonation_id);
