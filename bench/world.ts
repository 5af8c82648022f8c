/** The database that is measured: one private PostgreSQL, the 2019 campaign, attendance in bulk, and a twin table for the floor. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPrivatePostgres } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { loadCampaign2019 } from '../seeds/index.ts'
import { hashPassword } from '../server/people/passwords.ts'
import { appLogin } from '../server/settings.ts'
import { parentOf, processorTime, type Served, serve } from './processes.ts'

const password = 'bench-2019'
const ROWS_AN_EVENT = 250

export type BenchWorld = {
  address: string
  ownerUrl: string
  /** The address an application server is given. */
  appUrl: string
  owner: pg.Pool
  /** The application's process. */
  pid: number
  /** The floor's address, started when it is first asked for. */
  floor: () => Promise<string>
  /** Milliseconds of processor time so far: the application's process, these others, and all of PostgreSQL. */
  processorTime: (pids?: readonly number[]) => number
  cookie: string
  campaign_id: number
  unit_id: number
  /** Makes 合肥 hold just so many attendance rows, and the floor's twin table the same. */
  fill: (rows: number) => Promise<void>
  stop: () => Promise<void>
}

/** Rows without the triggers' history, which is measured by changes and imports; the tally is set to what is there. */
async function fill(owner: pg.Pool, campaign_id: number, unit_id: number, rows: number) {
  await owner.query('truncate attendance, changes; drop schema if exists floor cascade; create schema floor')
  await owner.query('delete from events')
  await owner.query('alter table attendance disable trigger user; alter table events disable trigger user')
  await owner.query(
    `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount)
     select $1, $2, '第' || n || '场网络安全知识竞赛', '知识竞赛', date '2019-06-01' + n % 80, '职工之家', 250
     from generate_series(1, $3::int) n`,
    [campaign_id, unit_id, Math.ceil(rows / ROWS_AN_EVENT)],
  )
  await owner.query(
    `insert into attendance (campaign_id, unit_id, event_id, name, gender, workplace, job, phone, signed_at, way)
     select $1, $2, (select min(id) from events) + (n - 1) / $4::int, '职工' || n, case n % 2 when 0 then '男' else '女' end,
       '合肥测试' || n % 300 || '厂', '操作工', '1' || (3000000000 + n)::text, timestamp '2019-06-01 08:00' + n % 80 * interval '1 day', '导入'
     from generate_series(1, $3::int) n`,
    [campaign_id, unit_id, rows, ROWS_AN_EVENT],
  )
  await owner.query('alter table attendance enable trigger user; alter table events enable trigger user')
  await owner.query(
    `delete from tally; insert into tally select 'attendance', campaign_id, unit_id, status, count(*) from attendance group by 2, 3, 4`,
  )
  await owner.query(`
    create table floor.attendance as table attendance;
    alter table floor.attendance add primary key (id);
    create index on floor.attendance (unit_id, id);
    create table floor.copied as table attendance with no data`)
  await owner.query('analyze')
}

/** Starts PostgreSQL and the application, each in processes of its own. */
export async function makeBenchWorld(): Promise<BenchWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'haowangmin-bench-'))
  const postgres = await startPrivatePostgres({ folder })
  const login = appLogin(postgres.url)
  await migrate(postgres.url, { login: { name: login.user, password: login.password } })
  await loadCampaign2019(postgres.url)
  const owner = new pg.Pool({ connectionString: postgres.url, max: 20 })
  owner.on('error', (error) => console.error('floor connection lost:', error.message))
  const { rows } = await owner.query<{ campaign_id: number; unit_id: number }>(
    `select (select id from campaigns) as campaign_id, (select id from units where short_name = '合肥') as unit_id`,
  )
  const { campaign_id, unit_id } = rows[0] as { campaign_id: number; unit_id: number }
  await owner.query(
    `insert into users (username, name, role, unit_id, password_hash, must_change_password) values ('hefei', '测试', 'clerk', $1, $2, false)`,
    [unit_id, await hashPassword(password)],
  )
  const { rows: backend } = await owner.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = parentOf(backend[0]?.pid ?? 0)
  const ours = await serve('ours', { BENCH_URL: login.url })
  let bare: Served | undefined
  const { address, pid } = ours
  const answer = await fetch(`${address}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ username: 'hefei', password }),
  })
  return {
    address,
    ownerUrl: postgres.url,
    appUrl: login.url,
    owner,
    cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    campaign_id,
    unit_id,
    pid,
    floor: async () => {
      bare ??= await serve('floor', { BENCH_URL: postgres.url, BENCH_UNIT: String(unit_id) })
      return bare.address
    },
    processorTime: (pids = []) => processorTime([pid, ...pids], postmaster),
    fill: (count) => fill(owner, campaign_id, unit_id, count),
    stop: async () => {
      await ours.stop()
      await bare?.stop()
      await owner.end()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
