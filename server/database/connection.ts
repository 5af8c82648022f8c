/**
 * The connection pool of PostgreSQL. Every statement runs inside `inTx(identity, fn)`: a transaction that has named the person and
 * taken the person's role; the login behind it may do nothing at all. `pg` is imported here and nowhere else in server/.
 */
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { asRefusal, forbidden, isMistyped, redefined, unauthenticated } from '../errors.ts'
import { type Catalogue, searchPaths } from './catalogue.ts'
import type { Definitions } from './definitions.ts'
import { keepUp, type ReadRows, readVocabulary, type Vocabulary } from './vocabulary.ts'

/** Tables are known to the forms, not to TypeScript: this is the one `any` of the house. */
// biome-ignore lint/suspicious/noExplicitAny: rows of every form go through the same functions
type AnyTables = any
export type Trx = Kysely<AnyTables>

export type Role = 'province' | 'cac' | 'clerk' | 'juror'
export type Person = {
  id: number
  username: string
  name: string
  role: Role
  unit_id: number | null
  must_change_password: boolean
}

/** Who asks: a session's token (its SHA-256), or, for work that outlives its request, the person's id. */
export type Identity = { session: string } | { user_id: number }
type InTx = <T>(identity: Identity, fn: (trx: Trx, person: Person) => Promise<T>, options?: TxOptions) => Promise<T>
type TxOptions = {
  request_id?: string
  /** Recorded with every change of this transaction. */
  import_id?: number
  /** Let a person through who has to change the password first. */
  before_password_change?: boolean
  /** Do everything, keep nothing: a preview. */
  roll_back?: boolean
}

type Listener = {
  onNotice: (channel: string, payload: string) => void
  /** Listening has begun; earlier notices are lost. Called again after every interruption. */
  onConnected: () => void
}
/** Listens on these channels, on a connection of its own that reconnects by itself. Returns how to stop. */
type Listen = (channels: readonly string[], listener: Listener) => () => void

export type Database = {
  inTx: InTx
  /** Sessions and log-ins: the role that may call those functions and read no table. */
  asGate: <T>(fn: (trx: Trx) => Promise<T>) => Promise<T>
  /** What roles may see and write, and which forms there are: to be asked anew each time, both change while the server runs. */
  readonly catalogue: Catalogue
  readonly definitions: Definitions
  /** Definitions and catalogue with what a transaction has changed of them itself; asked where it goes on to use that. */
  within: (trx: Trx) => Promise<Vocabulary>
  listen: Listen
  isReady: () => Promise<boolean>
  close: () => Promise<void>
}

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)

const hex = /^[0-9a-f]{64}$/
const label = /^[\w-]{0,64}$/

/** Opens a transaction in the role that may ask who somebody is, and nothing else. */
const open = 'begin; set local role haowangmin_gate'

/** The statement that makes an open transaction somebody's (read only below 0: of who looks as somebody else), sent along with its beginning. */
function entering(identity: Identity, options: TxOptions): pg.QueryConfig {
  const { request_id = '', import_id } = options
  if (!label.test(request_id)) throw new Error('request_id')
  if (import_id !== undefined && !Number.isSafeInteger(import_id)) throw new Error('import_id')
  if ('session' in identity ? !hex.test(identity.session) : !Number.isSafeInteger(identity.user_id))
    throw unauthenticated()
  const [name, who, by] =
    'session' in identity
      ? ['enter_session', identity.session, 'app.session($1)']
      : ['enter_identity', identity.user_id, 'app.identity($1)']
  const text = `select set_config('role', 'haowangmin_' || s.role, true), set_config('app.user_id', s.id::text, true), set_config('app.request_id', $2, true),
    set_config('app.import_id', $3, true), set_config('search_path', $4::jsonb ->> s.role, true),
    case when s.id < 0 then set_config('transaction_read_only', 'on', true) end as set_config, app.definitions_version() as definitions_version, s.* from ${by} s`
  return { name, text, values: [who, request_id, String(import_id ?? ''), JSON.stringify(searchPaths)] }
}

const bound = new WeakMap<pg.PoolClient, Trx>()

const MAX_PREPARED_STATEMENTS = 300
const MAX_PREPARED_CHARS = 20_000

/**
 * Statements met before on a connection are prepared there: parsing and planning cost more than most of them take. What was
 * prepared before the definitions changed is not used again: its result might have other columns.
 */
function preparing(client: pg.PoolClient, version: () => number) {
  const met = new Map<string, string>()
  let metAt = version()
  return (text: string, values: unknown[]) => {
    if (metAt !== version()) {
      metAt = version()
      met.clear()
    }
    const name = met.get(text)
    if (name === undefined && text.length <= MAX_PREPARED_CHARS && met.size < MAX_PREPARED_STATEMENTS)
      met.set(text, `s${metAt}_${met.size}`)
    return client.query({ text, values, name })
  }
}

/** Kysely over one connection, kept with the connection. */
function kyselyOf(client: pg.PoolClient, version: () => number): Trx {
  const known = bound.get(client)
  if (known) return known
  const connection = { query: preparing(client, version), release() {} } as unknown as pg.PoolClient
  const trx: Trx = new Kysely({
    dialect: new PostgresDialect({ pool: { connect: async () => connection, end: async () => {} } }),
  })
  bound.set(client, trx)
  return trx
}

