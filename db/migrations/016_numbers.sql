-- 合肥-C5-0007: the last number given to a unit's works in a collection. Earlier laid by db/security, but it holds data:
-- what holds data is a migration's, so that a backup can be read into the tables of its own version.
create table if not exists app.numbers (
  campaign_id integer not null,
  unit_id integer not null,
  collection_id integer not null,
  last integer not null,
  primary key (campaign_id, unit_id, collection_id));
