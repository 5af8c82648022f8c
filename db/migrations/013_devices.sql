-- Browsers that somebody has signed in from, by a cookie of which only the hash is kept: from them a right password is
-- heard however many wrong ones came from elsewhere.
create table devices (
  token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
  user_id integer not null references users on delete cascade,
  seen_at timestamptz not null default now(),
  primary key (token_hash, user_id)
);
create index on devices (user_id);

-- Whoever was disabled does not come back into an old session.
delete from sessions s using users u where u.id = s.user_id and u.disabled_at is not null;
