// One import, from its stored bytes to its end: check and apply are this same run, one rolled back, one committed. Bytes are
// read once: what the check has read of them is walked again.
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { forbidden, Refusal } from '../errors.ts'
import { type OperationProgress, progressOf } from '../operations/progress.ts'
import { relationFor } from '../records/read.ts'
import { WorkbookRefused } from '../workbook/read.ts'
import { deciderOf } from './decide/decisions.ts'
import { proposalsFor } from './decide/proposals.ts'
import { definitionDigest, isReadByAnother, levelsOf } from './digest.ts'
import { readInThread } from './read/file.ts'
import type { FileMessage } from './read/file_row.ts'
import {
  COLLIDED,
  changedIn,
  changedSince,
  NOT_WHOLE,
  REDEFINED,
  refuseEmpty,
  STATUS_OF,
  UNMAPPED,
  undecidedWords,
} from './refusals.ts'
import {
  begin,
  type Checked,
  finish,
  forgetChoices,
  type ImportRun,
  ownLock,
  type StoredImport,
  settle,
  settleFault,
  writeProgress,
} from './run_state.ts'
import { asRun, busy } from './running.ts'
import { readChunks } from './stage/chunks.ts'
import { holder, remember } from './stage/holding.ts'
import { recorder } from './stage/recorder.ts'
import { everyChunk, replay } from './stage/replay.ts'
import { readImport } from './tell/heads.ts'
import { MAX_LISTED } from './tell/outcome.ts'
import { walk } from './write/walk.ts'

const PROGRESS_MS = 500
/**
 * Runs an import when its turn has come. Answers the outcome; throws `WorkbookRefused` for a file that can't be read and
 * `Refusal` (422, with the outcome) when rows at fault keep it from being applied. Nothing is written then.
 */
export const run = (given: ImportRun): Promise<Checked> =>
  asRun(given.import_id, (controller) => runNow(given, controller))

/**
 * Runs an import as the person, however long the session lasts; answers it as it stands then. Refuses with its id, so that one
 * can look at it.
 */
export async function runToItsEnd(
  database: Database,
  { request_id }: { request_id?: string },
  person: Person,
  asked: Pick<ImportRun, 'import_id' | 'ending' | 'only_valid' | 'refused'>,
): Promise<Record<string, unknown>> {
  const given: ImportRun = { ...asked, database, identity: { user_id: person.id }, request_id }
  try {
    await run(given)
  } catch (error) {
    if (error instanceof WorkbookRefused)
      throw new Refusal(STATUS_OF[error.reason] ?? 422, error.message, { id: given.import_id, reason: error.reason })
    if (error instanceof Refusal) throw new Refusal(error.status, error.message, { id: given.import_id, ...error.body })
    throw error
  }
  return database.inTx(given.identity, (trx) => readImport(trx, database, given.import_id))
}

const isOver = (state: string) => state === 'applied' || state === 'undone'
const cancelled = () => new WorkbookRefused('cancelled', '已取消。')

async function runNow(given: ImportRun, controller: AbortController): Promise<Checked> {
  const { database, import_id, identity, ending, request_id } = given
  const stored = await begin(given)
  if (given.refused) {
    await settleFault(given, given.refused)
    throw given.refused
  }
  if (ending === 'apply' && isRedefined(stored)) {
    // what was checked by another definition is read and shown again
    await runNow({ ...given, ending: 'check' }, controller)
    throw REDEFINED
  }
  const held = ending === 'apply' ? holder(levelsOf(stored.form)) : undefined
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
  { database, identity, import_id }: ImportRun,
  stored: StoredImport,
  held: Holder | undefined,
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

const isRedefined = ({ source, form }: StoredImport) => 'frame' in source && isReadByAnother(source.frame, form)

type Holder = ReturnType<typeof holder>

/** One try of a run: what it walks, and in which transaction. */
type Attempt = ImportRun & {
  trx: Trx
  person: Person
  stored: StoredImport
  held: Holder | undefined
  messages: AsyncIterable<FileMessage>
  progress: OperationProgress<[number, number]>
  controller: AbortController
}

/** The walk in its transaction, and whether what it came to may be kept. */
async function walkOnce(attempt: Attempt): Promise<Checked> {
  const { database, trx, person, import_id, ending, only_valid, stored, held, messages, progress, controller } = attempt
  const { campaign_id, unit_id, decisions, year } = stored
  const lock = await sql<{ ok: boolean; state: string }>`
    select ${ownLock(import_id)} as ok, state from imports where id = ${import_id}`.execute(trx)
  if (!lock.rows[0]?.ok || isOver(lock.rows[0].state)) throw busy()
  const relation = relationFor(database, person, stored.form.name, campaign_id)
  const { form } = relation
  // published in this very moment: the rows read and the form they are checked by belong together
  if (definitionDigest(form) !== definitionDigest(stored.form)) throw new Refusal(409, '这张表刚改过，请再试一次。')
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
    isPreview: ending === 'check',
  })
  await progress.stop()
  if (controller.signal.aborted) throw cancelled()
  // what a check has read is swept away after a while, and might be while it is walked
  if ('frame' in stored.source && outcome.rows !== stored.rows) throw new Refusal(409, NOT_WHOLE)
  refuseEmpty(outcome)
  if (record) {
    outcome.proposals = await proposalsFor(trx, form, scope, counted.tally, decisions.replacements ?? {})
    record.frame.definition = definitionDigest(form)
    return { outcome, restaging: { frame: record.frame, ...counted }, chunks: await record.end() }
  }
  if (outcome.mapping.needed) throw new Refusal(409, UNMAPPED)
  const changed = held?.changed() ?? []
  if (changed.length > 0) throw new Refusal(409, '', { changed })
  const isRefused = outcome.table_errors.length > 0 || (outcome.undecided + outcome.error_count > 0 && !only_valid)
  if (isRefused)
    throw new Refusal(422, undecidedWords(outcome), { ...outcome, errors: outcome.errors.slice(0, MAX_LISTED) })
  // cancelled by another process in the last moment: then nothing is kept
  if (!(await finish(trx, import_id, 'applied', { outcome }))) throw cancelled()
  return { outcome }
}
