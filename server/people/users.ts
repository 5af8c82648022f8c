/** The province's page of people: create, rename, move to another unit or role, disable, reset. */
import { type Request, type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Role, Trx } from '../database/connection.ts'
import { wordsOf } from '../database/words.ts'
import { badRequest, forbidden, invalid, notFound, stale, versionMissing } from '../errors.ts'
import { MAX_TOLD_NAMES } from '../records/edits.ts'
import { type ListQuery, rangeOf, readListQuery } from '../records/query.ts'
import { asAsker, idOf } from '../requests.ts'
import { hashPassword, makePassword, passwordFault } from './passwords.ts'

const roles = ['province', 'cac', 'clerk', 'juror']
const MAX_USERS = 1000

const writable = ['name', 'role', 'unit_id', 'disabled', 'version']
const shown = ['id', 'username', ...writable, 'must_change_password', 'created_at', 'updated_at']

/** A person as GET /users answers it; never with a password. */
export type User = {
  id: number
  username: string
  name: string
  role: Role
  unit_id: number | null
  unit_id_label: string | null
  disabled: boolean
  must_change_password: boolean
  version: number
  created_at: string
  updated_at: string
}

const cellOf = (user: User, name: string): unknown => user[name as keyof User]

const read = async (trx: Trx, id?: number) =>
  (
    await sql<User>`
      select u.id, u.username, u.name, u.role, u.unit_id, (select n.short_name from units n where n.id = u.unit_id) as unit_id_label,
        u.disabled_at is not null as disabled, u.must_change_password, u.version, u.created_at, u.updated_at
      from users u where ${id === undefined ? sql`true` : sql`u.id = ${id}`} order by u.id limit ${MAX_USERS}`.execute(
      trx,
    )
  ).rows

/** The faults of a user as sent; the same for a new one and a change. */
function faultsOf({ username, name, role, unit_id }: Record<string, unknown>, isNew: boolean): Record<string, string> {
  const errors: Record<string, string> = {}
  if (isNew && !/^[a-z][a-z0-9_.-]{1,39}$/.test(String(username ?? '').toLowerCase()))
    errors.username = '用户名用 2 到 40 个小写字母、数字或 . _ -，以字母开头。'
  if (typeof name !== 'string' || !name.trim() || [...name].length > 40) errors.name = '姓名写 1 到 40 字。'
  if (!roles.includes(String(role))) errors.role = '请选角色。'
  const needsUnit = role === 'clerk' || role === 'province'
  if (needsUnit && !Number.isSafeInteger(unit_id)) errors.unit_id = '请选所在单位。'
  if (role === 'juror' && unit_id) errors.unit_id = '评委不属于任何单位。'
  return errors
}

/** An internet office on the level of the whole sees all units, so it is of none; that of a unit's place is of that unit. */
async function unitFault(trx: Trx, { role, unit_id }: Record<string, unknown>): Promise<Record<string, string>> {
  if (role !== 'cac' || !Number.isSafeInteger(unit_id)) return {}
  const found = await sql`select from units u join unit_kinds k on k.name = u.kind
    where u.id = ${unit_id} and k.duty = 'oversees' and k.deleted_at is null`.execute(trx)
  if (found.rows.length === 0) return {}
  const { office, level, area, unit_called } = await wordsOf(trx)
  return { unit_id: `${level}${office}看${area}，单位请留空；${unit_called}${office}选它的${unit_called}。` }
}

/** Keys that may not be sent are refused by name, unless they say what is stored. */
function unknownKeys(
  body: Record<string, unknown>,
  known: readonly string[],
  stored: Record<string, unknown> = {},
): Record<string, string> {
  const same = (name: string) => name in stored && JSON.stringify(body[name]) === JSON.stringify(stored[name])
  const unknown = Object.keys(body).filter((name) => !known.includes(name) && name !== 'unit_id_label' && !same(name))
  return Object.fromEntries(
    unknown
      .slice(0, MAX_TOLD_NAMES)
      .map((name) => [
        name.slice(0, 40),
        shown.includes(name) ? `“${name}”不能直接改。` : `没有“${name.slice(0, 40)}”这个栏目。`,
      ]),
  )
}

const isNamed = (user: User, text: string) => `${user.username} ${user.name}`.includes(text)
const inOrder = (one: unknown, other: unknown) =>
  typeof one === 'number' && typeof other === 'number'
    ? one - other
    : String(one ?? '').localeCompare(String(other ?? ''), 'zh-CN')

async function one(trx: Trx, id: number): Promise<User> {
  const [user] = await read(trx, id)
  if (!user) throw notFound()
  return user
}

