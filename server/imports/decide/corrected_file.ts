// A file sent on to an import that waits for its corrections: a table of errors, or the file itself, corrected and sent again.
// What differs in its cells becomes decisions of that import; the file it was begun with stays.
import { sql } from 'kysely'
import type { Database, Identity, Trx } from '../../database/connection.ts'
import { badRequest, forbidden, notFound, Refusal } from '../../errors.ts'
import { type Form, fieldOf } from '../../forms/index.ts'
import { campaignOf, formIn } from '../../records/read.ts'
import { WorkbookRefused } from '../../workbook/read.ts'
import { inTurn } from '../../workbook/turns.ts'
import { readInThread } from '../read/file.ts'
import type { FileMessage, FileRow, SheetEnd } from '../read/file_row.ts'
import { type FramedValues, plansOf } from '../read/frame.ts'
import { readMarkInThread } from '../read/mark.ts'
import { chosenIn, type SheetPlan, tableOf } from '../read/plan.ts'
import { textOf } from '../read/words.ts'
import { type Chunk, kindOf, readChunks, readStaged, type StagedRow, unpack } from '../stage/chunks.ts'
import { readImport } from '../tell/heads.ts'
import { mustAddUp } from '../tell/outcome.ts'
import { type Decider, type DecisionPatch, type Decisions, deciderOf, withPatch } from './decisions.ts'

type CorrectedFile = { form: string; file_name: string; bytes: Buffer; continues: number | undefined }

/** So many differences are another file. */
const MOST_CORRECTIONS = 5_000
const CHUNKS_HELD = 4

/**
 * Takes a file in as corrections. Answers the import it belongs to, or undefined where it is a file of its own. Throws a
 * refusal where it says which import it continues and can't.
 */
export async function join(database: Database, identity: Identity, sent: CorrectedFile): Promise<number | undefined> {
  const marked = sent.continues ?? (await markOf(sent))
  if (marked === undefined) return undefined
  // its turn first, then the import's row: a run waits in the same order
  return inTurn(() => database.inTx(identity, (trx) => take(trx, database, marked, sent)))
}

async function take(trx: Trx, database: Database, marked: number, sent: CorrectedFile): Promise<number | undefined> {
  const target = await hold(trx, database, marked, sent)
  if (!target) return undefined
  const patch = await compare(trx, target, sent)
  if (!patch) return undefined
  const decisions = withPatch(target.decisions, patch)
  await sql`update imports set decisions = ${JSON.stringify(decisions)}::jsonb where id = ${marked}`.execute(trx)
  return marked
}

/** The import that the file says it belongs to. What is wrong with the file is told when it is read. */
async function markOf({ bytes, file_name }: CorrectedFile): Promise<number | undefined> {
  try {
    return await inTurn(async () => {
      let marked: number | undefined
      // to its end: a reader that leaves early costs the next one a new thread
      for await (const importId of readMarkInThread({ bytes, file_name })) marked = importId
      return marked
    })
  } catch (error) {
    if (error instanceof WorkbookRefused) return undefined
    throw error
  }
}

type CorrectedImport = {
  import_id: number
  form: Form
  year: number
  decisions: Decisions
  decider: Decider | undefined
  frame: FramedValues
}

/** The import as it waits. Undefined where a mark leads nowhere: another's, or one that is over. */
async function hold(
  trx: Trx,
  database: Database,
  importId: number,
  { form: name, continues }: CorrectedFile,
): Promise<CorrectedImport | undefined> {
  const isAsked = continues !== undefined
  const found = await sql<{ form: string; campaign_id: number; decisions: Decisions; frame: FramedValues | null }>`
    select form, campaign_id, decisions, result -> 'restaging' -> 'frame' as frame from imports where id = ${importId} for update`.execute(
    trx,
  )
  const stored = found.rows[0]
  if (!stored) {
    if (!isAsked) return undefined
    await readImport(trx, database, importId)
    throw forbidden('只能由填报单位自己接着导入。')
  }
  const { state } = await readImport(trx, database, importId)
  if (stored.form !== name || state !== 'checked' || !stored.frame) {
    if (!isAsked) return undefined
    throw stored.form === name ? new Refusal(409, '这次导入已经结束，请作为新的文件上传。') : notFound()
  }
  const form = formIn(database, name, stored.campaign_id)
  const { year } = await campaignOf(trx, stored.campaign_id)
  const { decisions, frame } = stored
  return { import_id: importId, form, year, decisions, decider: deciderOf(form, decisions, year), frame }
}

