/**
 * PostgreSQL as the authority, attacked directly: with the server's own login and every role it may take, past all of
 * our TypeScript.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roleName, roles } from '../../db/migrate.ts'
import { forms, registers } from '../../server/forms/index.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
let login: pg.Client
let hefei: Agent
let wuhu: Agent
const ids: Record<string, Record<string, number>> = { hefei: {}, wuhu: {} }
const people: Record<string, number> = {}

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
  for (const [name, agent] of Object.entries({ hefei, wuhu })) {
    for (const form of ['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards']) {
      const made = await agent.post(`/${form}`, sample[form]?.(1)).expect(201)
      ids[name] = { ...ids[name], [form]: made.body.id }
    }
  }
  for (const { id, username } of await world.owner<{ id: number; username: string }>('select id, username from users'))
    people[username] = id
  login = new pg.Client({ connectionString: world.appUrl })
  await login.connect()
})
afterAll(async () => {
  await login?.end()
  await world?.close()
})

type Query = <T extends pg.QueryResultRow = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>

/** Runs `fn` as the server would for this person: the role taken, the person named. Nothing is kept. */
async function as<T>(role: string | null, user_id: number | null, fn: (query: Query) => Promise<T>): Promise<T> {
  await login.query('begin')
  try {
    if (role) await login.query(`set local role ${roleName(role)}`)
    if (user_id !== null) await login.query(`select set_config('app.user_id', $1, true)`, [String(user_id)])
    return await fn(async (text, values) => (await login.query(text, values)).rows as never)
  } finally {
    await login.query('rollback')
  }
}
const asClerk = <T>(username: Username, fn: (query: Query) => Promise<T>) => as('clerk', people[username] as number, fn)

/** SQLSTATE that a statement ends with; 'done' if it doesn't. */
const codeOf = (done: Promise<unknown>) =>
  done.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
const refused = '42501'

const tables = () =>
  world.owner<{ relation: string }>(
    `select format('%I.%I', n.nspname, c.relname) as relation from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm') order by 1`,
  )

describe('without a person', () => {
  test('the login without a role reads no table at all', async () => {
    for (const { relation } of await tables())
      expect([
        relation,
        await codeOf(as(null, people.province as number, (query) => query(`select from ${relation}`))),
      ]).toEqual([relation, refused])
  })

  test.each([
    ['nobody is named', () => null],
    ['a person is named who does not exist', () => 2_000_000_000],
    ['the person is disabled', () => people.gone as number],
  ])('no role reads a row where %s', async (_title, who) => {
    if (!people.gone) {
      const [made] = await world.owner<{ id: number }>(
        `insert into users (username, name, role, unit_id, password_hash, disabled_at)
         values ('gone', '已停用', 'province', (select id from units where short_name = '省总'), 'x', now()) returning id`,
      )
      people.gone = made?.id as number
    }
    const told: string[] = []
    for (const role of roles) {
      for (const { relation } of await tables()) {
        if (relation === 'app.transitions') continue
        const readable = await world.owner<{ columns: string | null }>(
          `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
           where attrelid = $1::regclass and attnum > 0 and has_column_privilege($2, attrelid, attnum, 'select')`,
          [relation, roleName(role)],
        )
        const columns = readable[0]?.columns
        if (!columns) continue
        const rows = await as(role, who(), (query) => query(`select ${columns} from ${relation} limit 3`))
        if (rows.length) told.push(`${role} ${relation}`)
      }
    }
    expect(told).toEqual([])
  })

  test('the same questions are answered to a person who may ask them', async () => {
    for (const { name } of registers) {
      expect(await asClerk('hefei', (query) => query(`select id from ${name}`))).toEqual([{ id: ids.hefei?.[name] }])
      const all = await as('province', people.province as number, (query) => query(`select id from ${name}`))
      expect(all.map((row) => row.id)).toEqual(expect.arrayContaining([ids.hefei?.[name], ids.wuhu?.[name]]))
    }
  })

  test('row_security = off fails instead of coming out short, so a backup under the login can’t be a silent half', async () => {
    const attempt = asClerk('hefei', async (query) => {
      await query('set local row_security = off')
      await query('select id from propagandists')
    })
    expect(await codeOf(attempt)).toBe(refused)
  })
})

