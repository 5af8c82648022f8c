/**
 * Rows printed into a template: what the caller may read of each, masked as in exports, into the blanks of a paper. Papers are
 * filled in the reading thread, a few at a time, so that memory stays flat however many there are.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { Refusal } from '../errors.ts'
import {
  type Attachment,
  type Form,
  type PrintBlank,
  printField,
  sourceOfBlank,
  targetOf,
  type Value,
} from '../forms/index.ts'
import type { ColumnSource } from '../forms/paper/columns.ts'
import type { CellValue } from '../forms/paper/layout.ts'
import { ownUnit, rowsOf, seenBy, showsUnits } from '../papers/rows.ts'
import type { ListQuery } from '../records/query.ts'
import type { Relation } from '../records/relation.ts'
import { asCounted, countedUnder } from '../workbook/counted.ts'
import { fileName } from '../workbook/names.ts'
import { inTurn } from '../workbook/turns.ts'
import type { ZipEntry } from '../workbook/zip_write.ts'
import type { PaperFormat } from './blocks.ts'
import type { Filling, PrintPicture } from './filling.ts'
import { fillInThread } from './jobs.ts'
import { pictureSize } from './picture_size.ts'

/** Papers of one request; and in one file, which a program has to open at once. */
const MAX_PAPERS = 5_000
const MAX_PAPERS_IN_ONE = 100
/** Papers filled between two turns of the reading thread. */
const PAPERS_A_TURN = 10
const MAX_PICTURE_BYTES = 5 * 1024 * 1024
/** All pictures of one file. */
const MAX_PICTURES_BYTES = 40 * 1024 * 1024
const NUMBER_DIGITS = 4
const ALIVE_MS = 20_000

type PrintTask = {
  trx: Trx
  person: Person
  relation: Relation
  query: ListQuery
  signal: AbortSignal
  template: { name: string; format: PaperFormat; blanks: readonly PrintBlank[]; content: Buffer }
  /** Told after each turn how many papers are done. */
  onDone: (papers: number) => void
}

/** Refuses more papers than are made at once, and none at all. */
export function refuseMany(papers: number, isOne: boolean): void {
  if (papers === 0) throw new Refusal(409, '没有符合这些条件的行，请放宽筛选再打印。')
  const most = isOne ? MAX_PAPERS_IN_ONE : MAX_PAPERS
  if (papers <= most) return
  const instead = isOne && papers <= MAX_PAPERS ? '，或者选“每行一份”' : ''
  throw new Refusal(413, `一次最多${isOne ? '合成' : '打印'} ${most} 份，这里有 ${papers} 份。请缩小筛选${instead}。`)
}

/** Where a blank's value is read from, as far as the caller may read it. */
function readable({ relation, person }: PrintTask, path: string | null): ColumnSource | undefined {
  const { form, sight } = relation
  const source = path === null ? undefined : sourceOfBlank(form, path)
  if (source?.from === 'unit') return sight.seen.has('unit_id') ? source : undefined
  if (source?.from === 'field') return sight.seen.has(source.field.name) ? source : undefined
  if (source?.from !== 'beside' || !sight.seen.has(source.reference.name)) return undefined
  const target = targetOf(form, source.reference)
  return target && seenBy(relation, person)(target, source.field.name) ? source : undefined
}

/** A value as it is written on paper; of files which they are. */
function printed(source: ColumnSource, value: Value): string | null {
  if (value === null || value === undefined) return null
  if (source.from !== 'field' && source.from !== 'beside') return String(value)
  const { field } = source
  if (field.type === 'attachments') return JSON.stringify(value)
  return field.type === 'reference' || typeof value === 'number' ? String(value) : printField(field, value)
}

/** The first picture among the files of a cell, where the caller may read it. */
async function pictureOf(trx: Trx, files: string | null): Promise<PrintPicture | undefined> {
  if (files === null) return undefined
  for (const { id } of JSON.parse(files) as Attachment[]) {
    const found = await sql<{ content: Buffer }>`select f.content from files f
      where f.id = ${id} and f.type in ('image/png', 'image/jpeg') and f.size <= ${MAX_PICTURE_BYTES}`.execute(trx)
    const bytes = found.rows[0]?.content
    const size = bytes && pictureSize(bytes)
    if (bytes && size) return { bytes, ...size }
  }
  return undefined
}

