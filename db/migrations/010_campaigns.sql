-- A campaign is prepared, runs and is archived; units take part in campaigns, each with its place in annex 1 of that year.

alter table campaigns
  add state text not null default 'preparing' check (state in ('preparing', 'running', 'archived')),
  -- the campaign opened last is the one that everybody begins with
  add opened_at timestamptz;

create table participations (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,
  annex_order integer check (annex_order between 1 and 999),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz,
  -- asked at the end of a statement, so that two units can change places
  constraint participations_annex_order exclude using btree (campaign_id with =, annex_order with =) where (deleted_at is null) deferrable
);
create unique index on participations (campaign_id, unit_id) where deleted_at is null;
create index on participations (unit_id);

-- What has been so far: everything runs, the latest year comes first, and every unit takes part in every year.
alter table campaigns disable trigger user; -- nobody did this: no version, no history
update campaigns set state = 'running', opened_at = now();
alter table campaigns enable trigger user;
insert into participations (campaign_id, unit_id, annex_order)
  select c.id, u.id, u.annex_order from campaigns c cross join units u
  where c.deleted_at is null and u.deleted_at is null order by c.id, u.annex_order nulls last, u.id;
alter table units drop annex_order;

-- A name in the 回收站 is free again.
alter table campaigns drop constraint campaigns_year_name_key;
create unique index on campaigns (year, name) where deleted_at is null;
alter table units drop constraint units_name_key, drop constraint units_short_name_key, drop constraint units_code_key;
create unique index on units (name) where deleted_at is null;
create unique index on units (short_name) where deleted_at is null;
create unique index on units (code) where deleted_at is null;

-- Files belong to a campaign too: nobody else sees those of one that is prepared, nobody adds to one that is archived.
alter table files add campaign_id integer references campaigns;
update files f set campaign_id = r.campaign_id
  from (
    select (file ->> 'id')::integer as id, min(campaign_id) as campaign_id
    from (select campaign_id, photos as files from events
      union all select campaign_id, proof from reach
      union all select campaign_id, files from submissions) shown, jsonb_array_elements(files) file
    group by 1) r
  where r.id = f.id;
update files set campaign_id = (select id from campaigns order by year desc, id desc limit 1) where campaign_id is null;
create index on files (campaign_id);
