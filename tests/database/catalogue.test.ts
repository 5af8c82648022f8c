/** What PostgreSQL's catalogue must say, whatever is added: policies, grants, functions, roles, indexes. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roleName, roles } from '../../db/migrate.ts'
import { registers } from '../../server/forms/index.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world?.close())

const tables = () =>
  world.owner<{ relation: string }>(
    `select format('%I.%I', n.nspname, c.relname) as relation from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm') order by 1`,
  )

describe('the catalogue', () => {
  test('row-level security is on and forced for every table, and each has a policy', async () => {
    const faults = await world.owner(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('public', 'app') and c.relkind in ('r', 'p')
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
    )
    expect(faults).toEqual([])
    expect((await tables()).length).toBeGreaterThan(20)
  })

  test('whatever names a campaign is shut with it, for every statement there is', async () => {
    // the trail and the tally are written by triggers of what is shut; an import that was under way says how it ended
    const open = await world.owner(
      `select c.relname, verb from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'campaign_id'
       cross join unnest('{insert,update,delete}'::text[]) verb
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not in ('changes', 'tally')
         and not (c.relname = 'imports' and verb <> 'insert')
         and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgenabled = 'O'
           and t.tgfoid = 'app.keep_archived'::regproc and t.tgname = 'archived_' || verb)`,
    )
    expect(open).toEqual([])
  })

  test('a table that a role may touch has a policy of its own for that role', async () => {
    const faults = await world.owner(
      `select c.relname, r.rolname from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join pg_roles r
       where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and r.rolname = any ($1)
         and has_any_column_privilege(r.oid, c.oid, 'select, insert, update')
         and not exists (select from pg_policy p where p.polrelid = c.oid and r.oid = any (p.polroles))`,
      [roles.map(roleName)],
    )
    expect(faults).toEqual([])
  })

  test('every view looks with the asker’s eyes (security_invoker) or those of a role that policies hold, and this test would see one that does not', async () => {
    const blind = `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'app', 'told', 'hosting') and c.relkind in ('v', 'm')
        and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)
        and not (c.relowner = 'haowangmin_eyes'::regrole and n.nspname in ('told', 'hosting'))`
    expect(await world.owner(blind)).toEqual([])
    const owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    await owner.query('begin; create view app.through as select * from public.propagandists')
    expect((await owner.query(blind)).rows).toEqual([{ relname: 'through' }])
    await owner.end()
  })

  test('the role whose eyes views look with is nobody’s, owns nothing else, and sees by policies that ask who is named', async () => {
    const faults = await world.owner(
      `select rolname from pg_roles r where rolname = 'haowangmin_eyes' and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
       union all select pg_get_userbyid(member) from pg_auth_members where roleid = 'haowangmin_eyes'::regrole and member <> (select relowner from pg_class where oid = 'public.users'::regclass)
       union all select relname from pg_class c where c.relowner = 'haowangmin_eyes'::regrole and c.relkind not in ('v', 't', 'i')
       union all select relname from pg_class c where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
         and has_any_column_privilege('haowangmin_eyes', c.oid, 'insert, update')
       union all select polname from pg_policy p where 'haowangmin_eyes'::regrole = any (p.polroles) and pg_get_expr(p.polqual, p.polrelid) !~ 'app\\.my'`,
    )
    expect(faults).toEqual([])
  })

  test('every SECURITY DEFINER function has a fixed search_path in which temporary objects come last', async () => {
    const definers = await world.owner<{ name: string; config: string[] | null }>(
      `select p.proname as name, p.proconfig as config from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'app') and p.prosecdef`,
    )
    expect(definers.length).toBeGreaterThan(15)
    const open = definers.filter(({ config }) => !config?.includes('search_path=pg_catalog, public, pg_temp'))
    expect(open.map(({ name }) => name)).toEqual([])
  })

  test('nobody may call a function of ours by being anybody (PUBLIC)', async () => {
    const open = await world.owner(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'app') and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))`,
    )
    expect(open).toEqual([])
  })

  test('the login is no superuser, bypasses nothing, inherits nothing, owns nothing and has no right of its own', async () => {
    const name = new URL(world.appUrl).username
    const [role] = await world.owner(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, rolreplication from pg_roles where rolname = $1`,
      [name],
    )
    expect(Object.values(role ?? { none: true }).every((right) => right === false)).toBe(true)
    const owned = await world.owner(
      `select from pg_class where relowner = $1::regrole union all select from pg_proc where proowner = $1::regrole
       union all select from pg_namespace where nspowner = $1::regrole union all select from pg_database where datdba = $1::regrole`,
      [name],
    )
    expect(owned).toHaveLength(0)
    const granted = await world.owner(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('public', 'app') and has_any_column_privilege($1, c.oid, 'select, insert, update, references')`,
      [name],
    )
    expect(granted).toEqual([])
    const member = await world.owner<{ name: string }>(
      `select pg_get_userbyid(roleid) as name from pg_auth_members where member = $1::regrole order by 1`,
      [name],
    )
    expect(member.map((each) => each.name)).toEqual(roles.map(roleName).sort())
  })

  test('the roles can’t log in, bypass nothing, own nothing and are members of nothing', async () => {
    const faults = await world.owner(
      `select rolname from pg_roles r where rolname = any ($1) and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
         or exists (select from pg_auth_members m where m.member = r.oid)
         or exists (select from pg_class c where c.relowner = r.oid) or exists (select from pg_proc p where p.proowner = r.oid))`,
      [roles.map(roleName)],
    )
    expect(faults).toEqual([])
  })

  test('no role may write what only PostgreSQL writes', async () => {
    const kept = [
      ['id status unit_id campaign_id returned_reason returned_fields number blind_number publicised_on', 'update'],
      ['submitted_at submitted_by reviewed_at reviewed_by created_at created_by updated_at updated_by', 'update'],
      [
        'id status version number blind_number publicised_on deleted_at returned_reason submitted_by reviewed_by',
        'insert',
      ],
      ['created_at created_by updated_at updated_by', 'insert'],
    ]
    for (const [columns, verb] of kept) {
      const open = await world.owner(
        `select r.rolname, c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 cross join pg_roles r
         where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and r.rolname = any ($2) and a.attname = any ($3)
           and has_column_privilege(r.oid, c.oid, a.attnum, $4)`,
        [registers.map(({ name }) => name), roles.map(roleName), columns?.split(' '), verb],
      )
      expect(open, `${verb} ${columns}`).toEqual([])
    }
    const written = await world.owner(
      `select r.rolname, c.relname from pg_class c cross join pg_roles r
       where c.relname in ('changes', 'tally', 'sessions', 'login_attempts', 'migrations', 'numbers', 'transitions')
         and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and r.rolname = any ($1)
         and (has_any_column_privilege(r.oid, c.oid, 'insert, update') or has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger'))`,
      [roles.map(roleName)],
    )
    expect(written).toEqual([])
    const truncated = await world.owner(
      `select c.relname from pg_class c cross join pg_roles r where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
         and r.rolname = any ($1) and has_table_privilege(r.oid, c.oid, 'truncate, references, trigger')`,
      [roles.map(roleName)],
    )
    expect(truncated).toEqual([])
  })

  test('every foreign key has an index that leads to its rows', async () => {
    const keys = await world.owner<{ relation: string; name: string; columns: string[] }>(
      `select c.conrelid::regclass::text as relation, c.conname as name,
         array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns
       from pg_constraint c where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'app'::regnamespace)`,
    )
    const indexes = await world.owner<{ relation: string; columns: string[]; is_partial: boolean }>(
      `select i.indrelid::regclass::text as relation,
         array(select coalesce(a.attname::text, '') from unnest(i.indkey::int[]) with ordinality k (n, o)
           left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by o) as columns,
         i.indpred is not null as is_partial
       from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
         and i.indisvalid`,
    )
    const scope = new Set(['campaign_id', 'unit_id'])
    // Of campaigns and units none is ever deleted for good: an index of the rows in use is enough.
    const leads = ({ columns, is_partial }: { columns: string[]; is_partial: boolean }, key: string[]) => {
      const own = key.filter((name) => !scope.has(name))
      if (is_partial && own.length) return false
      const front = columns.slice(0, key.length)
      return key.every((name) => front.includes(name)) || (own.length > 0 && own.includes(columns[0] ?? ''))
    }
    const bare = keys.filter((key) => !indexes.some((i) => i.relation === key.relation && leads(i, key.columns)))
    expect(bare.map(({ relation, columns }) => `${relation} (${columns})`)).toEqual([])
    expect(keys.length).toBeGreaterThan(20)
  })
})

/** All that protects a table, as the database says it, in its own words but for its name and its annex. */
const PROTECTION = `
  select 'policy ' || concat_ws(' | ', policyname, permissive, roles, cmd, qual, with_check) as line from pg_policies where tablename = $1
  union all select 'rows ' || concat_ws(' ', c.relnamespace::regnamespace, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole)
    from pg_class c where c.relname = $1
  union all select 'right ' || concat_ws(' ', c.relnamespace::regnamespace, a.attname, a.attacl, coalesce(c.relacl, acldefault('r', c.relowner)))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relname = $1
  union all select 'view ' || pg_get_viewdef(c.oid) from pg_class c where c.relname = $1 and c.relkind = 'v'
  union all select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t
    where t.tgrelid = format('public.%I', $1::text)::regclass and not t.tgisinternal
  union all select 'function ' || concat_ws(' ', p.proname, p.prosrc, p.prosecdef, p.proconfig, p.proacl) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = format('public.%I', $1::text)::regclass and not t.tgisinternal
  order by 1`

test('a table and its row in app.forms are protected by one call as a built-in register is', async () => {
  const owner = new pg.Client({ connectionString: world.ownerUrl })
  await owner.connect()
  await owner.query(`begin;
    create table models (like propagandists including all, foreign key (campaign_id) references campaigns, foreign key (unit_id) references units,
      foreign key (campaign_id, unit_id, organization_id) references organizations (campaign_id, unit_id, id));
    insert into app.forms (name, scope, flow, annex, private) values ('models', 'unit', 'register', 61, '{phone}');
    select app.protect_form('models')`)
  const protectionOf = async (name: string, annex: string) =>
    (await owner.query<{ line: string }>(PROTECTION, [name])).rows
      .map(({ line }) => line.replaceAll(name, '<table>').replaceAll(annex, '<annex>'))
      .sort()
  const laid = await protectionOf('models', '附件61')
  expect(laid).toEqual(await protectionOf('propagandists', '附件4'))
  expect(laid.length).toBeGreaterThan(50)
  const open = await owner.query(
    `select proname from pg_proc p where pronamespace = 'app'::regnamespace and (proacl is null or exists (select from aclexplode(proacl) a where a.grantee = 0))`,
  )
  expect(open.rows).toEqual([])
  await owner.end()
})