/** What the file says otherwise. Undefined where it is another file after all. */
async function compare(
  trx: Trx,
  target: CorrectedImport,
  { bytes, file_name, continues }: CorrectedFile,
): Promise<DecisionPatch | undefined> {
  const { form, decisions, year } = target
  const layouts = { decided: decisions.mapping, remembered: rememberedIn(target.frame) }
  const messages = readInThread({ bytes, file_name, form, year, layouts })
  const corrections: DecisionPatch['corrections'] = []
  const lines = await openLines(trx, target.import_id)
  const met = new Map<number, { row: number; said: string }>()
  let plan: SheetPlan | undefined
  let isMarked = false
  try {
    for await (const message of messages as AsyncIterable<FileMessage>) {
      if (message.kind === 'sheet') {
        plan = message.plan
        isMarked ||= hasPlaces(plan)
      }
      if (message.kind === 'sheet' && isRetitled(target, message.plan)) return refuseOther(continues)
      if (message.kind === 'sheet_end' && plan && isResummed(target, plan, message.end)) return refuseOther(continues)
      if (message.kind !== 'rows' || !plan) continue
      for (const found of message.rows) {
        const line = await lines(found.place ?? found.n)
        // where 原行号 stands, a row without one is new, whatever row it has come to stand in
        const isOwn = hasPlaces(plan) ? found.place !== undefined : line && isSamePlace(target, plan, found, line)
        if (!line || !isOwn) {
          if (!isMarked) return refuseOther(continues)
          throw badRequest(
            `${plan.name}第 ${found.number} 行是新加的，或者“原行号”改动过。错误表里只改原有的行；新增的行请另存一份再上传。`,
          )
        }
        if (isCopied(met, found, line.fileRow.n, plan)) continue
        corrections.push(...differences(target, plan, found, line))
        if (corrections.length > MOST_CORRECTIONS) return refuseOther(continues)
      }
    }
  } catch (error) {
    if (error instanceof WorkbookRefused && continues === undefined) return undefined
    throw error instanceof WorkbookRefused ? new Refusal(422, error.message, { reason: error.reason }) : error
  } finally {
    await messages.return(undefined)
  }
  return { corrections, replacements: [], choices: [], left_out: [] }
}

const hasPlaces = ({ columns }: SheetPlan) => columns.some(({ kind }) => kind === 'place')

/** Whether the row was there before, word for word. Two rows of one 原行号 that say different things are refused. */
function isCopied(
  met: Map<number, { row: number; said: string }>,
  found: FileRow,
  n: number,
  plan: SheetPlan,
): boolean {
  const { number: row, values, typed, beside, unit, times } = found
  const said = JSON.stringify([values, typed, beside, unit, times])
  const before = met.get(n)
  met.set(n, before ?? { row, said })
  if (before && before.said !== said)
    throw badRequest(
      `${plan.name}第 ${before.row} 行和第 ${row} 行的“原行号”相同，内容不同，看不出留哪一行。请删去一行，新增的行另存一份再上传。`,
    )
  return before !== undefined
}

function refuseOther(continues: number | undefined): undefined {
  if (continues === undefined) return undefined
  throw new Refusal(409, '这份文件和原来的对不上，接不上这次导入。请放弃这次导入，作为新的文件上传。')
}

