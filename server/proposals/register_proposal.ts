/** A workbook as proposed registers: each table that was found, the definition it comes to, and what has to be asked. */
import type { Definition, Surroundings } from '../forms/index.ts'
import { inTurn } from '../workbook/turns.ts'
import { type ReadColumn, readColumns } from './columns_read.ts'
import type { Book } from './drop_downs.ts'
import { knownRegister } from './known_register.ts'
import { ownRegister } from './own_register.ts'
import { type SaidOnPaper, saidOnPaper } from './printed_lines.ts'
import type { Question, TableKind } from './question.ts'
import { readSheetsInThread, type SheetRead } from './read_sheets.ts'
import { pictureOf, type SheetPicture } from './sheet_picture.ts'
import { type AnnexTable, bare, tableOf } from './sheet_tables.ts'

/** A column as it was read; `field`: what it came to, if anything; `why` in words. */
type ProposedColumn = {
  cell: string
  heading: string
  group: string | null
  is: ReadColumn['is']
  field: string | null
  why: string
  sample: string[]
}

type RegisterTable = {
  kind: TableKind
  sheet: string
  /** From the first cell of the heading to the last cell. */
  range: string
  title: string | null
  annex: number | null
  reported: string[]
  notes: string[]
  sign_off: string[]
  columns: ProposedColumn[]
  rows: { filled: number; examples: number; sample: string[][] }
  /** 合计, where there is one: the cells it adds up. */
  total: string[] | null
  picture: SheetPicture
}

export type RegisterProposal = { table: RegisterTable; form: Definition | null; questions: Question[] }

const MAX_SAMPLE_ROWS = 5
const MAX_SAMPLES = 3

/** The tables of a cleaned workbook. Throws `WorkbookRefused`. */
export async function proposalsOf(
  bytes: Buffer,
  fileName: string,
  around: Surroundings,
  year: number,
): Promise<RegisterProposal[]> {
  const book = await inTurn(() => readBook(bytes, fileName))
  return book.sheets.flatMap((sheet) => proposalOf(sheet, book, around, year) ?? [])
}

async function readBook(bytes: Buffer, fileName: string): Promise<Book> {
  const sheets: SheetRead[] = []
  let names: Book['names'] = new Map()
  for await (const message of readSheetsInThread({ bytes, file_name: fileName })) {
    if (message.kind === 'sheet') sheets.push(message.sheet)
    else names = message.names
  }
  return { sheets, names }
}

/** Hidden sheets hold words to choose from: no table of the paper. */
function proposalOf(sheet: SheetRead, book: Book, around: Surroundings, year: number): RegisterProposal | undefined {
  if (sheet.hidden || sheet.rows.length === 0) return undefined
  const table = tableOf(sheet)
  if (!table) return nothingOf(sheet)
  const said = saidOnPaper(table)
  const read = readColumns({ table, sheet, book, said, year, builtIn: around.builtIn })
  const kind = kindOfTable(table, said, read.columns)
  const own = kind === 'register' ? ownRegister(table, said, read, around) : undefined
  const known = own && knownRegister({ table, sheet, said, read }, around)
  const proposed = known?.is_it ? known : own
  const questions = proposed?.questions ?? []
  return {
    table: {
      kind: kind === 'register' && !own ? 'other' : kind,
      sheet: sheet.name,
      range: table.range,
      title: said.title ?? null,
      annex: said.annex ?? null,
      reported: said.reported,
      notes: said.notes,
      sign_off: said.sign_off,
      columns: read.columns.map((column) =>
        columnTold(column, table, known?.is_it ? known.name_of(column) : undefined),
      ),
      rows: {
        filled: table.row_count,
        examples: table.examples.length,
        sample: table.rows
          .slice(0, MAX_SAMPLE_ROWS)
          .map((row) => table.columns.map(({ column }) => row.cells[column]?.text ?? '')),
      },
      total: table.total ? table.total.sums.map((column) => cellOf(table, column)) : null,
      picture: pictureOf(sheet, table, said),
    },
    form: proposed?.form ?? null,
    questions: own && known ? [...known.question(own.form), ...questions] : questions,
  }
}

const cellOf = ({ columns }: AnnexTable, column: number) =>
  columns.find((each) => each.column === column)?.cell ?? String(column)

const nothingOf = (sheet: SheetRead): RegisterProposal => ({
  table: {
    kind: 'other',
    sheet: sheet.name,
    range: '',
    title: null,
    annex: null,
    reported: [],
    notes: [],
    sign_off: [],
    columns: [],
    rows: { filled: sheet.row_count, examples: 0, sample: [] },
    total: null,
    picture: pictureOf(sheet, undefined, undefined),
  },
  form: null,
  questions: [],
})

const whys = {
  number: '序号由系统编',
  unit: '就是填报单位，由系统填',
  identity: '系统不收身份证号，不设栏目',
  pen: '打印以后由人手填，不设栏目',
}

function columnTold(column: ReadColumn, { rows }: AnnexTable, known?: string): ProposedColumn {
  const { cell, heading, group, is } = column
  const samples = rows.map((row) => row.cells[column.column]?.text.trim() ?? '').filter((text) => text !== '')
  return {
    cell,
    heading,
    group: group ?? null,
    is,
    field: column.is === 'field' ? (known ?? column.field.name) : null,
    why: column.is === 'field' ? column.kind.why : column.is === 'hand' ? whys[column.why] : whys[column.is],
    sample: [...new Set(samples)].slice(0, MAX_SAMPLES),
  }
}

const QUOTAS = /(任务|名额|指标|计划)(数|任务)?(分配|分解)|分配(表|方案)/
const OF_UNITS = /^(单位|填报单位|推荐单位|地市|市|市州|工会|单位名称|工会名称)$/

/** A list of units with numbers beside them is what each has to do; else a table is one to be filled. */
function kindOfTable(table: AnnexTable, said: SaidOnPaper, columns: readonly ReadColumn[]): TableKind {
  const units = columns.find(({ label }) => OF_UNITS.test(label))
  const isFilled = table.rows.length > 1
  const others = columns.filter((column) => column !== units && column.is === 'field')
  const numbers = others.filter((column) =>
    table.rows.some(
      (row) =>
        row.cells[column.column]?.kind === 'number' && !/^\d{4}$|^\d{11}$/.test(row.cells[column.column]?.text ?? ''),
    ),
  )
  const isPlan = QUOTAS.test(bare(said.title ?? '')) || QUOTAS.test(bare(table.sheet))
  return units && isFilled && numbers.length > 0 && isPlan ? 'quotas' : 'register'
}
