/**
 * State changes: every one its own request, decided by app.move in PostgreSQL against the declared transitions.
 * `status` itself is in no grant, so nothing else can change it.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { wordsOfRow } from '../database/words.ts'
import { badRequest, forbidden, invalid, notFound, Refusal } from '../errors.ts'
import { checkRow, type Errors, identityIn, PUBLICITY_DAYS, stateWords } from '../forms/index.ts'
import { isId } from '../requests.ts'
import { bringCampaign, bringUploads } from './checks.ts'
import { whereOf } from './conditions.ts'
import { groupBy } from './group_by.ts'
import { readRows, type StoredRecord } from './read.ts'
import { resolve } from './references.ts'
import type { Relation } from './relation.ts'
import type { Scope } from './scope.ts'

const MAX_MOVED_ROWS = 50_000
const MAX_REASON_CHARS = 500

type AllowedTransition = { action: string; label: string; needs_reason: boolean }
/** As app.move answers it: `lacks` is how many jurors have not scored, the first day on which it can be done, or sent/most. */
type MovedRow = {
  id: number
  result:
    | 'done'
    | 'archived'
    | 'state'
    | 'closed'
    | 'role'
    | 'unfinished'
    | 'full'
    | 'prize'
    | 'self'
    | 'unscored'
    | 'public'
  status: string
  lacks: string | null
}

/** The transition an action names for a form's flow; 404 for none. */
async function transitionOf(trx: Trx, { form }: Relation, action: string): Promise<AllowedTransition> {
  const found = await sql<AllowedTransition>`
    select t.action, t.label, t.needs_reason from app.transitions t where t.flow = app.flow(${form.name}) and t.action = ${action}`.execute(
    trx,
  )
  if (form.scope !== 'unit' || !found.rows[0]) throw notFound()
  return found.rows[0]
}

type Move = { action: string; ids: readonly number[]; reason?: unknown; fields?: unknown }

/** The transition, the reason and the fields at fault of a move, or a refusal of the whole of it. */
export async function reasonFor(trx: Trx, relation: Relation, person: Person, move: Omit<Move, 'ids'>) {
  const { action, reason, fields } = move
  if (person.role !== 'clerk' && person.role !== 'province') throw forbidden()
  const { label, needs_reason } = await transitionOf(trx, relation, action)
  const why = typeof reason === 'string' ? reason.trim() : ''
  if (needs_reason && !why) throw invalid({ reason: `${label}要写明理由，会原样显示给对方。` })
  const identity = identityIn(why, '理由')
  if (identity) throw invalid({ reason: identity })
  if ([...why].length > MAX_REASON_CHARS) throw invalid({ reason: `理由最多 ${MAX_REASON_CHARS} 字。` })
  const known = new Set(relation.form.fields.map((field) => field.name))
  const named = Array.isArray(fields) ? fields.map(String) : []
  const unknown = named.find((name) => !known.has(name))
  if (unknown) throw invalid({ fields: `没有“${unknown.slice(0, 40)}”这个栏目。` })
  return { label, why, named }
}

/** Moves the rows that may be moved; the others are answered with a sentence each. Rows out of scope are reported as absent. */
export async function move(trx: Trx, relation: Relation, person: Person, given: Move) {
  const { action, ids } = given
  const { label, why, named } = await reasonFor(trx, relation, person, given)
  const moved = await sql<MovedRow>`
    select id, result, status, lacks from app.move(${relation.form.name}, ${ids}::integer[], ${action}, ${why || null}, ${named.length ? named : null}::text[])`.execute(
    trx,
  )
  const done = moved.rows.filter(({ result }) => result === 'done').map(({ id }) => id)
  const answered = new Set(moved.rows.map(({ id }) => id))
  const lacks = await lacksOf(
    trx,
    relation,
    moved.rows.filter(({ result }) => result === 'unfinished').map(({ id }) => id),
  )
  const closed = moved.rows.find(({ result }) => result === 'closed')
  const lead = closed && (await wordsOfRow(trx, relation.form.name, closed.id)).lead_short
  const refused: Refused[] = [
    ...moved.rows
      .filter(({ result }) => result !== 'done')
      .map((each) => {
        const errors = lacks.get(each.id)
        const message = errors ? Object.values(errors).join('') : sentence(each, label, lead)
        return { id: each.id, result: each.result, message, ...(errors && { errors }) }
      }),
    ...ids
      .filter((id) => !answered.has(id))
      .map((id) => ({ id, result: 'absent' as const, message: notFound().message })),
  ]
  return { done, refused }
}

/** What was moved, and why the others were not. */
export type MoveOutcome = { done: number[]; refused: Refused[] }
/** A row that was not moved, and why; `errors` by field where it can't be handed in yet. */
type Refused = { id: number; result: MovedRow['result'] | 'absent'; message: string; errors?: Errors }

/** What these rows still lack to be handed in, in the words of the form's rules. */
async function lacksOf(trx: Trx, relation: Relation, ids: readonly number[]): Promise<Map<number, Errors>> {
  const lacks = new Map<number, Errors>()
  if (ids.length === 0) return lacks
  const scopeOf = ({ campaign_id, unit_id }: StoredRecord) => JSON.stringify({ campaign_id, unit_id })
  for (const [key, rows] of groupBy(await readRows(trx, relation, ids), scopeOf)) {
    const scope = JSON.parse(key) as Scope
    const { form } = relation.in(scope.campaign_id) ?? relation
    const candidates = rows.map((row) => ({
      id: row.id,
      row: { ...row },
      errors: {},
      related: {},
      changed: new Set<string>(),
    }))
    for (const field of form.fields) if (field.brings) await resolve(trx, form, field, scope, candidates)
    await bringCampaign(trx, form, scope, candidates)
    await bringUploads(trx, form, candidates)
    for (const { id, row, related } of candidates) lacks.set(id, checkRow(form, row, related, 'submission'))
  }
  return lacks
}

