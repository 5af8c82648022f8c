/**
 * The JSON a request brings: how large it may be on which route, and who may send it. Parsing twenty megabytes holds
 * everybody up, so large bodies are read only once PostgreSQL has confirmed the session; small ones are read first, so that
 * a list or a cell needs only one query.
 */
import express, { type Request, type RequestHandler } from 'express'
import type { Database } from './database/connection.ts'
import { badRequest, notFound, tooLarge, unauthenticated } from './errors.ts'
import { type Forms, formOf } from './forms/index.ts'
import { asAsker } from './requests.ts'

/** A name and a password. */
const LOGIN_BODY_BYTES = 4 * 1024
/** One row of any form, its longest texts in their longest characters. */
const ROW_BODY_BYTES = 64 * 1024
const BULK_BODY_BYTES = 20 * 1_048_576

/** What may be asked without a session, or before it is known to hold. */
const aboutOneself = ['/login', '/logout', '/me/password']
/** Many rows, ids of many, or what was decided about them: POST /events/bulk, /events/submission, PATCH /imports/7/rows. */
function isAboutMany(path: string, forms: Forms): boolean {
  const [, name = ''] = /^\/(\w+)\/[a-z]+$/.exec(path) ?? []
  const isWhole =
    /^\/campaigns\/(packages|proposals\/package|next_year)$/.test(path) || /^\/form_designs(\/\d+)?$/.test(path)
  return (
    isWhole ||
    formOf(forms, name) !== undefined ||
    path === '/operations' ||
    /^\/imports\/\d+\/(rows|mapping)$/.test(path)
  )
}

const MAX_DEPTH = 20
const MAX_NAMES_AN_OBJECT = 1000
const MAX_VALUES = 1_000_000
const MAX_GROUPS = 100_000

const [quote, backslash, comma, colon, openList, closeList, openObject, closeObject] = Buffer.from('"\\,:[]{}')

const letterU = 'u'.charCodeAt(0)
const nought = '0'.charCodeAt(0)
const isNought = (bytes: Uint8Array, from: number) => [0, 1, 2, 3].every((n) => bytes[from + n] === nought)

/** PostgreSQL keeps every character but this one, and says so in its log with the text around it. */
const unkept = '文字里有不能保存的字符，请重新输入。'

/** No address and no question has a NUL in it, written as such or as JSON writes it. */
export const refuseNul: RequestHandler = (request, _response, next) => {
  if (/%00/.test(request.path)) throw notFound('没有这个地址。')
  const asked = Object.values(request.query).flat().join(' ')
  if (/\0|\\u0000/.test(asked)) throw badRequest(unkept)
  next()
}

/**
 * What no form, list or decision looks like: nested too deep, too many names in one object, too many values. Found in the
 * bytes, at a fiftieth of what it costs to make objects of them. Answers a sentence, or undefined.
 */
export function shapeFault(bytes: Uint8Array): string | undefined {
  const names: number[] = [] // of each group that is open
  let groups = 0
  let values = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) {
      for (at++; at < bytes.length && bytes[at] !== quote; at++) {
        if (bytes[at] !== backslash) continue
        at++
        if (bytes[at] === letterU && isNought(bytes, at + 1)) return unkept
      }
    } else if (byte === comma) {
      if (++values > MAX_VALUES) return '发来的内容太多，请分几次。'
    } else if (byte === colon) {
      const deepest = names.length - 1
      names[deepest] = (names[deepest] ?? 0) + 1
      if ((names[deepest] ?? 0) > MAX_NAMES_AN_OBJECT) return `一组里最多 ${MAX_NAMES_AN_OBJECT} 个栏目。`
    } else if (byte === openList || byte === openObject) {
      if (names.push(0) > MAX_DEPTH) return '发来的内容套了太多层，读不懂。'
      if (++groups > MAX_GROUPS) return '发来的内容太多，请分几次。'
    } else if (byte === closeList || byte === closeObject) names.pop()
  }
  return undefined
}

const sizeOf = ({ headers }: Request) =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined

/** Reads no more than `limit`, and nothing at all of what is announced as more. */
function reader(limit: number): RequestHandler {
  const read = express.json({
    limit,
    // a few bytes may not become many, nor pass for others
    inflate: false,
    verify(_request, _response, bytes, encoding) {
      const fault = encoding === 'utf-8' ? shapeFault(bytes) : '发来的内容不是 UTF-8 的 JSON。'
      // the parser would put the whole body on an error of our own
      if (fault) throw Object.assign(new Error(fault), { status: 400, type: 'entity.verify.failed' })
    },
  })
  return (request, response, next) => {
    if ((sizeOf(request) ?? 0) > limit) throw tooLarge()
    read(request, response, next)
  }
}

/** Reads JSON into `request.body`. Files are read by the routes that take them, after asking who sends them. */
export function readBody(database: Database): RequestHandler {
  const [readLittle, readUsual, readMany] = [reader(LOGIN_BODY_BYTES), reader(ROW_BODY_BYTES), reader(BULK_BODY_BYTES)]
  return async (request, response, next) => {
    if (['GET', 'HEAD'].includes(request.method) || sizeOf(request) === 0 || !request.is('application/json'))
      return next()
    if (aboutOneself.includes(request.path)) return readLittle(request, response, next)
    if (!response.locals.identity) throw unauthenticated()
    // the session is confirmed first; that also tells of registers that were published a moment ago
    if ((sizeOf(request) ?? BULK_BODY_BYTES) > ROW_BODY_BYTES) await asAsker(database, response, async () => {})
    if (isAboutMany(request.path, database.definitions.of())) return readMany(request, response, next)
    readUsual(request, response, next)
  }
}
