-- Registers whose rows of an earlier campaign are offered in a later one, to be confirmed by the unit they are of; and what
-- a unit has turned down. A row is made when it is confirmed, not before: nothing counts that nobody has looked at.

create table carries (
  campaign_id integer not null references campaigns,
  form text not null references app.forms,
  from_campaign_id integer not null references campaigns,
  created_at timestamptz not null default now(),
  created_by integer,
  primary key (campaign_id, form),
  check (from_campaign_id <> campaign_id)
);
create index on carries (form);
create index on carries (from_campaign_id);

create table carry_refusals (
  campaign_id integer not null,
  form text not null,
  -- the row of the earlier campaign
  row_id integer not null,
  unit_id integer not null references units,
  refused_at timestamptz not null default now(),
  refused_by integer,
  primary key (campaign_id, form, row_id),
  foreign key (campaign_id, form) references carries on delete cascade
);
create index on carry_refusals (unit_id);