/** A number in what its label counts it in: 粉丝数（万）. */
function wordsFor(form: Form, { field, label }: PrintBlank, cell: CellValue | undefined): string | null {
  if (cell === null || cell === undefined) return null
  const quantity = field === null ? undefined : countedUnder(form, field, label)
  return quantity ? asCounted(String(cell), quantity) : String(cell)
}

type NamedFilling = { name: string; filling: Filling }

/** What goes into the blanks, paper by paper. */
async function* fillings(task: PrintTask): AsyncGenerator<NamedFilling[]> {
  const { trx, relation, query, person, template } = task
  const sources = template.blanks.map(({ field }) => readable(task, field))
  const named = readable(task, relation.form.names)
  const columns = [named, ...sources].map((source) => ({
    source: source ?? { from: 'hand' as const },
    print: (value: Value) => (source ? printed(source, value) : null),
  }))
  const withUnit = await showsUnits(trx, relation, person, query)
  for await (const rows of rowsOf(trx, relation, query, columns, ownUnit(relation, person, query, withUnit)))
    for (let from = 0; from < rows.length; from += PAPERS_A_TURN) {
      const papers: NamedFilling[] = []
      for (const [name, ...cells] of rows.slice(from, from + PAPERS_A_TURN)) {
        const filling: Filling = { values: {}, pictures: {} }
        for (const [n, blank] of template.blanks.entries()) {
          const words = wordsFor(relation.form, blank, cells[n])
          const picture = blank.kind === 'picture' ? await pictureOf(trx, words) : undefined
          if (picture) filling.pictures[blank.at] = picture
          else if (words !== null && blank.kind !== 'picture') filling.values[blank.at] = words
        }
        papers.push({ name: String(name ?? ''), filling })
      }
      yield papers
    }
}

async function* filled(task: PrintTask, papers: readonly NamedFilling[], asOne: boolean): AsyncGenerator<Buffer> {
  const { content, format, blanks } = task.template
  const given = {
    bytes: content,
    format,
    blanks: [...blanks],
    papers: papers.map(({ filling }) => filling),
    as_one: asOne,
  }
  // PostgreSQL ends a transaction that says nothing for a minute; others may have the thread for longer
  const alive = setInterval(() => sql`select`.execute(task.trx).catch(() => {}), ALIVE_MS)
  const made = await inTurn(async () => {
    const files: Buffer[] = []
    for await (const bytes of fillInThread(given, task.signal)) files.push(Buffer.from(bytes))
    return files
  }).finally(() => clearInterval(alive))
  task.onDone(papers.length)
  yield* made
}

/** All papers in one file. */
export async function* printedInOne(task: PrintTask): AsyncGenerator<Buffer> {
  const all: NamedFilling[] = []
  let bytes = 0
  for await (const papers of fillings(task)) {
    for (const { filling } of papers)
      for (const picture of Object.values(filling.pictures)) bytes += picture.bytes.length
    if (bytes > MAX_PICTURES_BYTES)
      throw new Refusal(413, '这些行的照片加起来太大，合不成一份。请选“每行一份”，或者少选几行。')
    all.push(...papers)
  }
  yield* filled(task, all, true)
}

/** Each paper as a file of its own, numbered in the order of the list. */
export async function* printedOneByOne(task: PrintTask): AsyncGenerator<ZipEntry> {
  let n = 0
  for await (const papers of fillings(task)) {
    let at = 0
    for await (const content of filled(task, papers, false)) {
      const number = String(++n).padStart(NUMBER_DIGITS, '0')
      const title = `${task.template.name}-${papers[at++]?.name ?? ''}`
      yield { name: fileName({ annex: number, title }, task.template.format), content }
    }
  }
}
