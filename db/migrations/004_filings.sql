-- 报送版: an annex as it was handed in. What was printed is kept with it, so that a paper can be held against it later.

create table filings (
  id integer generated always as identity primary key,
  number text not null unique check (number ~ '^\d{4}-\d-\d{4,}-[0-9A-Z]{6}$'),
  form text not null,
  campaign_id integer not null references campaigns,
  unit_id integer not null references units,       -- who hands it in
  covers_unit_id integer references units,         -- whose rows it holds; null: those of all units
  collection_id integer references collections,    -- or the works of one collection, by its host
  file_name text not null,
  rows integer not null,
  data_sha256 text not null,
  file_sha256 text not null,
  snapshot json not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  created_by integer not null references users
);
create index filings_series on filings (campaign_id, form, covers_unit_id, collection_id, id);
create index filings_unit on filings (unit_id, id);
create index filings_covers on filings (covers_unit_id, id);
create index filings_collection on filings (collection_id, id);
create index filings_created_by on filings (created_by);
