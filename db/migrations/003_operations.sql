-- Operations: what one person asked to be done to many rows at once, how far it is, and what came of it.
-- The rows it wrote stand in the history under the request 'operation-<id>'.

create table operations (
  id integer generated always as identity primary key,
  form text not null,
  unit_id integer not null references units,
  kind text not null check (kind in ('set', 'remove', 'restore', 'move')),
  action text,
  asked jsonb not null,
  state text not null default 'running'
    check (state in ('running', 'done', 'refused', 'failed', 'cancelled', 'undoing', 'undone', 'redoing')),
  rows_done integer not null default 0,
  rows_total integer not null default 0,
  result jsonb,
  created_at timestamptz not null default now(),
  created_by integer not null references users,
  began_at timestamptz not null default now(),
  finished_at timestamptz
);
create index on operations (created_by, id);
create index on operations (unit_id);

-- The changes of one operation lie together. Other requests have numbers that begin with 0 to f, so whole stretches of
-- the history are passed over.
create index on changes using brin (request_id);
