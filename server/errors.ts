/**
 * All refusals, and the one place where any error becomes an answer: a status and a Chinese sentence.
 * No stack, SQL, path or name of a constraint ever leaves.
 */
import type { ErrorRequestHandler } from 'express'
import { type Errors, type Forms, formOf } from './forms/index.ts'

/** A refusal with its status and sentence. `body` is added to `{ message }`. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  constructor(status: number, message: string, body: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.body = body
  }
}

export const badRequest = (message: string) => new Refusal(400, message)
export const unauthenticated = () => new Refusal(401, '登录已过期，请重新登录。')
export const forbidden = (message = '您的角色不能做这一步。') => new Refusal(403, message)
export const notFound = (message = '没有这一行，或者不在您的范围内。') => new Refusal(404, message)
export const tooLarge = () => new Refusal(413, '一次发来的内容太大，请分几次。')
export const stale = (row: unknown) =>
  new Refusal(409, '这一行刚被别人改过。您写的和现在的都在这里，请选一个。', { row })
/** What PostgreSQL says to a statement that was made for a column of another type, or planned with it. */
export const isMistyped = (error: unknown): boolean =>
  ['0A000', '42804', '42883', '22P02'].includes((error as { code?: string }).code ?? '')
/** A definition was published while a request was under way. */
export const redefined = () => new Refusal(409, '这张表刚刚发布了新的定义，请再试一次。')
export const versionMissing = () => new Refusal(428, '缺少 version：请先读这一行，再带着它的 version 来改。')
export const invalid = (errors: Errors, message = '有几格要改，改好再存。') => new Refusal(422, message, { errors })

/** Told by PostgreSQL when all is written and a deadline has passed meanwhile: nothing of it is kept. */
export const asRefusal = (error: unknown): unknown =>
  (error as { code?: string }).code === 'HW403' ? forbidden(tooLate((error as { detail?: string }).detail)) : error
/** `lead`: whom to ask for more time, where it was a deadline. */
const tooLate = (lead: string | undefined) =>
  `写完以前已经截止或归档，没有保存。${lead ? `需要补录，请向${lead}申请。` : ''}`

const ONLY_LOOKING = '正在以他人身份查看：只能看，不能改，也不能带走登记的内容。'
export const onlyLooking = () => forbidden(ONLY_LOOKING)

const byState: Record<string, [number, string]> = {
  '42501': [403, '您的角色不能做这一步。'],
  HW403: [403, '这个年度已归档，只能查看。'],
  HW409: [409, '这一行刚被别人改过，请重新读取。'],
  '25006': [403, ONLY_LOOKING],
  '40001': [409, '刚才有人同时在改，请再试一次。'],
  '40P01': [409, '刚才有人同时在改，请再试一次。'],
  '55P03': [409, '这一行正被别人使用，请稍后再试。'],
  '23505': [409, '已经有一条同样的记录，请刷新后核对。'],
  '23P01': [409, '已经有一条同样的记录，请刷新后核对。'],
  '23503': [422, '引用的记录不存在，或者不在同一单位。'],
  '23514': [422, '有一格的值不在允许的范围内，请核对。'],
  '23502': [422, '有必填的格子还空着。'],
  '22001': [422, '有一格的文字太长。'],
  '22003': [422, '有一格的数字太大。'],
  '22007': [400, '有一个日期读不出来，请核对。'],
  '22008': [400, '有一个日期不存在，请核对。'],
  '22P02': [400, '有一格的值读不出来，请核对。'],
  '22021': [400, '文字里有不能保存的字符，请重新输入。'],
  '22P05': [400, '文字里有不能保存的字符，请重新输入。'],
  '57014': [503, '这一步花的时间太长，已经停下，请缩小范围再试。'],
}
const unreachable = /^(08|57P|53|58)/
const netCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'ENOENT'])

/** What refers to a row and is no form of its own: how it is called, and counted. */
const others: Record<string, readonly [string, string]> = {
  users: ['用户', '个'],
  jury: ['评委', '名'],
  imports: ['导入记录', '次'],
  filings: ['报送版', '份'],
  form_designs: ['表单设计', '份'],
}
function called(name: string, forms: Forms): readonly [string, string] {
  const form = formOf(forms, name)
  return others[name] ?? [form?.label ?? '记录', form?.measure ?? '条']
}

/** A row that stays because others hang on it (HW423), or that would point to what is removed (HW424). */
function hanging(code: string, detail: string, forms: Forms): string {
  const {
    form,
    name,
    by = [],
  } = JSON.parse(detail) as {
    form: string
    name: string | null
    by?: { form: string; rows: number }[]
  }
  const [label] = called(form, forms)
  if (code === 'HW424') return `它所属的${label}${name ? `“${name}”` : ''}不在，或者在回收站里，要先有它。`
  const uses = by.map((each) => {
    const [what, measure] = called(each.form, forms)
    return `${what} ${each.rows} ${measure}`
  })
  return `${label}“${name}”还有${uses.join('、')}，不能删去。`
}

/** The answer to an error; `forms` are all there are, by which rows are called. Unknown errors are faults of ours: 500, logged whole, answered with one sentence. */
export function answerTo(error: unknown, forms: Forms): { status: number; body: Record<string, unknown> } {
  if (error instanceof Refusal) return { status: error.status, body: { message: error.message, ...error.body } }
  const { code, detail, type, status, message } = error as {
    code?: string
    detail?: string
    type?: string
    status?: number
    message?: string
  }
  if (type === 'entity.too.large') return answerTo(tooLarge(), forms)
  if (type === 'entity.parse.failed') return { status: 400, body: { message: '发来的内容不是 JSON。' } }
  if (type === 'entity.verify.failed') return { status: 400, body: { message } }
  if (status && status >= 400 && status < 500) return { status, body: { message: '这个请求读不懂，请刷新页面再试。' } }
  // Only what was sent can be nested that deep.
  if (error instanceof RangeError && /call stack/.test(error.message))
    return { status: 400, body: { message: '发来的内容套了太多层，读不懂。' } }
  // a rule that PostgreSQL holds names its field and says its sentence
  if (code === 'HW422')
    return answerTo(invalid({ [(error as { column: string }).column]: message ?? '' }, message), forms)
  if ((code === 'HW423' || code === 'HW424') && detail)
    return { status: 409, body: { message: hanging(code, detail, forms) } }
  const known = code ? byState[code] : undefined
  if (known) return { status: known[0], body: { message: known[1] } }
  if (
    (code && (unreachable.test(code) || netCodes.has(code))) ||
    /Connection terminated|connection error|timeout exceeded when trying to connect/.test(message ?? '')
  )
    return { status: 503, body: { message: '数据库正在重新启动，请过几秒再试。您录的内容还在。' } }
  return { status: 500, body: { message: '服务器出错了，已经记下。请再试一次；还不行，请把编号告诉管理员。' } }
}

export const errorHandler =
  (forms: () => Forms): ErrorRequestHandler =>
  (error, request, response, next) => {
    const { status, body } = answerTo(error, forms())
    const requestId = response.locals.request_id as string | undefined
    // a refusal is no fault of ours: its sentence says all
    if (status >= 500)
      console.error(
        `[${requestId}] ${request.method} ${request.path}`,
        error instanceof Refusal ? error.message : error,
      )
    if (response.headersSent) return next(error)
    if (status === 503) response.set('Retry-After', '3')
    response.status(status).json({ ...body, request_id: requestId })
  }
