-- Which kinds of units there are is data, and so are the names that one is known by. A unit says its kind by name: the
-- triggers of db/security/033_references.sql hold it to a kind that is there, and rename it with its kind.

create table unit_kinds (
  id integer generated always as identity primary key,
  -- the order in which kinds are listed
  position integer check (position between 1 and 99),
  name text not null,
  -- leads: the body that leads campaigns; oversees: an internet office, which reads and reports nothing; null: reporting units
  duty text check (duty in ('leads', 'oversees')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by integer,
  updated_at timestamptz not null default now(),
  updated_by integer,
  deleted_at timestamptz
);
create unique index on unit_kinds (name) where deleted_at is null;
insert into app.forms (name, scope) values ('unit_kinds', 'global');

alter table units drop constraint units_kind_check, add also_known_as text[];
create index on units (kind);

-- The kinds that were allowed so far, as far as there are units of them.
insert into unit_kinds (position, name, duty)
  select position, name, duty from (values
    (1, '市总工会', null), (2, '省直管县总工会', null), (3, '省直/省产业工会', null), (4, '省总直管基层工会', null), (5, '省总', 'leads'), (6, '网信办', 'oversees')
  ) known (position, name, duty) where name in (select kind from units) order by position;