describe('within a transaction of the clerk of 合肥', () => {
  const row = (unit: string) => [world.campaign_id, world.units[unit], '丁丁', '测试厂', '13911110000', '2019-07-01']
  const add = `insert into propagandists (campaign_id, unit_id, name, job, phone, appointed_on) values ($1, $2, $3, $4, $5, $6)`

  test('a row goes into the own unit and into no other', async () => {
    expect(await asClerk('hefei', (query) => codeOf(query(add, row('合肥'))))).toBe('done')
    expect(await asClerk('hefei', (query) => codeOf(query(add, row('芜湖'))))).toBe(refused)
    expect(await asClerk('hefei', (query) => codeOf(query(add, [999_999, ...row('合肥').slice(1)])))).toBe(refused)
  })

  test.each([
    ['status', `'approved'`],
    ['version', '9'],
    ['created_by', '1'],
  ])('%s can’t be given with a new row', async (column, value) => {
    const text = add.replace('appointed_on)', `appointed_on, ${column})`).replace('$6)', `$6, ${value})`)
    expect(await asClerk('hefei', (query) => codeOf(query(text, row('合肥'))))).toBe(refused)
  })

  test.each(['status', 'unit_id', 'campaign_id', 'created_by', 'updated_at', 'submitted_at', 'returned_reason'])(
    '%s of the own row can’t be changed',
    async (column) => {
      const change = `update propagandists set ${column} = ${column}, version = version + 1 where id = $1`
      expect(await asClerk('hefei', (query) => codeOf(query(change, [ids.hefei?.propagandists])))).toBe(refused)
    },
  )

  test('an update carries the next version: not the same, none skipped, none forgotten with its WHERE', async () => {
    const change = (version: string, where = ' where id = $1') =>
      asClerk('hefei', (query) =>
        codeOf(
          query(`update propagandists set remark = '改'${version}${where}`, where ? [ids.hefei?.propagandists] : []),
        ),
      )
    expect(await change(', version = version + 1')).toBe('done')
    expect(await change(', version = version + 2')).toBe('HW409')
    expect(await change(', version = version')).toBe('HW409')
    expect(await change('')).toBe('HW409')
    expect(await change('', '')).toBe('HW409')
  })

  test('no row of another unit is changed, deleted or locked, and none at all is deleted for good', async () => {
    for (const { name } of registers) {
      const theirs = ids.wuhu?.[name]
      const changed = await asClerk('hefei', (query) =>
        query(`update ${name} set remark = '改', version = version + 1 where id = $1 returning id`, [theirs]),
      )
      expect(changed).toEqual([])
      expect(await asClerk('hefei', (query) => codeOf(query(`delete from ${name} where id = $1`, [theirs])))).toBe(
        refused,
      )
      const own = ids.hefei?.[name]
      expect(await asClerk('hefei', (query) => codeOf(query(`delete from ${name} where id = $1`, [own])))).toBe(refused)
      const kept = await asClerk('hefei', (query) =>
        query(`update ${name} set remark = '改', version = version + 1 where id = $1 returning id`, [own]),
      )
      expect(kept).toEqual([{ id: own }])
    }
  })

  test('a reference may not leave the unit, whatever id is known', async () => {
    const link = (table: string, column: string, to: string, whose: string) =>
      asClerk('hefei', (query) =>
        codeOf(
          query(`update ${table} set ${column} = $1, version = version + 1 where id = $2`, [
            ids[whose]?.[to],
            ids.hefei?.[table],
          ]),
        ),
      )
    for (const [table, column, to] of [
      ['propagandists', 'organization_id', 'organizations'],
      ['attendance', 'event_id', 'events'],
    ] as const) {
      expect([table, await link(table, column, to, 'wuhu')]).toEqual([table, '23503'])
      expect([table, await link(table, column, to, 'hefei')]).toEqual([table, 'done'])
    }
    // a work is put forward by a function alone, the own one too
    for (const whose of ['wuhu', 'hefei'] as const)
      expect(await link('awards', 'submission_id', 'submissions', whose)).toBe(refused)
  })

  test('the event of a visit is held, also by visits that are not committed yet', async () => {
    const visit = (event_id: number | undefined, name: string) =>
      [
        `insert into attendance (campaign_id, unit_id, event_id, name, workplace) values ($1, $2, $3, $4, '某厂')`,
        [world.campaign_id, world.units.合肥, event_id, name],
      ] as const
    const ownerCode = (text: string, values: readonly unknown[] = []) => codeOf(world.owner(text, [...values]))
    expect(await ownerCode(...visit(ids.wuhu?.events, '外单位'))).toBe('23503')
    expect(await ownerCode(...visit(2 ** 31 - 1, '没有'))).toBe('23503')
    const [made] = await world.owner<{ id: number }>(
      `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount)
       select campaign_id, unit_id, '只为这一条', kind, held_on, place, headcount from events where id = $1 returning id`,
      [ids.hefei?.events],
    )
    const event = made?.id
    expect(await ownerCode(...visit(event, '有'))).toBe('done')
    // one of many rows is enough to refuse them all
    const many = `insert into attendance (campaign_id, unit_id, event_id, name, workplace)
      select $1, $2, case n when 700 then $3::int else $4::int end, '人' || n, '某厂' from generate_series(1, 1000) n`
    expect(await ownerCode(many, [world.campaign_id, world.units.合肥, ids.wuhu?.events, event])).toBe('23503')
    expect(await ownerCode('delete from events where id = $1', [event])).toBe('23503')
    expect(
      await ownerCode('update events set unit_id = $2, version = version + 1 where id = $1', [event, world.units.芜湖]),
    ).toBe('23503')
    // a removal waits for a visit that is not committed yet, then fails
    const client = new pg.Client({ connectionString: world.ownerUrl })
    await client.connect()
    try {
      await client.query('delete from attendance where event_id = $1', [event])
      await client.query('begin')
      await client.query(visit(event, '刚来')[0], [...visit(event, '刚来')[1]])
      const removal = ownerCode('delete from events where id = $1', [event])
      expect(await Promise.race([removal, new Promise((done) => setTimeout(done, 300, 'waits'))])).toBe('waits')
      await client.query('commit')
      expect(await removal).toBe('23503')
      await client.query('delete from attendance where event_id = $1', [event])
    } finally {
      await client.end()
    }
    expect(await ownerCode('delete from events where id = $1', [event])).toBe('done')
  })

  test('a key that another unit has taken is free here, so no violation betrays its rows', async () => {
    const wuhuRow = await world.owner<{ phone: string }>('select phone from propagandists where id = $1', [
      ids.wuhu?.propagandists,
    ])
    const phone = wuhuRow[0]?.phone ?? ''
    const taken = row('合肥').map((value) => (value === '13911110000' ? phone : value))
    await world.owner('update propagandists set phone = $2, version = version + 1 where id = $1', [
      ids.hefei?.propagandists,
      '13900002222',
    ])
    expect(await asClerk('hefei', (query) => codeOf(query(add, taken)))).toBe('done')
    await world.owner('update propagandists set phone = $2, version = version + 1 where id = $1', [
      ids.hefei?.propagandists,
      phone,
    ])
    expect(await asClerk('hefei', (query) => codeOf(query(add, taken)))).toBe('23505')
    const open = await world.owner(
      `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
       where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and i.indisunique and not i.indisprimary
         and (pg_get_indexdef(i.indexrelid, 1, true), pg_get_indexdef(i.indexrelid, 2, true)) <> ('campaign_id', 'unit_id')
         -- a certificate is numbered by the province, which sees all units
         and not (i.indexrelid::regclass::text = 'awards_certificate'
           and not has_column_privilege('haowangmin_clerk', 'awards', 'certificate_number', 'insert, update'))`,
      [registers.map(({ name }) => name)],
    )
    expect(open).toEqual([])
  })

  test('a state changes by its function only, and that knows whose row it is', async () => {
    const moved = (whose: string, action: string) =>
      asClerk('hefei', (query) =>
        query('select id, result, status from app.move($1, $2, $3, $4, null)', [
          'events',
          [ids[whose]?.events],
          action,
          '理由',
        ]),
      )
    expect(await moved('hefei', 'submission')).toEqual([{ id: ids.hefei?.events, result: 'done', status: 'submitted' }])
    expect(await moved('hefei', 'approval')).toEqual([{ id: ids.hefei?.events, result: 'role', status: 'draft' }])
    expect(await moved('wuhu', 'submission')).toEqual([])
    expect(await codeOf(moved('hefei', 'nonsense'))).toBe(refused)
    for (const form of ['users', 'quotas', 'changes', 'sessions']) {
      const text = `select * from app.move($1, '{1}', 'submission', '', null)`
      expect(await asClerk('hefei', (query) => codeOf(query(text, [form])))).toBe(refused)
    }
  })

  test('history and counts are written by nobody, in any role', async () => {
    for (const [username, role] of [
      ['hefei', 'clerk'],
      ['province', 'province'],
      ['cac', 'cac'],
      ['juror1', 'juror'],
    ] as const) {
      const attempt = (text: string) => as(role, people[username] as number, (query) => codeOf(query(text)))
      for (const text of [
        `insert into changes (form, action) values ('events', 'create')`,
        `update changes set actor_id = 1`,
        'delete from changes',
        'truncate changes',
        `insert into tally (form, campaign_id, unit_id, status, rows) values ('events', 1, 1, 'approved', 100)`,
        'update tally set rows = 100',
        'delete from tally',
        `insert into sessions (token_hash, user_id, expires_at) values ('x', 1, now() + interval '1 hour')`,
        'select * from sessions',
        'select * from login_attempts',
        `update app.transitions set by = '{unit}'`,
        'select password_hash from users',
        'select secret from changes',
      ])
        expect([role, text, await attempt(text)]).toEqual([role, text, refused])
    }
  })

  test('a change is recorded as its person’s, whoever the statement says it is', async () => {
    await hefei.put(`/events/${ids.hefei?.events}`, { version: 1, summary: '留痕' }).expect(200)
    const [change] = await world.owner(
      `select actor_id, role, action, before, after from changes where form = 'events' and row_id = $1 order by id desc limit 1`,
      [ids.hefei?.events],
    )
    expect(change).toEqual({
      actor_id: people.hefei,
      role: 'haowangmin_clerk',
      action: 'update',
      before: { summary: null },
      after: { summary: '留痕' },
    })
  })

  test('doors of other roles stay shut: log-ins, resets, jurors, the owner, files of the system', async () => {
    for (const text of [
      `select app.reset_password(${people.wuhu}, 'x')`,
      `select app.open_session(${people.province}, 'x', 1)`,
      `select * from app.find_login('province', null)`,
      `select * from app.identity(${people.province})`,
      'select app.fold_tally()',
      `select app.forget_attempts('{a}')`,
      `set role ${new URL(world.ownerUrl).username}`,
      'create table public.mine (id integer)',
      'create table app.mine (id integer)',
      'alter table propagandists disable row level security',
      'drop policy read on propagandists',
      'grant all on propagandists to public',
      'alter role current_user superuser',
      `select pg_read_file('PG_VERSION')`,
      `copy propagandists to program 'cat'`,
      'copy users to stdout',
    ])
      expect([text, await asClerk('hefei', (query) => codeOf(query(text)))]).toEqual([text, refused])
  })

  test('a temporary table named like one of ours fools no function', async () => {
    const units = await asClerk('hefei', async (query) => {
      const made = await codeOf(
        query(
          `create temporary table users as select ${people.hefei} as id, 'province' as role, null::timestamptz as disabled_at, 1 as unit_id`,
        ),
      )
      if (made === refused) return [{ units: [world.units.合肥] }]
      return query('select app.my_units() as units')
    })
    expect(units).toEqual([{ units: [world.units.合肥] }])
  })

  test('what another unit registered is told as a bare yes for the own unit, and not at all for another', async () => {
    const ask = (unit: string) =>
      asClerk('hefei', (query) =>
        query(`select * from app.phones_elsewhere($1, $2, '{13900000001}')`, [world.campaign_id, world.units[unit]]),
      )
    expect(await ask('合肥')).toEqual([{ phones_elsewhere: '13900000001' }])
    expect(await ask('芜湖')).toEqual([])
  })
})

