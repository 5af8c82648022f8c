// A decision taken on a checked import: the rows it concerns are walked again, in a transaction taken back to where it was,
// and what they come to is put in the place of what they came to before. A short file is simply walked again as a whole.
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { forbidden, Refusal } from '../../errors.ts'
import type { Form } from '../../forms/index.ts'
import { campaignOf, relationFor } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import type { Restaging } from '../run.ts'
import {
  type Chunk,
  kindOf,
  type Line,
  readChunks,
  readLine,
  type StagedRow,
  shown,
  storeChunks,
  unpack,
} from '../stage/chunks.ts'
import { levelsOf, recorder } from '../stage/recorder.ts'
import { everyChunk, framed, linesOf } from '../stage/replay.ts'
import { readImport } from '../tell/heads.ts'
import type { Outcome } from '../tell/outcome.ts'
import { type Walk, walk } from '../write/walk.ts'
import { type Decisions, deciderOf, type Patch, readPatch, withPatch } from './decisions.ts'
import { proposalsFor } from './proposals.ts'
import { restagePart } from './restage_part.ts'

/** An import held for a decision. */
export type Held = {
  trx: Trx
  import_id: number
  relation: Relation
  form: Form
  scope: Scope
  person: Person
  year: number
  /** As they will be, and what of them is new. */
  decisions: Decisions
  patch: Patch
  result: Outcome
} & Restaging

/** What walking again came to: the outcome, the chunks that changed, the rows that did, in the order to be answered. */
export type Restaged = Omit<Restaging, 'frame'> & { outcome: Outcome; chunks: Chunk[]; changed: Line[] }

/** Files up to so many rows are walked again as a whole. */
export const WHOLE = 1_000
const MAX_ANSWERED = 200

/** Takes a decision in. Answers the rows concerned, as they are now; at most 200. */
export async function decide(
  trx: Trx,
  database: Pick<Database, 'catalogue'>,
  person: Person,
  import_id: number,
  body: unknown,
): Promise<StagedRow[]> {
  const held = await hold(trx, database, person, import_id, body)
  const { form, decisions, frame } = held
  const restaged = (await restagePart(held)) ?? (await restageWhole(held))
  const { outcome, tally, is_tied } = restaged
  outcome.proposals = await proposalsFor(trx, form, held.scope, tally, decisions.replacements ?? {})
  const result = { ...outcome, restaging: { frame, tally, is_tied } }
  await sql`update imports set decisions = ${JSON.stringify(decisions)}::jsonb, result = ${JSON.stringify(result)}::jsonb
    where id = ${import_id}`.execute(trx)
  await storeChunks(trx, import_id, restaged.chunks)
  return restaged.changed.slice(0, MAX_ANSWERED).map((line) => shown(form, frame, line))
}

type Stored = {
  form: string
  campaign_id: number
  unit_id: number | null
  state: string
  decisions: Decisions
  result: (Outcome & { restaging?: Restaging }) | null
}

/** Holds the import until the transaction ends, so that decisions come one after the other. */
async function hold(
  trx: Trx,
  database: Pick<Database, 'catalogue'>,
  person: Person,
  import_id: number,
  body: unknown,
): Promise<Held> {
  const { state } = await readImport(trx, import_id)
  const found = await sql<Stored>`
    select form, campaign_id, unit_id, state, decisions, result from imports where id = ${import_id} for update`.execute(
    trx,
  )
  const stored = found.rows[0]
  if (!stored) throw forbidden('只能由填报单位自己决定。')
  if (state !== 'checked' || !['checked', 'checking', 'applying'].includes(stored.state))
    throw new Refusal(409, '这次导入现在不能改，请刷新后再看。')
  const { restaging, ...result } = stored.result ?? {}
  if (!restaging) throw new Refusal(409, '这次核对的明细已经没有了，请重新上传这个文件。')
  const relation = relationFor(database, person, stored.form)
  const { form } = relation
  const patch = readPatch(form, body, (result as Outcome).rows)
  return {
    trx,
    import_id,
    relation,
    form,
    scope: { campaign_id: stored.campaign_id, unit_id: stored.unit_id },
    person,
    year: (await campaignOf(trx, stored.campaign_id)).year,
    decisions: withPatch(stored.decisions, patch),
    patch,
    result: result as Outcome,
    ...restaging,
  }
}

/** Walks rows in a transaction that is then taken back to where it was. */
export async function walkBack(
  { trx, relation, person, scope, form, decisions, year }: Held,
  given: Pick<Walk, 'messages' | 'recorder'>,
) {
  await sql`savepoint walked`.execute(trx)
  const decider = deciderOf(form, decisions, year)
  const walked = await walk({ trx, relation, person, scope, decider, ...given, is_preview: true, onProgress: () => {} })
  await sql`rollback to savepoint walked`.execute(trx)
  return walked
}

/** The whole file once more, from what was read of it. */
async function restageWhole(held: Held): Promise<Restaged> {
  const { trx, import_id, frame, form, patch } = held
  const before = new Map<number, Chunk>()
  const lines = async function* (): AsyncGenerator<Line[]> {
    for await (const chunk of everyChunk((from, limit) => readChunks(trx, import_id, from, limit))) {
      before.set(chunk.first, chunk)
      yield linesOf(chunk)
    }
  }
  const record = recorder(levelsOf(form))
  const walked = await walkBack(held, { messages: framed(frame, lines()), recorder: record })
  const chunks = await record.end()
  const own = new Set(concernedBy(patch))
  const asked: Line[] = []
  const others: Line[] = []
  const different: Chunk[] = []
  for (const chunk of chunks) {
    const old = before.get(chunk.first)
    const is_same = old?.kinds === chunk.kinds && old.rows.equals(chunk.rows)
    if (!is_same) different.push(chunk)
    const has_own = [...own].some((n) => n >= chunk.first && n < chunk.first + chunk.kinds.length)
    if (is_same && !has_own) continue
    const was = old ? unpack(old.rows) : []
    for (const [index, text] of unpack(chunk.rows).entries()) {
      const is_own = own.has(chunk.first + index)
      const is_changed = was[index] !== text || old?.kinds[index] !== chunk.kinds[index]
      if (!is_own && (!is_changed || others.length >= MAX_ANSWERED)) continue
      const line = readLine(text, kindOf(chunk.kinds[index]))
      if (is_own) asked.push(line)
      else others.push(line)
    }
  }
  return { ...walked, chunks: different, changed: [...asked, ...others] }
}

export const concernedBy = ({ corrections, choices, left_out }: Patch): number[] => [
  ...new Set([...corrections, ...choices, ...left_out].map(({ n }) => n)),
]
