/**
 * Logging in and out, and the answer of GET /me. A session is a random token in a cookie; PostgreSQL keeps its SHA-256, the
 * throttle and everything else, so that any number of servers share them.
 */
import { createHash, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { verify } from '@node-rs/argon2'
import { parseCookie } from 'cookie'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import type { Words } from '../database/words.ts'
import { badRequest, invalid, onlyLooking, Refusal, unauthenticated } from '../errors.ts'
import type { Forms } from '../forms/index.ts'
import { campaignsInOrder } from '../records/read.ts'
import { isImpersonating } from '../requests.ts'
import { hashPassword, passwordFault } from './passwords.ts'

const SESSION_HOURS = 12
const DEVICE_DAYS = 400
const MAX_TRIES_BY_NAME = 10
const MAX_TRIES_BY_ADDRESS = 200
const MAX_TRIES_BY_DEVICE = 10
const MAX_TRIES_BY_PASSWORD = 10

/** Verified against when there is no such person, so that both refusals take the same time. */
const nobody = await hashPassword(randomBytes(16).toString('hex'))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const makeToken = () => randomBytes(32).toString('base64url')

type Cookie = 'session' | 'device'
/** Over TLS a cookie says by its name that no other host and no plain page has set it. */
const nameOf = (cookie: Cookie, isSecure: boolean) => (isSecure ? `__Host-${cookie}` : cookie)

/** The hash of a cookie's token; `isSecure` where all our pages come over TLS, and a plain cookie is none of ours. */
function tokenOf(request: Request, cookie: Cookie, isSecure: boolean): string | undefined {
  const cookies = parseCookie(request.headers.cookie ?? '')
  const token = cookies[nameOf(cookie, true)] ?? (isSecure ? undefined : cookies[nameOf(cookie, false)])
  return token && token.length <= 100 ? sha256(token) : undefined
}

const isTls = (url: string | undefined) => url?.startsWith('https:') ?? false

/** Puts the session's identity, or none, on the response for the routes behind it. Asks nothing of the database. */
export const readSession =
  (publicUrls: readonly string[]): RequestHandler =>
  (request, response, next) => {
    const session = tokenOf(request, 'session', publicUrls.every(isTls))
    if (session) response.locals.identity = { session } satisfies Identity
    next()
  }

/** Routes behind this need a session; whether it still holds is found by the transaction itself. */
export const needSession: RequestHandler = (_request, response, next) => {
  if (!response.locals.identity) throw unauthenticated()
  next()
}

/** A change of state this person may ask for, from which states, and whether it needs a reason. */
export type Action = { action: string; label: string; from: string[]; needs_reason: boolean }

export type Rights = {
  read: boolean
  create: boolean
  update: boolean
  remove: boolean
  import: boolean
  export: boolean
  fields_hidden: string[]
  fields_masked: string[]
  fields_writable: string[]
  actions: Action[]
}

/** `today` is the campaign's own day, 'YYYY-MM-DD'. */
export type Campaign = {
  id: number
  year: number
  name: string
  /** preparing: seen by the province alone. archived: looked at only. */
  state: 'preparing' | 'running' | 'archived'
  theme: string | null
  notice_number: string | null
  starts_on: string
  ends_on: string
  today: string
  words: Words
  /** Whether units have tasks of their own. */
  has_quotas: boolean
  /** What of 表彰推荐 is a prize of works, put forward by their host. */
  prizes: string[]
}

export type { Words } from '../database/words.ts'

/** The answer of GET /welcome: what the login page says of the campaign that runs. */
export type Welcome = Pick<Words, 'lead_name' | 'contact' | 'office' | 'unit_called'> & {
  department: string | null
  title: string
  text: string
  notice_number: string | null
}

/** The answer of GET /me. */
export type Me = Person & {
  unit_name: string | null
  unit_short_name: string | null
  /** Collections whose works this person's unit receives and judges. */
  hosted: number[]
  campaigns: Campaign[]
  /** The campaign that is looked at as somebody else; null where one is oneself. */
  impersonation: { campaign_id: number } | null
  /** The campaign one begins with, and the day it stands at. */
  campaign: Campaign | null
  today: string | null
  forms: Record<string, Rights | undefined>
}

const onlyRead = { insert: new Set<string>(), update: new Set<string>() }

type DeclaredTransition = Action & { flow: string; by: string[] }

function rightsOf(
  database: Database,
  person: Person,
  forms: Forms,
  transitions: DeclaredTransition[],
  hosts: boolean,
): Record<string, Rights> {
  const capacities = isImpersonating(person)
    ? []
    : ({ province: ['province', 'unit'], clerk: hosts ? ['unit', 'host'] : ['unit'], cac: [], juror: [] }[
        person.role
      ] as string[])
  return Object.fromEntries(
    Object.values(forms).map((form) => {
      const { seen, ...writable } = database.catalogue.sight(person.role, form)
      const { insert, update } = isImpersonating(person) ? onlyRead : writable
      const flow = form.flow ?? (form.scope === 'unit' ? 'register' : undefined)
      const actions = transitions.filter(
        (each) => each.flow === flow && each.by.some((who) => capacities.includes(who)),
      )
      return [
        form.name,
        {
          read: seen.has('id'),
          create: insert.size > 0,
          update: update.size > 0,
          remove: update.has('deleted_at'),
          import: insert.size > 0,
          export: seen.has('id') && person.role !== 'juror',
          fields_hidden: form.fields.filter((field) => !seen.has(field.name)).map((field) => field.name),
          fields_masked: form.fields.filter((field) => seen.get(field.name)?.by === 'mask').map((field) => field.name),
          fields_writable: form.fields
            .filter((field) => !field.derived && update.has(field.name))
            .map((field) => field.name),
          actions: actions.map(({ action, label, from, needs_reason }) => ({ action, label, from, needs_reason })),
        },
      ]
    }),
  )
}

const declared = sql`(select json_agg(t) from (select flow, action, label, from_status as "from", by, needs_reason from app.transitions) t)`

/** What a person may do with these forms, as GET /me tells it of all. */
export async function rightsFor(database: Database, trx: Trx, person: Person, forms: Forms) {
  const found = await sql<{ transitions: DeclaredTransition[]; hosts: boolean }>`
    select ${declared} as transitions, coalesce(cardinality(app.my_collections()), 0) > 0 as hosts`.execute(trx)
  const { transitions = [], hosts = false } = found.rows[0] ?? {}
  return rightsOf(database, person, forms, transitions, hosts)
}

/** Who the person is and may do: what the admin builds its menu, grids and buttons from. */
async function whoAmI(database: Database, trx: Trx, person: Person): Promise<Me> {
  type Frame = Pick<Me, 'unit_name' | 'unit_short_name' | 'hosted' | 'campaigns' | 'impersonation'> & {
    transitions: DeclaredTransition[]
    begins_with: number | null
  }
  const { rows } = await sql<{ frame: Frame }>`
    select json_build_object(
      'unit_name', (select u.name from units u where u.id = ${person.unit_id}::integer),
      'unit_short_name', (select u.short_name from units u where u.id = ${person.unit_id}::integer),
      'hosted', app.my_collections(),
      'impersonation', (select json_build_object('campaign_id', i.campaign_id) from app.impersonation() i where i.id is not null),
      'campaigns', (select coalesce(json_agg(c), '[]') from (
        select c.id, c.year, c.name, c.state, c.theme, c.notice_number, c.starts_on, c.ends_on, app.today(c.id) as today, app.words(c.id) as words, app.prizes_of(c.id) as prizes,
          exists (select from metrics m where m.campaign_id = c.id and m.has_quota and m.deleted_at is null) as has_quotas from campaigns c
        where c.deleted_at is null order by c.year desc, c.id desc) c),
      'begins_with', (select c.id from campaigns c where c.deleted_at is null ${campaignsInOrder} limit 1),
      'transitions', ${declared}
    ) as frame`.execute(trx)
  const { transitions, begins_with, ...frame } = (rows[0] as { frame: Frame }).frame
  const campaign = frame.campaigns.find(({ id }) => id === (frame.impersonation?.campaign_id ?? begins_with)) ?? null
  return {
    ...person,
    ...frame,
    campaign,
    today: campaign?.today ?? null,
    forms: rightsOf(database, person, database.definitions.of(), transitions, frame.hosted.length > 0),
  }
}

/** Whose tries are counted together: an address of version 6 stands for the network a household gets. */
function addressKey(ip = ''): string {
  if (isIP(ip) !== 6) return `address:${ip}`
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (mapped) return `address:${mapped}`
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? []
  const first = head.split(':').filter(Boolean)
  const last = tail?.split(':').filter(Boolean) ?? []
  const groups = [...first, ...Array(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last]
  return `address:${groups.slice(0, 4).join(':')}::/64`
}

type FoundUser = { id: number; password_hash: string; is_known_device: boolean }
/** Whose password is to be compared, after counting the try. From a device of the person's only its own tries count. */
async function findLogin(trx: Trx, name: string, ip: string | undefined, device: string | undefined) {
  const found = await sql<FoundUser>`select * from app.find_login(${name}, ${device ?? null})`.execute(trx)
  const person = found.rows[0]
  const limits: [string, number][] = person?.is_known_device
    ? [[`device:${device} ${person.id}`, MAX_TRIES_BY_DEVICE]]
    : [
        [`name:${sha256(name)}`, MAX_TRIES_BY_NAME],
        [addressKey(ip), MAX_TRIES_BY_ADDRESS],
      ]
  let isThrottled = false
  for (const [key, most] of limits) {
    const tries = await countTry(trx, key)
    if (tries > most) isThrottled = true
    if (tries === most + 1) await noteGuess(trx, person?.id, 'sign_in_locked', ip)
  }
  return { person, isThrottled, forgiven: limits[0]?.[0] ?? '' }
}

/** Tries under this key in the last quarter of an hour, this one included. */
const countTry = async (trx: Trx, key: string) =>
  (await sql<{ n: number }>`select app.count_attempt(${[key]}::text[]) as n`.execute(trx)).rows[0]?.n ?? 0

/** Leaves a line in the history. Tries are limited, and so are their lines. */
const noteGuess = (
  trx: Trx,
  id: number | undefined,
  action: 'sign_in_failed' | 'sign_in_locked' | 'password_failed',
  ip = '',
) => sql`select app.note_guess(${id ?? null}::integer, ${action}, ${ip})`.execute(trx)

const forgiveTries = (trx: Trx, key: string) => sql`select app.forget_attempts(${[key]}::text[])`.execute(trx)

function throttled(response: Response): Refusal {
  response.set('Retry-After', '900')
  return new Refusal(429, '试的次数太多，请 15 分钟后再试。')
}

/** GET /welcome, POST /login, POST /logout, GET /me, PUT /me/password. */
export function sessionRoutes(database: Database, publicUrls: readonly string[]): Router {
  const router = Router()
  const isAllTls = publicUrls.every(isTls)

  router.post('/login', async (request, response) => {
    const { username, password } = (request.body ?? {}) as Record<string, unknown>
    if (typeof username !== 'string' || typeof password !== 'string' || username.length > 100 || password.length > 1000)
      throw badRequest('请填写用户名和密码。')
    const name = username.trim().toLowerCase()
    const device = tokenOf(request, 'device', isAllTls)
    const { person, isThrottled, forgiven } = await database.asGate((trx) => findLogin(trx, name, request.ip, device))
    if (isThrottled) throw throttled(response)
    const isRight = await verify(person?.password_hash ?? nobody, password)
    if (!person || !isRight) {
      await database.asGate((trx) => noteGuess(trx, person?.id, 'sign_in_failed', request.ip))
      throw new Refusal(401, '用户名或密码不对，请再试一次。')
    }
    const tokens = { session: makeToken(), device: makeToken() }
    const identity = { session: sha256(tokens.session) }
    const before = response.locals.identity as { session: string } | undefined
    await database.asGate(async (trx) => {
      await forgiveTries(trx, forgiven)
      if (before) await sql`select app.close_session(${before.session})`.execute(trx)
      await sql`select app.open_session(${person.id}, ${identity.session}, ${SESSION_HOURS})`.execute(trx)
      // a new token each time: one that somebody put into this browser would be theirs, too
      await sql`select app.know_device(${person.id}, ${device ?? null}, ${sha256(tokens.device)}, ${DEVICE_DAYS})`.execute(
        trx,
      )
    })
    const secure = isTls(request.headers.origin)
    const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const
    response.cookie(nameOf('session', secure), tokens.session, { ...options, maxAge: SESSION_HOURS * 3_600_000 })
    response.cookie(nameOf('device', secure), tokens.device, { ...options, maxAge: DEVICE_DAYS * 86_400_000 })
    response.json(
      await database.inTx(identity, (trx, me) => whoAmI(database, trx, me), { before_password_change: true }),
    )
  })

  router.get('/welcome', async (_request, response) => {
    const found = await database.asGate((trx) => sql<{ words: Welcome }>`select app.welcome() as words`.execute(trx))
    response.json(found.rows[0]?.words)
  })

  router.post('/logout', async (request, response) => {
    const { identity } = response.locals as { identity?: { session: string } }
    if (identity) await database.asGate((trx) => sql`select app.close_session(${identity.session})`.execute(trx))
    const secure = isTls(request.headers.origin)
    response.clearCookie(nameOf('session', secure), { path: '/', secure })
    response.status(204).end()
  })

  router.get('/me', needSession, async (_request, response) => {
    response.json(
      await database.inTx(response.locals.identity, (trx, person) => whoAmI(database, trx, person), {
        before_password_change: true,
      }),
    )
  })

  router.put('/me/password', needSession, async (request, response) => {
    const { current, next } = (request.body ?? {}) as Record<string, unknown>
    const { identity, request_id } = response.locals as { identity: { session: string }; request_id: string }
    const options = { before_password_change: true, request_id }
    const { id, username, hash } = await database.inTx(
      identity,
      async (trx, person) => {
        if (isImpersonating(person)) throw onlyLooking()
        const known = await sql<{ hash: string }>`select app.my_password_hash() as hash`.execute(trx)
        return { ...person, hash: known.rows[0]?.hash ?? nobody }
      },
      options,
    )
    // a session left open is no leave to guess
    const key = `current:${id}`
    if ((await database.asGate((trx) => countTry(trx, key))) > MAX_TRIES_BY_PASSWORD) throw throttled(response)
    if (typeof current !== 'string' || !(await verify(hash, current))) {
      await database.asGate((trx) => noteGuess(trx, id, 'password_failed', request.ip))
      throw invalid({ current: '现在的密码不对，请再试一次。' })
    }
    await database.asGate((trx) => forgiveTries(trx, key))
    const fault = (await passwordFault(next, username)) ?? (next === current ? '新密码不能和现在的一样。' : undefined)
    if (fault) throw invalid({ next: fault })
    const hashed = await hashPassword(String(next))
    await database.inTx(
      identity,
      (trx) => sql`select app.change_my_password(${hashed}, ${identity.session})`.execute(trx),
      options,
    )
    response.status(204).end()
  })

  return router
}