describe('within a transaction of a host, a juror, an internet office', () => {
  /** The work of 合肥 in C5 in a state, for the time of a test. */
  async function within<T>(status: string, fn: (id: number) => Promise<T>) {
    const id = ids.hefei?.submissions as number
    const set = (to: string) =>
      world.owner(`update submissions set status = $2, version = version + 1 where id = $1`, [id, to])
    await set(status)
    try {
      return await fn(id)
    } finally {
      await set('draft')
    }
  }
  test('a host reads a phone, and the table itself, by the state of the work', async () => {
    const read = (column: string) =>
      asClerk('suzhou', (query) => codeOf(query(`select ${column} from hosting.submissions`)))
    expect([await read('*'), await read('blind_number'), await read('author')]).toEqual([refused, refused, 'done'])
    const read_as = (who: Username, of: string, id: number) =>
      asClerk(who, (query) => query(`select phone, remark from ${of}.submissions where id = $1`, [id]))
    await world.owner(`update submissions set remark = '电话 136 0000 0001', version = version + 1 where id = $1`, [
      ids.hefei?.submissions,
    ])
    const told = []
    for (const status of ['draft', 'submitted', 'shortlisted', 'returned'])
      told.push(
        await within(status, async (id) => [
          await read_as('suzhou', 'hosting', id),
          await read_as('suzhou', 'public', id),
        ]),
      )
    const whole = [{ phone: '13600000001', remark: '电话 136 0000 0001' }]
    expect(told).toEqual([
      [[], []],
      [[{ phone: '136****0001', remark: '电话 136****0001' }], []],
      [whole, whole],
      [[], []],
    ])
    expect(await read_as('huaibei', 'hosting', ids.hefei?.submissions as number)).toEqual([])
  })

  test('of texts and history, the tables themselves tell roles with views nothing', async () => {
    for (const [role, username] of [
      ['cac', 'cac'],
      ['juror', 'juror1'],
    ] as const) {
      const texts = await world.owner<{ relation: string; name: string }>(
        `select c.relname as relation, a.attname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
         where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'json'::regtype)
           and has_column_privilege($2, c.oid, a.attnum, 'select')`,
        [[...Object.keys(forms), 'comments', 'changes'], roleName(role)],
      )
      expect([role, texts]).toEqual([role, []])
      const ask = (text: string) => as(role, people[username] as number, (query) => codeOf(query(text)))
      for (const text of [
        'select name from files',
        'select before from public.changes',
        'select remark from public.events',
      ])
        expect([role, text, await ask(text)]).toEqual([role, text, refused])
    }
    for (const text of ['select after from public.changes', 'select name from files', 'select secret from changes'])
      expect([text, await asClerk('suzhou', (query) => codeOf(query(text)))]).not.toContain('done')
  })

  test('a host votes, seats jurors and reads scores for its own collections only', async () => {
    await within('shortlisted', async (id) => {
      const vote = (who: Username) =>
        asClerk(who, (query) =>
          codeOf(query(`insert into votes (submission_id, counted_on, votes) values ($1, '2019-08-01', 1)`, [id])),
        )
      expect([await vote('suzhou'), await vote('huaibei'), await vote('hefei')]).toEqual(['done', refused, refused])
      const seat = (who: Username) =>
        asClerk(who, (query) =>
          codeOf(
            query('insert into jury (collection_id, juror_id) values ($1, $2)', [world.collections.C5, people.juror1]),
          ),
        )
      expect([await seat('suzhou'), await seat('huaibei'), await seat('hefei')]).toEqual(['done', refused, refused])
    })
  })

  test('a juror scores as nobody else, and reads neither names nor numbers', async () => {
    await world.owner('insert into jury (collection_id, juror_id) values ($1, $2)', [
      world.collections.C5,
      people.juror1,
    ])
    await within('under_review', async (id) => {
      const asJuror = (who: string, text: string) => as('juror', people[who] as number, (query) => codeOf(query(text)))
      const score = `insert into scores (submission_id, items) values (${id}, '{"theme": 1, "craft": 1, "appeal": 1}')`
      expect([await asJuror('juror1', score), await asJuror('juror2', score)]).toEqual(['done', refused])
      expect(
        await asJuror(
          'juror1',
          `insert into scores (submission_id, juror_id, items) values (${id}, ${people.juror2}, '{"theme": 1, "craft": 1, "appeal": 1}')`,
        ),
      ).toBe(refused)
      for (const column of [
        'author',
        'phone',
        'phone_masked',
        'unit_id',
        'number',
        'author_workplace',
        'coauthors',
        'remark',
        'files',
        'created_by',
        '*',
      ])
        for (const table of ['submissions', 'told.submissions'])
          expect([column, await asJuror('juror1', `select ${column} from ${table}`)]).toEqual([column, refused])
      expect(await asJuror('juror1', `select id from submissions where author = '己一'`)).toBe(refused)
      expect(await asJuror('juror1', `select id from submissions order by unit_id`)).toBe(refused)
      for (const table of ['changes', 'comments', 'organizations', 'users', 'votes', 'jury', 'imports', 'tally'])
        expect([table, await asJuror('juror1', `select * from ${table}`)]).toEqual([table, refused])
      expect(await asJuror('juror1', 'select name from files')).toBe(refused)
    })
    await world.owner('delete from jury')
  })

  test('an internet office reads no phone in WHERE, ORDER BY or count, and writes one column of awards', async () => {
    const ask = (text: string) => as('cac', people['cac-hefei'] as number, (query) => codeOf(query(text)))
    for (const table of ['organizations', 'propagandists', 'attendance', 'submissions'].flatMap((name) => [
      name,
      `told.${name}`,
    ]))
      for (const text of [
        `select phone from ${table}`,
        `select count(phone) from ${table}`,
        `select id from ${table} order by phone`,
        `select id from ${table} where phone like '13%'`,
        `select t from ${table} t`,
        `update ${table.replace('told.', '')} set remark = 'x', version = version + 1`,
      ])
        expect([text, await ask(text)]).toEqual([text, refused])
    expect(await ask('select phone_masked from told.propagandists')).toBe('done')
    expect(await ask(`update awards set deeds = 'x', version = version + 1`)).toBe(refused)
    expect(await ask(`update awards set cac_opinion = 'x', version = version + 1`)).toBe('done')
    const seen = await as('cac', people['cac-hefei'] as number, (query) =>
      query('select distinct unit_id from told.organizations'),
    )
    expect(seen).toEqual([{ unit_id: world.units.合肥 }])
  })

  test('a deadline locks by the database’s own clock, and only those it is for', async () => {
    await world.owner(`update campaigns set today_on = '2019-08-27', version = version + 1`)
    await world.owner(`update stages set locks = '{events}', version = version + 1 where ends_on = '2019-08-26'`)
    const change = `update events set remark = '晚', version = version + 1 where id = $1 returning id`
    const late = (username: Username) => asClerk(username, (query) => query(change, [ids[username]?.events]))
    expect(await late('hefei')).toEqual([])
    const moved = await asClerk('hefei', (query) =>
      query(`select result from app.move('events', $1, 'submission', '', null)`, [[ids.hefei?.events]]),
    )
    expect(moved).toEqual([{ result: 'closed' }])
    await world.owner(
      `insert into reopenings (campaign_id, unit_id, form, until) values ($1, $2, 'events', '2019-08-27')`,
      [world.campaign_id, world.units.合肥],
    )
    expect(await late('hefei')).toEqual([{ id: ids.hefei?.events }])
    expect(await late('wuhu')).toEqual([])
    await world.owner(`update reopenings set until = '2019-08-26', version = version + 1`)
    expect(await late('hefei')).toEqual([])
    await world.owner(`update stages set locks = null, version = version + 1`)
    await world.owner('update campaigns set today_on = null, version = version + 1')
  })
})