/** Jurors are counted, never named: who has not scored would say who has. */
function sentence({ result, status, lacks }: MovedRow, label: string, lead = '') {
  if (result === 'archived') return `这个年度已归档，不能${label}。`
  if (result === 'state') return `这一行现在是“${stateWords[status] ?? status}”，不能${label}。`
  if (result === 'full') {
    const [sent, most] = (lacks ?? '').split('/')
    return `这个征集活动每个单位最多报 ${most} 件，已经报了 ${sent} 件，不能再${label}；要换一件，请先撤回一件。`
  }
  if (result === 'prize') return `这是承办单位为作品提出的奖项，不能${label}；不妥的请审定为“不同意”，或者作废。`
  if (result === 'self') return `这一行是您自己提交的，请换一个账号的人来${label}。`
  if (result === 'closed') return `已经截止，不能${label}。需要补录，请向${lead}申请。`
  if (result === 'unscored')
    return lacks === '0' ? `还没有设评委，评委都打了分才能${label}。` : `还差 ${lacks} 位评委打分，打齐了才能${label}。`
  if (result === 'public') {
    const [, month, day] = (lacks ?? '').split('-').map(Number)
    return `公示不少于 ${PUBLICITY_DAYS} 个工作日，${month} 月 ${day} 日起才能${label}。`
  }
  return `您的角色不能${label}这一行。`
}

/** A refused single move as an error with the status that fits. */
export function refusalOf({ result, message, errors }: Refused): Refusal {
  if (errors) return invalid(errors, message)
  const status: Partial<Record<Refused['result'], number>> = {
    absent: 404,
    role: 403,
    closed: 403,
    self: 403,
    archived: 403,
  }
  return new Refusal(status[result] ?? 409, message)
}

/** Why a state change stays, by what app.judge_moves says; where a row was written since, what became of it is reported instead. */
export const whyKept: Readonly<Record<string, string>> = {
  closed: '已经截止，不能撤销。',
  archived: '这个年度已归档，不能撤销。',
  scored: '已有评委打分，不能撤销。',
  commented: '之后有人写了批注，不能撤销。',
  filed: '之后已经报送，不能撤销。',
  awarded: '之后已经提了奖项或者审定了，不能撤销。',
  role: '您的角色不能撤销这一步。',
}

/** The caller's own last change of a row's state, and why it can't be undone, if it can't. */
export type LastMove = { action: string; label: string; request: string; refusal: string | null }

/** The last thing done to a row, if that was a state change by this person; with a sentence where it can't be undone. */
export async function lastMove(trx: Trx, { form }: Relation, id: number): Promise<LastMove | null> {
  const found = await sql<{ action: string; label: string; request: string; result: string }>`
    select j.action, m.label, r.request, j.result
    from (select app.my_last_request(${form.name}, ${id}) as request) r
    cross join lateral app.judge_moves(${form.name}, array[${id}]::integer[], r.request) j
    join app.transitions m on m.flow = app.flow(${form.name}) and m.action = j.action`.execute(trx)
  const last = found.rows[0]
  if (!last) return null
  const { result, ...move_ } = last
  return { ...move_, refusal: result === 'done' ? null : (whyKept[result] ?? '后来有人改过，不能撤销。') }
}

/** Undoes the last state change of a row. Refuses with 409 where the caller made none, or somebody acted on it. */
export async function undoLast(trx: Trx, relation: Relation, id: number): Promise<void> {
  const last = await lastMove(trx, relation, id)
  if (!last) throw new Refusal(409, '最近一步不是您做的，或者已经撤销，不能撤销。')
  if (last.refusal) throw new Refusal(409, last.refusal)
  const done = await sql<{ result: string }>`
    select result from app.undo_moves(${relation.form.name}, array[${id}]::integer[], ${last.request})`.execute(trx)
  const result = done.rows[0]?.result ?? ''
  if (result !== 'done') throw new Refusal(409, whyKept[result] ?? '刚才有人改过，不能撤销。')
}

/** The ids a bulk request means: listed, or all that a filter finds. */
export async function idsOf(trx: Trx, relation: Relation, body: Record<string, unknown>): Promise<number[]> {
  if (Array.isArray(body.ids)) {
    const ids = [...new Set(body.ids)]
    if (ids.length > MAX_MOVED_ROWS) throw new Refusal(413, `一次最多 ${MAX_MOVED_ROWS} 行。`)
    if (!ids.every(isId)) throw badRequest('ids 应是编号的列表。')
    return ids
  }
  if (typeof body.filter !== 'object' || body.filter === null || Array.isArray(body.filter))
    throw badRequest('请写明 ids 或 filter。')
  const found = await sql<{ id: number }>`
    select t.id from ${sql.table(relation.form.name)} t where ${whereOf(relation, body.filter as Record<string, unknown>)} order by t.id limit ${MAX_MOVED_ROWS + 1}`.execute(
    trx,
  )
  if (found.rows.length > MAX_MOVED_ROWS) throw new Refusal(413, `一次最多 ${MAX_MOVED_ROWS} 行，请缩小范围。`)
  return found.rows.map(({ id }) => id)
}
