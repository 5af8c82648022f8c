/**
 * Logging in and out, and who one is. A session is a random token in a cookie; PostgreSQL keeps its SHA-256, the
 * throttle and everything else, so that any number of servers share them.
 */
import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { parseCookie } from 'cookie'
import { type RequestHandler, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from './database.ts'
import { badRequest, invalid, Refusal, unauthenticated } from './errors.ts'
import { forms } from './forms/index.ts'

const cookieName = 'session'
const sessionHours = 12
const triesByName = 10
const triesByAddress = 200
const shortestPassword = 8
const longestPassword = 128

/** argon2id, as OWASP has it: 19 MiB, two passes. */
export const hashPassword = (password: string) => hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

/** Verified against when there is no such person, so that both refusals take the same time. */
const nobody = await hashPassword(randomBytes(16).toString('hex'))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A password one can read out over the phone: no letters that look alike. */
export function makePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from(randomBytes(12), (byte) => letters[byte % letters.length]).join('')
}

export function passwordFault(password: unknown): string | undefined {
  if (typeof password !== 'string' || password.length < shortestPassword) return `密码至少 ${shortestPassword} 位。`
  if (password.length > longestPassword) return `密码最多 ${longestPassword} 位。`
  if (new Set(password).size < 4) return '密码太简单，请多用几种字符。'
  return undefined
}

/** Puts the session's identity, or none, on the response for the routes behind it. Asks nothing of the database. */
export const readSession: RequestHandler = (request, response, next) => {
  const token = parseCookie(request.headers.cookie ?? '')[cookieName]
  if (token && token.length <= 100) response.locals.identity = { session: sha256(token) } satisfies Identity
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
  theme: string | null
  notice_number: string | null
  starts_on: string
  ends_on: string
  today: string
}

/** The answer of GET /me. */
export type Me = Person & {
  unit_name: string | null
  unit_short_name: string | null
  /** Collections whose works this person's unit receives and judges. */
  hosted: number[]
  campaigns: Campaign[]
  /** The latest campaign, and the day it stands at. */
  campaign: Campaign | null
  today: string | null
  forms: Record<string, Rights | undefined>
}

type Transition = Action & { flow: string; by: string[] }

function rightsOf(
  database: Database,
  person: Person,
  transitions: Transition[],
  hosts: boolean,
): Record<string, Rights> {
  const capacities = { province: ['province', 'unit'], clerk: hosts ? ['unit', 'host'] : ['unit'], cac: [], juror: [] }[
    person.role
  ] as string[]
  return Object.fromEntries(
    Object.values(forms).map((form) => {
      const { seen, insert, update } = database.catalogue.sight(person.role, form.name)
      const flow = form.flow ?? 'register'
      const actions =
        form.scope === 'unit'
          ? transitions.filter((each) => each.flow === flow && each.by.some((who) => capacities.includes(who)))
          : []
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

/** Who the person is and may do: what the admin builds its menu, grids and buttons from. */
async function whoAmI(database: Database, trx: Trx, person: Person): Promise<Me> {
  type Frame = Pick<Me, 'unit_name' | 'unit_short_name' | 'hosted' | 'campaigns'> & { transitions: Transition[] }
  const { rows } = await sql<{ frame: Frame }>`
    select json_build_object(
      'unit_name', (select u.name from units u where u.id = ${person.unit_id}::integer),
      'unit_short_name', (select u.short_name from units u where u.id = ${person.unit_id}::integer),
      'hosted', app.my_collections(),
      'campaigns', (select coalesce(json_agg(c), '[]') from (
        select c.id, c.year, c.name, c.theme, c.notice_number, c.starts_on, c.ends_on, app.today(c.id) as today from campaigns c
        where c.deleted_at is null order by c.year desc, c.id desc) c),
      'transitions', (select json_agg(t) from (select flow, action, label, from_status as "from", by, needs_reason from app.transitions) t)
    ) as frame`.execute(trx)
  const { transitions, ...frame } = (rows[0] as { frame: Frame }).frame
  const [campaign = null] = frame.campaigns
  return {
    ...person,
    ...frame,
    campaign,
    today: campaign?.today ?? null,
    forms: rightsOf(database, person, transitions, frame.hosted.length > 0),
  }
}

/** POST /login, POST /logout, GET /me, PUT /me/password. */
export function sessionRoutes(database: Database): Router {
  const router = Router()

  router.post('/login', async (request, response) => {
    const { username, password } = (request.body ?? {}) as Record<string, unknown>
    if (typeof username !== 'string' || typeof password !== 'string' || username.length > 100 || password.length > 1000)
      throw badRequest('请填写用户名和密码。')
    const name = username.trim().toLowerCase()
    const keys = [`name:${sha256(name)}`, `address:${request.ip}`]
    const found = await database.asGate(async (trx) => {
      const tries = async (key: string | undefined) =>
        (await sql<{ n: number }>`select app.count_attempt(${[key]}::text[]) as n`.execute(trx)).rows[0]?.n ?? 0
      const counts = [await tries(keys[0]), await tries(keys[1])] as const
      if (counts[0] > triesByName || counts[1] > triesByAddress) return 'throttled' as const
      const person = await sql<{
        id: number
        password_hash: string
      }>`select id, password_hash from app.find_login(${name})`.execute(trx)
      return person.rows[0]
    })
    if (found === 'throttled') {
      response.set('Retry-After', '900')
      throw new Refusal(429, '试的次数太多，请 15 分钟后再试。')
    }
    const isRight = await verify(found?.password_hash ?? nobody, password)
    if (!found || !isRight) throw new Refusal(401, '用户名或密码不对，请再试一次。')
    const token = randomBytes(32).toString('base64url')
    await database.asGate(async (trx) => {
      await sql`select app.forget_attempts(${[keys[0]]}::text[])`.execute(trx)
      await sql`select app.open_session(${found.id}, ${sha256(token)}, ${sessionHours})`.execute(trx)
    })
    response.cookie(cookieName, token, {
      httpOnly: true,
      sameSite: 'lax',
      secure: request.secure,
      path: '/',
      maxAge: sessionHours * 3_600_000,
    })
    const identity = { session: sha256(token) }
    response.json(
      await database.inTx(identity, (trx, person) => whoAmI(database, trx, person), { before_password_change: true }),
    )
  })

  router.post('/logout', async (_request, response) => {
    const { identity } = response.locals as { identity?: { session: string } }
    if (identity) await database.asGate((trx) => sql`select app.close_session(${identity.session})`.execute(trx))
    response.clearCookie(cookieName, { path: '/' })
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
    const known = await database.inTx(
      identity,
      (trx) => sql<{ hash: string }>`select app.my_password_hash() as hash`.execute(trx),
      options,
    )
    if (typeof current !== 'string' || !(await verify(known.rows[0]?.hash ?? nobody, current)))
      throw invalid({ current: '现在的密码不对，请再试一次。' })
    const fault = passwordFault(next) ?? (next === current ? '新密码不能和现在的一样。' : undefined)
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
