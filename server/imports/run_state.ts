// The row of an import while it runs: begun, its progress written, ended. Each in a transaction of its own, so
// that others see it.
import { sql } from 'kysely'
import type { Database, Identity, Trx } from '../database/connection.ts'
import { forbidden, Refusal } from '../errors.ts'
import type { Form } from '../forms/index.ts'
import { campaignOf, formIn } from '../records/read.ts'
import { WorkbookRefused } from '../workbook/read.ts'
import { contentOf } from './content.ts'
import type { Decisions } from './decide/decisions.ts'
import type { FramedValues } from './read/frame.ts'
import type { ChosenColumns } from './read/mapping.ts'
import { GONE, NOT_WHOLE } from './refusals.ts'
import { busy, LOCK_SPACE } from './running.ts'
import { type Chunk, dropChunks, readChunks, storeChunks } from './stage/chunks.ts'
import type { Restaging } from './stage/recorder.ts'
import type { ImportOutcome } from './tell/outcome.ts'

type Ending = 'check' | 'apply'
export type ImportRun = {
  database: Database
  import_id: number
  /** The person's id: a long import may outlive the session that began it. */
  identity: Identity
  ending: Ending
  /** Leave rows with a wrong cell out instead of refusing the whole file. */
  only_valid?: boolean
  request_id?: string
  /** Checked once more after others changed what it was checked against: what was shown first stays in mind. */
  again?: boolean
  /** The file could not be read when it came, so nothing of it was kept. */
  refused?: WorkbookRefused
}

/** What is stored of an import when it begins to run. */
export type StoredImport = {
  /** As the campaign has it. */
  form: Form
  campaign_id: number
  unit_id: number | null
  file_name: string
  size: number
  /** How many were blanked in the file. */
  identity_numbers: number
  decisions: Decisions
  /** The file, or what the last check read of it. */
  source: { content: Buffer } | { frame: FramedValues }
  /** Rows, and those to decide, as last written. */
  rows: number | null
  undecided: number | null
  year: number
  /** What the unit decided about earlier headings, by their digest. */
  remembered: Record<string, ChosenColumns>
}

/** What an import came to: the outcome, and for a check what is needed to look at it and to decide row by row. */
export type Checked = { outcome: ImportOutcome; restaging?: Restaging; chunks?: Chunk[] }

/** How long the rows of a check can be looked at and decided on. */
const STAGED_DAYS = 90
/** Headings a unit is remembered for, of one form. */
const MAX_LAYOUTS = 200

/** Held until the transaction ends; false where another process has it. */
export const ownLock = (importId: number) =>
  sql<boolean>`pg_try_advisory_xact_lock(${LOCK_SPACE}, ${importId}::integer)`

/** Marks the beginning and fetches the file; to apply it, what the check has read of it where that is still kept. */
export async function begin({
  database,
  identity,
  import_id,
  ending,
  again,
  refused,
}: ImportRun): Promise<StoredImport> {
  return database.inTx(identity, async (trx) => {
    // another process may be at it: its state is not to be touched
    const free = await sql<{ ok: boolean }>`select ${ownLock(import_id)} as ok`.execute(trx)
    if (!free.rows[0]?.ok) throw busy()
    const found = await sql<
      Omit<StoredImport, 'form' | 'source' | 'year' | 'remembered'> & {
        form: string
        frame: FramedValues | null
        has_file: boolean
      }
    >`
      update imports set state = ${ending === 'check' ? 'checking' : 'applying'}, rows_done = 0, rows_total = 0, began_at = clock_timestamp()
      where id = ${import_id} and state not in ('applied', 'undone', 'cancelled')
      returning form, campaign_id, unit_id, file_name, size, identity_numbers, content is not null as has_file, decisions,
        (result -> 'rows')::integer as rows, (result -> 'undecided')::integer as undecided, result -> 'restaging' -> 'frame' as frame`.execute(
      trx,
    )
    const stored = found.rows[0]
    if (!stored) {
      const seen = await sql<{ state: string }>`select state from imports where id = ${import_id}`.execute(trx)
      const { state } = seen.rows[0] ?? {}
      if (state === 'undone') throw new Refusal(409, '这次导入已经撤销。要再写入，请重新上传这个文件。')
      throw state === 'applied' || state === 'cancelled'
        ? new Refusal(409, '这次导入已经写入或取消了。')
        : forbidden('只能由填报单位自己导入。')
    }
    const layouts = await sql<{ layout: string; columns: ChosenColumns }>`
      select layout, columns from import_layouts where form = ${stored.form} and unit_id is not distinct from ${stored.unit_id}
      order by used_at desc limit ${MAX_LAYOUTS}`.execute(trx)
    const remembered = Object.fromEntries(layouts.rows.map(({ layout, columns }) => [layout, columns]))
    const { year } = await campaignOf(trx, stored.campaign_id)
    const { frame, has_file } = stored
    const form = formIn(database, stored.form, stored.campaign_id)
    if (!has_file && !refused) throw new Refusal(409, GONE)
    const isAgain = ending === 'apply' || again
    // only what a check has shown may be written
    if (isAgain && (!frame || (await readChunks(trx, import_id, 0, 1)).length === 0)) throw new Refusal(409, NOT_WHOLE)
    const source = isAgain && frame ? { frame } : { content: await contentOf(trx, import_id, stored.size) }
    return { ...stored, form, source, remembered, year }
  })
}

