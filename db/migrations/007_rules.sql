-- What two rules need to remember: since when a work has been public, and which new rows were made for whom.

-- The campaign's day on which the publicity of a work began: a prize waits until five working days of it are over.
alter table submissions add publicised_on date;
alter table submissions disable trigger user; -- nobody did this: no version, no history
update submissions set publicised_on = (coalesce(reviewed_at, updated_at) at time zone 'Asia/Shanghai')::date where status = 'publicised';
alter table submissions enable trigger user;

-- A new row whose answer was lost is sent again under the same word of the sender's, and is then found here.
create table creations (
  actor_id integer not null references users on delete cascade,
  form text not null check (length(form) between 1 and 60),
  client_key text not null check (client_key ~ '^[A-Za-z0-9_-]{8,64}$'),
  row_id integer not null,
  created_at timestamptz not null default now(),
  primary key (actor_id, form, client_key)
);
create index on creations (created_at);
