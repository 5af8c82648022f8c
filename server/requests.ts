/** What every route does with a request: ids and objects in it, and a transaction as the person whose session it carries. */
import type { Request, Response } from 'express'
import type { Database, Identity, Person, Trx } from './database/connection.ts'
import { notFound, onlyLooking } from './errors.ts'

/** Requests that change nothing. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/** Whether somebody looks as somebody else (campaigns/impersonation.ts): under a number below 0, and in transactions that can't write. */
export const isImpersonating = ({ id }: Pick<Person, 'id'>): boolean => id < 0

/** A JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON value as one text, whatever order its names stand in: equal for equal contents. */
export const canonicalText = (content: unknown): string =>
  JSON.stringify(content, (_, value) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  )

/** An id as a body or a filter gives it. */
export const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31

/** An id as written in an address; anything else names nothing: 404. */
export function idOf(text: unknown): number {
  const id = Number(text)
  if (!/^\d{1,10}$/.test(String(text)) || !isId(id)) throw notFound()
  return id
}

/**
 * Runs `fn` in a transaction as the person of the request, whose number is kept with every change. What would write is refused
 * at once to who looks as somebody else: their transaction could not.
 */
export function asAsker<T>(
  database: Database,
  response: Pick<Response, 'locals'> & { req?: Request },
  fn: (trx: Trx, person: Person) => Promise<T>,
  options: { roll_back?: boolean } = {},
): Promise<T> {
  const { identity, request_id } = response.locals as { identity: Identity; request_id: string }
  const isUnsafe = !SAFE_METHODS.includes(response.req?.method ?? 'GET')
  return database.inTx(
    identity,
    (trx, person) => {
      if (isUnsafe && isImpersonating(person)) throw onlyLooking()
      return fn(trx, person)
    },
    { ...options, request_id },
  )
}
