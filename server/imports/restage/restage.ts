// A decision taken on a checked import: the rows it concerns are walked again, and what they come to is put in the place of
// what they came to before. A short file is simply walked again as a whole.
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { forbidden, Refusal } from '../../errors.ts'
import { campaignOf, relationFor } from '../../records/read.ts'
import { type Decisions, readPatch, withPatch } from '../decide/decisions.ts'
import { proposalsFor } from '../decide/proposals.ts'
import { isReadByAnother } from '../digest.ts'
import { REDEFINED } from '../refusals.ts'
import { type ShownRow, shown, storeChunks } from '../stage/chunks.ts'
import type { Restaging } from '../stage/recorder.ts'
import { readImport } from '../tell/heads.ts'
import type { ImportOutcome } from '../tell/outcome.ts'
import type { HeldImport } from './held.ts'
import { restagePart } from './part.ts'
import { restageWhole } from './whole.ts'

const MAX_ANSWERED = 200

/** Takes a decision in. Answers the rows concerned, as they are now; at most 200. */
export async function decide(
  trx: Trx,
  database: Database,
  person: Person,
  importId: number,
  body: unknown,
): Promise<ShownRow[]> {
  const held = await hold(trx, database, person, importId, body)
  const { form, decisions, frame } = held
  const restaged = (await restagePart(held)) ?? (await restageWhole(held, MAX_ANSWERED))
  const { outcome, tally, is_tied } = restaged
  outcome.proposals = await proposalsFor(trx, form, held.scope, tally, decisions.replacements ?? {})
  const result = { ...outcome, restaging: { frame, tally, is_tied } }
  await sql`update imports set decisions = ${JSON.stringify(decisions)}::jsonb, result = ${JSON.stringify(result)}::jsonb
    where id = ${importId}`.execute(trx)
  await storeChunks(trx, importId, restaged.chunks)
  return restaged.changed.slice(0, MAX_ANSWERED).map((line) => shown(form, frame, line))
}

type StoredChunk = {
  form: string
  campaign_id: number
  unit_id: number | null
  state: string
  decisions: Decisions
  result: (ImportOutcome & { restaging?: Restaging }) | null
}

/** Holds the import until the transaction ends, so that decisions come one after the other. */
async function hold(
  trx: Trx,
  database: Database,
  person: Person,
  importId: number,
  body: unknown,
): Promise<HeldImport> {
  const { state } = await readImport(trx, database, importId)
  const found = await sql<StoredChunk>`
    select form, campaign_id, unit_id, state, decisions, result from imports where id = ${importId} for update`.execute(
    trx,
  )
  const stored = found.rows[0]
  if (!stored) throw forbidden('只能由填报单位自己决定。')
  if (state !== 'checked' || !['checked', 'checking', 'applying'].includes(stored.state))
    throw new Refusal(409, '这次导入现在不能改，请刷新后再看。')
  const { restaging, ...result } = stored.result ?? {}
  if (!restaging) throw new Refusal(409, '这次核对的明细已经没有了，请重新上传这个文件。')
  const relation = relationFor(database, person, stored.form, stored.campaign_id)
  const { form } = relation
  if (isReadByAnother(restaging.frame, form)) throw REDEFINED
  const patch = readPatch(form, body, (result as ImportOutcome).rows)
  return {
    trx,
    import_id: importId,
    relation,
    form,
    scope: { campaign_id: stored.campaign_id, unit_id: stored.unit_id },
    person,
    year: (await campaignOf(trx, stored.campaign_id)).year,
    decisions: withPatch(stored.decisions, patch),
    patch,
    result: result as ImportOutcome,
    ...restaging,
  }
}