/** Those of the users that a list asks for, in its order. */
function listed(users: readonly User[], { filter, sort }: Pick<ListQuery, 'filter' | 'sort'>): User[] {
  const unknown = [...Object.keys(filter), ...sort.map(([name]) => name)].find(
    (name) => name !== 'q' && !shown.includes(name),
  )
  if (unknown) throw badRequest(`“${unknown.slice(0, 40)}”不能用来筛选或排序。`)
  const isWanted = (user: User) =>
    Object.entries(filter).every(([name, value]) =>
      name === 'q' ? isNamed(user, String(value)) : [value].flat().includes(cellOf(user, name)),
    )
  const compared = (a: User, b: User) =>
    sort
      .map(([name, direction]) => inOrder(cellOf(a, name), cellOf(b, name)) * (direction === 'ASC' ? 1 : -1))
      .find((n) => n !== 0) ?? 0
  return users.filter(isWanted).sort(compared)
}

/** A new user, with the password where the system has made it. */
async function create(trx: Trx, body: Record<string, unknown>) {
  const errors = {
    ...faultsOf(body, true),
    ...(await unitFault(trx, body)),
    ...unknownKeys(body, [...writable, 'username', 'password']),
  }
  const password = body.password === undefined || body.password === '' ? makePassword() : body.password
  const fault = await passwordFault(password, String(body.username ?? ''))
  if (fault) errors.password = fault
  if (Object.keys(errors).length) throw invalid(errors)
  const username = String(body.username).toLowerCase()
  const known = await sql`select from users where username = ${username}`.execute(trx)
  if (known.rows.length) throw invalid({ username: '这个用户名已经有人用了。' })
  const added = await sql<{ id: number }>`insert into users (username, name, role, unit_id, password_hash)
    values (${username}, ${String(body.name).trim()}, ${body.role}, ${body.unit_id ?? null}, ${await hashPassword(String(password))}) returning id`.execute(
    trx,
  )
  return { ...(await one(trx, added.rows[0]?.id ?? 0)), password: body.password ? undefined : password }
}

async function change(trx: Trx, me: number, id: number, body: Record<string, unknown>): Promise<User> {
  const before = await one(trx, id)
  const after = { ...before, ...body }
  const errors = {
    ...faultsOf(after, false),
    ...(await unitFault(trx, after)),
    ...unknownKeys(body, writable, before),
  }
  if (before.id === me && (after.disabled === true || after.role !== before.role))
    errors.role = '不能停用自己，也不能改自己的角色。'
  if (Object.keys(errors).length) throw invalid(errors)
  const changed =
    await sql`update users set name = ${String(after.name).trim()}, role = ${after.role}, unit_id = ${after.unit_id ?? null},
    disabled_at = case when ${after.disabled === true} then coalesce(disabled_at, now()) end, version = version + 1
    where id = ${before.id} and version = ${body.version} returning id`.execute(trx)
  if (changed.rows.length === 0) throw stale(before)
  return one(trx, before.id)
}

/** GET, POST /users, GET, PUT /users/:id, POST /users/:id/reset. A reset or a move ends what the person could see at once. */
export function userRoutes(database: Database): Router {
  const router = Router()
  const asProvince = <T>(response: Response, fn: (trx: Trx, id: number) => Promise<T>) =>
    asAsker(database, response, (trx, person) => {
      if (person.role !== 'province') throw forbidden()
      return fn(trx, person.id)
    })
  const bodyOf = ({ body }: Request) => (body ?? {}) as Record<string, unknown>

  router.get('/users', async (request, response) => {
    const query = readListQuery(request.query, MAX_USERS)
    const { offset, limit } = query
    const wanted = listed(await asProvince(response, (trx) => read(trx)), query)
    const page = wanted.slice(offset, offset + limit)
    response.set('Content-Range', rangeOf('users', offset, page.length, wanted.length)).json(page)
  })

  router.get('/users/:id', async (request, response) => {
    response.json(await asProvince(response, (trx) => one(trx, idOf(request.params.id))))
  })

  router.post('/users', async (request, response) => {
    response.status(201).json(await asProvince(response, (trx) => create(trx, bodyOf(request))))
  })

  router.put('/users/:id', async (request, response) => {
    const body = bodyOf(request)
    if (!Number.isSafeInteger(body.version)) throw versionMissing()
    response.json(await asProvince(response, (trx, me) => change(trx, me, idOf(request.params.id), body)))
  })

  router.post('/users/:id/reset', async (request, response) => {
    const password = makePassword()
    const user = await asProvince(response, async (trx) => {
      const { id } = await one(trx, idOf(request.params.id))
      await sql`select app.reset_password(${id}, ${await hashPassword(password)})`.execute(trx)
      return one(trx, id)
    })
    response.json({ ...user, password })
  })
  return router
}
