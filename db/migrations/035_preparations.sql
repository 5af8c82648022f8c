-- Columns that are made ready beside one that gets another type, stretch by stretch, before the definition is published
-- (db/security/082_preparations.sql). A line stands for as long as its publication is under way.
create table app.preparations (
  form text not null references app.forms,
  name text not null,
  type text not null,
  campaign_id integer not null,
  design_id integer not null,
  rows_done integer not null default 0,
  rows_total integer not null default 0,
  is_cancelled boolean not null default false,
  -- the transaction that fills it at this moment: what it writes is no change of a row
  filled_by xid8,
  primary key (form, name)
);