/** Keeps what a run came to. False: it was cancelled meanwhile, and nothing is kept. */
export async function finish(
  trx: Trx,
  importId: number,
  state: 'checked' | 'applied',
  { outcome, restaging, chunks }: Checked,
): Promise<boolean> {
  const result = { ...outcome, restaging }
  const kept = await sql`update imports set state = ${state}, rows_done = ${outcome.rows}, rows_total = ${outcome.rows},
    result = ${JSON.stringify(result)}::jsonb, finished_at = now() where id = ${importId} and state <> 'cancelled' returning id`.execute(
    trx,
  )
  if (kept.rows.length === 0) return false
  await dropChunks(trx, importId)
  await storeChunks(trx, importId, chunks ?? [])
  return true
}

/** Keeps what a check came to, and sweeps away what is kept no longer. */
export async function settle({ database, identity, import_id }: ImportRun, checked: Checked): Promise<void> {
  await database.inTx(identity, async (trx) => {
    await finish(trx, import_id, 'checked', checked)
    await sql`select app.let_old_files_go()`.execute(trx)
    // whoever has not decided for so long uploads again
    await sql`delete from import_rows r using imports t
      where t.id = r.import_id and t.id <> ${import_id} and t.created_at < now() - ${STAGED_DAYS} * interval '1 day'`.execute(
      trx,
    )
  })
}

/** After a fault nothing is written; the import can be applied again, unless the file itself is no good. */
export async function settleFault({ database, identity, import_id, ending }: ImportRun, error: unknown): Promise<void> {
  const refusal = error instanceof WorkbookRefused || (error instanceof Refusal && error.body.reason === 'empty')
  const state = refusal || ending === 'check' ? 'failed' : 'checked'
  const message =
    error instanceof WorkbookRefused || error instanceof Refusal ? error.message : '没有完成，请再试一次。'
  const result = refusal || ending === 'check' ? JSON.stringify({ message }) : null
  await database
    .inTx(identity, (trx) =>
      sql`update imports set state = ${state}, result = coalesce(${result}::jsonb, result), finished_at = now()
        where id = ${import_id} and state in ('checking', 'applying')`.execute(trx),
    )
    .catch((lost: Error) => console.error('import', import_id, lost.message))
}

/** Answers whether the import is still wanted. */
export async function writeProgress(
  { database, identity, import_id }: ImportRun,
  rows: number,
  expected: number,
): Promise<boolean> {
  const kept = await database.inTx(identity, (trx) =>
    sql`update imports set rows_done = ${rows}, rows_total = ${Math.max(rows, expected)}
      where id = ${import_id} and state <> 'cancelled' returning id`.execute(trx),
  )
  return kept.rows.length > 0
}

/** What was chosen between two values holds only as long as both are there. */
export async function forgetChoices(
  { database, identity, import_id }: ImportRun,
  { decisions }: StoredImport,
  rows: readonly number[],
) {
  const choices = { ...decisions.choices }
  for (const n of rows) delete choices[n]
  await database.inTx(identity, (trx) =>
    sql`update imports set decisions = ${JSON.stringify({ ...decisions, choices })}::jsonb where id = ${import_id}`.execute(
      trx,
    ),
  )
}