const PING_EVERY_MS = 20_000
const PING_TIMEOUT_MS = 10_000
const MAX_RECONNECT_PAUSE_MS = 10_000

/** One connection that listens. A lost one is opened again, sooner at first; a silent one is taken for lost. */
function listening(url: string, channels: readonly string[], listener: Listener): () => void {
  if (channels.some((channel) => !label.test(channel))) throw new Error('channel')
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let pause = 250
  let isStopped = false

  async function open() {
    const mine = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: PING_TIMEOUT_MS,
      query_timeout: PING_TIMEOUT_MS,
      application_name: 'haowangmin listener',
    })
    client = mine
    // Both an error and the end report a loss; only the first report counts.
    mine.on('error', () => lost(mine))
    mine.on('end', () => lost(mine))
    mine.on('notification', ({ channel, payload = '' }) => listener.onNotice(channel, payload))
    try {
      await mine.connect()
      for (const channel of channels) await mine.query(`listen ${mine.escapeIdentifier(channel)}`)
      pause = 250
      if (mine === client) listener.onConnected()
      ping(mine)
    } catch {
      lost(mine)
    }
  }

  function ping(mine: pg.Client) {
    if (mine !== client || isStopped) return
    timer = setTimeout(
      () =>
        mine.query('select 1').then(
          () => ping(mine),
          () => lost(mine),
        ),
      PING_EVERY_MS,
    )
    timer.unref()
  }

  function lost(mine: pg.Client) {
    if (mine !== client) return
    client = undefined
    mine.end().catch(() => {})
    clearTimeout(timer)
    if (isStopped) return
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2))
    timer.unref()
    pause = Math.min(MAX_RECONNECT_PAUSE_MS, pause * 2)
  }

  void open()
  return () => {
    isStopped = true
    clearTimeout(timer)
    if (client) lost(client)
  }
}

const rowsOf =
  (client: pg.PoolClient): ReadRows =>
  (text) =>
    client.query(text).then(({ rows }) => rows)

/**
 * Opens the working connections. `url` is the login without rights of its own.
 * Throws when the database is out of reach or not migrated.
 */
export async function openDatabase(url: string, options: { connections?: number } = {}): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 20,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    options: '-c timezone=Asia/Shanghai -c jit=off',
    application_name: 'haowangmin',
    // statements that need no answer of each other go out together: a transaction's beginning and who it is for
    pipeline: true,
  })
  pool.on('error', (error) => console.error('database connection lost:', error.message))
  // The loss of a connection in use is reported twice: to its query, and here.
  pool.on('connect', (client) => client.on('error', () => {}))

  async function transaction<T>(
    enter: pg.QueryConfig | undefined,
    fn: (client: pg.PoolClient, entered: pg.QueryResult | undefined) => Promise<T>,
    rollBack = false,
  ): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      const [, entered] = await Promise.all([client.query(open), enter && client.query(enter)])
      const result = await fn(client, entered)
      await client.query(rollBack ? 'rollback' : 'commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((lost: Error) => {
        broken = lost
      })
      throw asRefusal(error)
    } finally {
      client.release(broken)
    }
  }

  const known = keepUp(await transaction(undefined, (client) => readVocabulary(rowsOf(client))))
  const version = () => known.current().definitions.version

  /** Whether a statement failed because a column has got another type since its transaction began. */
  async function isOutdated(error: unknown, began: number): Promise<boolean> {
    if (!isMistyped(error)) return false
    const asked = 'select app.definitions_version() as version'
    return transaction(undefined, async (client) => Number((await client.query(asked)).rows[0]?.version) > began)
  }

  const listeners = new Set<() => void>()
  const listen: Listen = (channels, listener) => {
    const end = listening(url, channels, listener)
    const stop = () => {
      listeners.delete(stop)
      end()
    }
    listeners.add(stop)
    return stop
  }

  const inTx: InTx = (identity, fn, tx = {}) =>
    transaction(
      entering(identity, tx),
      async (client, entered) => {
        const person = entered?.rows[0] as Person | undefined
        if (!person) throw unauthenticated()
        if (person.must_change_password && !tx.before_password_change) throw forbidden('请先修改初始密码。')
        const began = Number(entered?.rows[0].definitions_version)
        await known.upTo(began, rowsOf(client))
        return fn(kyselyOf(client, version), person).catch(async (error) => {
          throw (await isOutdated(error, began)) ? redefined() : error
        })
      },
      tx.roll_back,
    )

  return {
    inTx,
    asGate: (fn) => transaction(undefined, (client) => fn(kyselyOf(client, version))),
    within: (trx) => readVocabulary((text) => trx.executeQuery(CompiledQuery.raw(text)).then(({ rows }) => rows)),
    get catalogue() {
      return known.current().catalogue
    },
    get definitions() {
      return known.current().definitions
    },
    listen,
    // as a request begins: a database that has lost its roles answers `select 1` all the same
    isReady: () =>
      transaction(undefined, (client) => client.query('select app.find_login($1, null)', [''])).then(
        () => true,
        () => false,
      ),
    close: () => {
      for (const stop of listeners) stop()
      return pool.end()
    },
  }
}