describe('a person who is disabled or moved', () => {
  const seen = async (query: Query) =>
    (await query('select distinct unit_id from organizations')).map((row) => row.unit_id)
  const set = (text: string) => world.owner(`update users set ${text}, version = version + 1 where username = 'wuhu'`)

  test('loses it with the next request of a session that is open', async () => {
    const mine = `/organizations/${ids.wuhu?.organizations}`
    await wuhu.get(mine).expect(200)
    await set(`unit_id = (select id from units where short_name = '合肥')`)
    await wuhu.get(mine).expect(404)
    await wuhu.put(mine, { version: 1, remark: '还在' }).expect(404)
    await wuhu.get(`/organizations/${ids.hefei?.organizations}`).expect(200)
    await set(`role = 'cac'`)
    const masked = await wuhu.get(`/organizations/${ids.hefei?.organizations}`).expect(200)
    expect(masked.body.phone).toBe('138****0001')
    await set('disabled_at = now()')
    await wuhu.get('/me').expect(401)
    await wuhu.get(mine).expect(401)
    await set(`disabled_at = null, role = 'clerk', unit_id = (select id from units where short_name = '芜湖')`)
    await wuhu.get(mine).expect(401) // let in again, one signs in anew
  })

  test('loses the old scope within an open transaction', async () => {
    await asClerk('wuhu', async (query) => {
      expect(await seen(query)).toEqual([world.units.芜湖])
      await set(`unit_id = (select id from units where short_name = '合肥')`)
      expect(await seen(query)).toEqual([world.units.合肥])
      await set('disabled_at = now()')
      expect(await seen(query)).toEqual([])
      expect(await query('select id from quotas')).toEqual([])
      expect(await codeOf(query(`select * from app.move('events', '{1}', 'submission', '', null)`))).toBe(refused)
    })
    await set(`disabled_at = null, unit_id = (select id from units where short_name = '芜湖')`)
  })
})