/** Headings as the import's own sheets were read. */
const rememberedIn = (frame: FramedValues) =>
  Object.fromEntries(plansOf(frame).flatMap((plan) => (plan.mapped_by ? [[plan.layout, chosenIn(plan)]] : [])))

/** The lines of an import by n, a few chunks held at a time: a file comes in order, sorted ones nearly. */
async function openLines(trx: Trx, importId: number) {
  const held: { chunk: Chunk; texts: string[] }[] = []
  return async (n: number): Promise<StagedRow | undefined> => {
    const covers = ({ chunk }: { chunk: Chunk }) => n >= chunk.first && n < chunk.first + chunk.kinds.length
    let own = held.find(covers)
    if (!own) {
      const found = await sql<{ first: number | null }>`
        select max(first) as first from import_rows where import_id = ${importId} and first <= ${n}`.execute(trx)
      const [chunk] = await readChunks(trx, importId, found.rows[0]?.first ?? 0, 1)
      if (!chunk) return undefined
      own = { chunk, texts: unpack(chunk.rows) }
      held.unshift(own)
      held.splice(CHUNKS_HELD)
      if (!covers(own)) return undefined
    }
    const at = n - own.chunk.first
    return readStaged(own.texts[at] ?? '', kindOf(own.chunk.kinds[at]))
  }
}

/** Whether what stands above a table and holds for all its rows was corrected: no cell of a row can say that. */
function isRetitled({ frame }: CorrectedImport, plan: SheetPlan): boolean {
  const { fixed } = plan
  const before = plansOf(frame).find((each) => tableOf(each) === tableOf(plan))?.fixed ?? {}
  return Object.entries(before).some(
    ([field, [chosen]]) => chosen && !fixed[field]?.some(({ value }) => value === chosen.value),
  )
}

/** Whether a 合计 that must be right was corrected: no cell of a row can say that either. */
function isResummed({ form, frame }: CorrectedImport, plan: SheetPlan, { totals }: SheetEnd): boolean {
  if (!mustAddUp(form)) return false
  const at = plansOf(frame).findIndex((each) => tableOf(each) === tableOf(plan))
  const ends = frame.messages.flatMap((message) => (message.kind === 'sheet_end' ? message.end : []))
  const said = new Map(ends[at]?.totals.map(({ row, column, says }) => [`${row} ${column}`, says]))
  return totals.some(({ row, column, says }) => said.get(`${row} ${column}`) !== says)
}

function isSamePlace(target: CorrectedImport, plan: SheetPlan, found: FileRow, line: StagedRow): boolean {
  const own = plansOf(target.frame)[line.sheet]
  return own !== undefined && tableOf(own) === tableOf(plan) && line.fileRow.number === found.number
}

/** The cells that say something else than the row says now, decisions included. */
function differences(
  target: CorrectedImport,
  plan: SheetPlan,
  found: FileRow,
  line: StagedRow,
): DecisionPatch['corrections'] {
  const { form, decider } = target
  const own = plansOf(target.frame)[line.sheet]
  const now = (own && decider?.decide(own, line.fileRow)?.fileRow) || line.fileRow
  const names = [
    ...Object.keys(plan.column_of),
    ...Object.entries(plan.beside).flatMap(([reference, besides]) =>
      Object.keys(besides).map((beside) => `${reference}.${beside}`),
    ),
    ...(plan.unit_column === null ? [] : ['unit_id']),
  ]
  return names.flatMap((field) => {
    const value = exactly(form, found, field)
    return value === exactly(form, now, field) ? [] : [{ n: line.fileRow.n, field, value: value === '' ? null : value }]
  })
}

/** What a cell says, as text that is read as the same value again. */
function exactly(form: Form, found: FileRow, name: string): string {
  const [reference = '', beside] = name.split('.')
  if (beside) return found.typed?.[name] ?? String(found.beside?.[reference]?.[beside] ?? '')
  const value = found.values[name]
  if (value === null) return '（清空）'
  return fieldOf(form, name)?.type === 'datetime' && typeof value === 'string' ? value : textOf(form, found, name)
}
