// One import, from its stored bytes to its end: check and apply are this same run, one rolled back, one committed. Bytes are
// read once: what the check has read of them is walked again.
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import { forbidden, Refusal } from '../errors.ts'
import { type Form, forms } from '../forms/index.ts'
import { type Progress, progressOf } from '../operations/progress.ts'
import { campaignOf, relationFor } from '../records/read.ts'
import { WorkbookRefused } from '../workbook/read.ts'
import { contentOf } from './content.ts'
import { type Decisions, deciderOf } from './decide/decisions.ts'
import { proposalsFor, type Tally } from './decide/proposals.ts'
import { type Message, readInThread } from './read/file.ts'
import type { Chosen } from './read/mapping.ts'
import { asRun, busy, LOCK_SPACE } from './running.ts'
import { type Chunk, dropChunks, readChunks, storeChunks } from './stage/chunks.ts'
import { holder, remember } from './stage/holding.ts'
import { type Frame, levelsOf, recorder } from './stage/recorder.ts'
import { everyChunk, replay } from './stage/replay.ts'
import { MAX_LISTED, type Outcome } from './tell/outcome.ts'
import { walk } from './write/walk.ts'

export type Ending = 'check' | 'apply'
export type Run = {
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

type Stored = {
  form: string
  campaign_id: number
  unit_id: number | null
  file_name: string
  size: number
  /** How many were blanked in the file. */
  identity_numbers: number
  decisions: Decisions
  /** The file, or what the last check read of it. */
  source: { content: Buffer } | { frame: Frame }
  /** Rows, and those to decide, as they were told last. */
  rows: number | null
  undecided: number | null
  year: number
  /** What the unit decided about earlier headings, by their digest. */
  remembered: Record<string, Chosen>
}

/** What an import came to: the outcome, and for a check what is needed to look at it and to decide row by row. */
export type Checked = { outcome: Outcome; restaging?: Restaging; chunks?: Chunk[] }
/** What is kept of a check for deciding row by row. */
export type Restaging = { frame: Frame; tally: Tally; is_tied: boolean }

const PROGRESS_MS = 500
/** How long the rows of a check can be looked at and decided on. */
const STAGED_DAYS = 90
/** Headings a unit is remembered for, of one form. */
const MAX_LAYOUTS = 200

/**
 * Runs an import when its turn has come. Answers the outcome; throws `WorkbookRefused` for a file that can't be read and
 * `Refusal` (422, with the outcome) when rows at fault keep it from being applied. Nothing is written then.
 */
export const run = (given: Run): Promise<Checked> => asRun(given.import_id, (controller) => runNow(given, controller))

const ownLock = (import_id: number) => sql<boolean>`pg_try_advisory_xact_lock(${LOCK_SPACE}, ${import_id}::integer)`
const isOver = (state: string) => state === 'applied' || state === 'undone'
const cancelled = () => new WorkbookRefused('cancelled', '已取消。')

async function runNow(given: Run, controller: AbortController): Promise<Checked> {
  const { database, import_id, identity, ending, request_id } = given
  const stored = await begin(given)
  if (given.refused) {
    await settleFault(given, given.refused)
    throw given.refused
  }
  const held = ending === 'apply' ? holder(levelsOf(formOf(stored))) : undefined
  const messages = messagesOf(given, stored, held, controller.signal)
  const progress = progressOf({
    write: (rows: number, expected: number) => writeProgress(given, rows, expected),
    every_ms: PROGRESS_MS,
    at_once: true,
    controller,
    cancelled,
  })
  try {
    const checked = await database.inTx(
      identity,
      (trx, person) => walkOnce({ ...given, trx, person, stored, held, messages, progress, controller }),
      { import_id, request_id, roll_back: ending === 'check' },
    )
    if (ending === 'check') await settle(given, checked)
    return checked
  } catch (error) {
    await progress.stop()
    await settleFault(given, error)
    await messages.return(undefined)
    const changed = ending === 'apply' ? changedIn(error) : undefined
    if (!changed) throw error
    // the person is to see what it comes to now, and what was decided about something else is asked again
    await forgetChoices(given, stored, changed)
    await runNow({ ...given, ending: 'check', again: true }, controller).catch(() => undefined)
    throw changed.length > 0 ? changedSince(changed.length) : COLLIDED
  } finally {
    await messages.return(undefined)
  }
}

/** What is read of the file, or what the check has read of it. */
function messagesOf(
  { database, identity, import_id }: Run,
  stored: Stored,
  held: Held | undefined,
  signal: AbortSignal,
) {
  const { source, form, file_name, year, decisions, remembered, identity_numbers } = stored
  const layouts = { decided: decisions.mapping, remembered }
  if ('content' in source)
    return readInThread({ bytes: source.content, file_name, form, year, layouts, identity_numbers }, signal)
  // a transaction of its own each time: the walk's may have statements under way
  const read = (from: number, limit: number) =>
    database.inTx(identity, (trx) => readChunks(trx, import_id, from, limit))
  return replay(source.frame, everyChunk(read), held?.show ?? remember)
}

type Held = ReturnType<typeof holder>

type Walking = Run & {
  trx: Trx
  person: Person
  stored: Stored
  held: Held | undefined
  messages: AsyncIterable<Message>
  progress: Progress<[number, number]>
  controller: AbortController
}

/** The walk in its transaction, and whether what it came to may be kept. */
async function walkOnce(walking: Walking): Promise<Checked> {
  const { database, trx, person, import_id, ending, only_valid, stored, held, messages, progress, controller } = walking
  const { campaign_id, unit_id, decisions, year } = stored
  const lock = await sql<{ ok: boolean; state: string }>`
    select ${ownLock(import_id)} as ok, state from imports where id = ${import_id}`.execute(trx)
  if (!lock.rows[0]?.ok || isOver(lock.rows[0].state)) throw busy()
  const relation = relationFor(database, person, stored.form)
  const { form } = relation
  if (relation.sight.insert.size === 0 || unit_id !== (form.scope === 'unit' ? person.unit_id : null))
    throw forbidden('只能由填报单位自己导入。')
  const scope = { campaign_id, unit_id }
  const record = ending === 'check' ? recorder(levelsOf(form)) : undefined
  const { outcome, ...counted } = await walk({
    trx,
    relation,
    person,
    scope,
    messages,
    onProgress: progress.tell,
    decider: deciderOf(form, decisions, year),
    recorder: record ?? held,
    is_preview: ending === 'check',
  })
  await progress.stop()
  if (controller.signal.aborted) throw cancelled()
  // what a check has read is swept away after a while, and might be while it is walked
  if ('frame' in stored.source && outcome.rows !== stored.rows) throw new Refusal(409, NOT_WHOLE)
  refuseEmpty(outcome)
  if (record) {
    outcome.proposals = await proposalsFor(trx, form, scope, counted.tally, decisions.replacements ?? {})
    return { outcome, restaging: { frame: record.frame, ...counted }, chunks: await record.end() }
  }
  if (outcome.mapping.needed) throw new Refusal(409, UNMAPPED)
  const changed = held?.changed() ?? []
  if (changed.length > 0) throw new Refusal(409, '', { changed })
  const is_refused = outcome.table_errors.length > 0 || (outcome.undecided + outcome.error_count > 0 && !only_valid)
  if (is_refused)
    throw new Refusal(422, undecidedWords(outcome), { ...outcome, errors: outcome.errors.slice(0, MAX_LISTED) })
  // cancelled by another process in the last moment: then nothing is kept
  if (!(await finish(trx, import_id, 'applied', { outcome }))) throw cancelled()
  return { outcome }
}

const NOT_WHOLE = '这次核对的明细已经不全，没有写入。请重新上传这个文件。'
export const GONE = '这次导入的文件已经不再保存，请重新上传这个文件。'
const changedSince = (rows: number) =>
  new Refusal(
    409,
    `核对以后，有 ${rows} 行和系统里的不一样了：别人改过、登记过，或者删去了。整份都没有写入，已经重新核对，请看一遍再写入。`,
    { changed: rows },
  )
const COLLIDED = new Refusal(409, '刚才有人在改同样的内容。整份都没有写入，已经重新核对，请看一遍再写入。')

/** The rows that others have changed, as a refusal names them; none where PostgreSQL found that two wrote at once. */
function changedIn(error: unknown): number[] | undefined {
  if (error instanceof Refusal) return error.body.changed as number[] | undefined
  const { code } = error as { code?: string }
  return code === '23505' || code === '23503' || code === '40001' || code === '40P01' ? [] : undefined
}

/** What was chosen between two values holds only as long as both are there. */
async function forgetChoices({ database, identity, import_id }: Run, { decisions }: Stored, rows: readonly number[]) {
  const choices = { ...decisions.choices }
  for (const n of rows) delete choices[n]
  await database.inTx(identity, (trx) =>
    sql`update imports set decisions = ${JSON.stringify({ ...decisions, choices })}::jsonb where id = ${import_id}`.execute(
      trx,
    ),
  )
}

const formOf = ({ form }: Stored): Form => forms[form] as Form

export const UNMAPPED = '有的列看不准是哪个栏目，请先核对“栏目对应”，再写入。'

/** 还有 3 行有错，2 行两边都改过，1 行和别的行重复: 整份都没有写入。 */
function undecidedWords({ wrong, conflicts, undecided, error_count, table_errors }: Outcome): string {
  if (table_errors[0]) return `${table_errors[0].message}整份都没有写入。`
  const doubled = undecided - wrong - conflicts
  const parts = [
    error_count > 0 ? `有 ${error_count} 格要改` : '',
    conflicts > 0 ? `有 ${conflicts} 行两边都改过，要选一个` : '',
    doubled > 0 ? `有 ${doubled} 行和文件里别的行是同一条，内容不同，要留一行` : '',
  ].filter(Boolean)
  return `${parts.join('；')}。整份都没有写入。改好再写入，或者只导入没有问题的行。`
}

/** Marks the beginning and fetches the file; to apply it, what the check has read of it where that is still kept. */
async function begin({ database, identity, import_id, ending, again, refused }: Run): Promise<Stored> {
  return database.inTx(identity, async (trx) => {
    // another process may be at it: its state is not to be touched
    const free = await sql<{ ok: boolean }>`select ${ownLock(import_id)} as ok`.execute(trx)
    if (!free.rows[0]?.ok) throw busy()
    const found = await sql<
      Omit<Stored, 'source' | 'year' | 'remembered'> & { frame: Frame | null; has_file: boolean }
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
    const layouts = await sql<{ layout: string; columns: Chosen }>`
      select layout, columns from import_layouts where form = ${stored.form} and unit_id is not distinct from ${stored.unit_id}
      order by used_at desc limit ${MAX_LAYOUTS}`.execute(trx)
    const remembered = Object.fromEntries(layouts.rows.map(({ layout, columns }) => [layout, columns]))
    const { year } = await campaignOf(trx, stored.campaign_id)
    const { frame, has_file } = stored
    if (!has_file && !refused) throw new Refusal(409, GONE)
    const is_again = ending === 'apply' || again
    // only what a check has shown may be written
    if (is_again && (!frame || (await readChunks(trx, import_id, 0, 1)).length === 0)) throw new Refusal(409, NOT_WHOLE)
    const source = is_again && frame ? { frame } : { content: await contentOf(trx, import_id, stored.size) }
    return { ...stored, source, remembered, year }
  })
}

/** A file in which no sheet has the form's heading, or no row below it, is told as such. */
function refuseEmpty(outcome: Outcome): void {
  if (outcome.rows > 0) return
  const notes = outcome.sheets.flatMap((sheet) => sheet.notes).slice(0, 5)
  const message = outcome.sheets.some((sheet) => sheet.heading_row !== null)
    ? '表头下面没有数据行。'
    : (outcome.sheets.find(({ is_other }) => is_other)?.notes[0] ?? '没有找到这张表的表头。请对照模板看一看栏目名称。')
  throw new Refusal(422, message, { reason: 'empty', notes })
}

async function finish(
  trx: Trx,
  import_id: number,
  state: 'checked' | 'applied',
  { outcome, restaging, chunks }: Checked,
): Promise<boolean> {
  const result = { ...outcome, restaging }
  const kept = await sql`update imports set state = ${state}, rows_done = ${outcome.rows}, rows_total = ${outcome.rows},
    result = ${JSON.stringify(result)}::jsonb, finished_at = now() where id = ${import_id} and state <> 'cancelled' returning id`.execute(
    trx,
  )
  if (kept.rows.length === 0) return false
  await dropChunks(trx, import_id)
  await storeChunks(trx, import_id, chunks ?? [])
  return true
}

async function settle({ database, identity, import_id }: Run, checked: Checked): Promise<void> {
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
async function settleFault({ database, identity, import_id, ending }: Run, error: unknown): Promise<void> {
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
async function writeProgress({ database, identity, import_id }: Run, rows: number, expected: number): Promise<boolean> {
  const kept = await database.inTx(identity, (trx) =>
    sql`update imports set rows_done = ${rows}, rows_total = ${Math.max(rows, expected)}
      where id = ${import_id} and state <> 'cancelled' returning id`.execute(trx),
  )
  return kept.rows.length > 0
}
