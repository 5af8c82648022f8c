/** The columns of a found table as columns of a register: what each is, which are none and why, which must be filled. */
import type { FieldDefinition, Forms } from '../forms/index.ts'
import { isIdentityHeading } from '../workbook/identity.ts'
import type { ColumnKind } from './column_evidence.ts'
import { kindOf } from './column_kinds.ts'
import { columnNamer } from './data_names.ts'
import { asksOf, type Book } from './drop_downs.ts'
import { isMarked, labelIn, mandatorySaid, type SaidOfMandatory, sentencesOf } from './notes_said.ts'
import type { SaidOnPaper } from './printed_lines.ts'
import type { SheetRead } from './read_sheets.ts'
import { type AnnexColumn, type AnnexTable, bare, NUMBERING } from './sheet_tables.ts'

/** `field`: with its definition. number: 序号. unit: whose row it is. hand: on paper only. */
export type ReadColumn = AnnexColumn & { label: string } & (
    | { is: 'field'; field: FieldDefinition; kind: ColumnKind; may_be_empty: boolean }
    | { is: 'number' | 'unit' }
    | { is: 'hand'; why: 'identity' | 'pen' }
  )

export type ReadColumns = { columns: ReadColumn[]; mandatory: SaidOfMandatory }

const UNIT_WORDS = ['填报单位', '报送单位', '上报单位', '所属市', '所属地市', '所在地市', '地市']
const FOR_PEN = /^(本人)?(签名|签字|签章|盖章)$/
/** What a form seldom insists on. */
const LEISURELY = /备注|链接|网址|备考|照片|截图|附件|佐证/
const MAX_LABEL_CHARS = 40

type AnnexReading = { table: AnnexTable; sheet: SheetRead; book: Book; said: SaidOnPaper; year: number; builtIn: Forms }

export function readColumns({ table, sheet, book, said, year, builtIn }: AnnexReading): ReadColumns {
  const notes = sentencesOf(said.notes)
  const labels = table.columns.map(({ heading }) => labelIn(heading))
  const mandatory = mandatorySaid(labels, notes)
  if (table.columns.some(({ heading }) => isMarked(heading))) mandatory.rule = 'marked'
  const nameFor = columnNamer(builtIn)
  const seen = new Set<string>()
  const columns = table.columns.map((column): ReadColumn => {
    const label = labelIn(column.heading).slice(0, MAX_LABEL_CHARS) || column.cell
    const known = { ...column, label }
    if (NUMBERING.test(bare(column.heading))) return { ...known, is: 'number' }
    if (isIdentityHeading(label)) return { ...known, is: 'hand', why: 'identity' }
    if (FOR_PEN.test(label)) return { ...known, is: 'hand', why: 'pen' }
    if (UNIT_WORDS.includes(label) || label === said.unit) return { ...known, is: 'unit' }
    const kind = kindOf(column, table, sheet, year, asksOf(column.column, table, sheet, book), notes)
    const mayBeEmpty = isFree({ ...known, kind }, table, mandatory)
    return { ...known, is: 'field', kind, may_be_empty: mayBeEmpty, field: fieldOf({ ...known, kind }, mayBeEmpty) }
  })
  return { columns, mandatory }

  function fieldOf(column: AnnexColumn & { label: string; kind: ColumnKind }, mayBeEmpty: boolean): FieldDefinition {
    const { kind, width, group } = column
    const { why: _, doubts: _doubts, ...options } = kind
    const label = distinct(column.label, group)
    const isSum = table.total?.sums.includes(column.column) && (kind.type === 'integer' || kind.type === 'decimal')
    return {
      name: nameFor(column.label, kind.type),
      label,
      ...options,
      ...(group && { group: group.replace(/\s+/g, '').slice(0, MAX_LABEL_CHARS) }),
      ...(!mayBeEmpty && kind.type !== 'attachments' && { required: true }),
      ...(isSum && { sum: true }),
      ...(width && { width: Math.min(100, Math.max(2, Math.round(width / CHARACTER_WIDTH))) }),
    }
  }

  /** Two columns of one label in one group could not be told apart in a workbook that comes back. */
  function distinct(label: string, group = ''): string {
    let own = label
    for (let at = 2; seen.has(`${group}/${own}`); at++) own = `${label}${at}`
    seen.add(`${group}/${own}`)
    return own
  }
}

/** Columns of sheets are counted a little narrower than the characters a definition speaks of. */
const CHARACTER_WIDTH = 0.875

function isFree(
  { label, heading, column, kind }: AnnexColumn & { label: string; kind: ColumnKind },
  { rows }: AnnexTable,
  { rule, free }: SaidOfMandatory,
): boolean {
  if (rule === 'marked') return !isMarked(heading)
  if (free.includes(label)) return true
  if (rule === 'all') return false
  const isOftenEmpty =
    rows.length > 0 && rows.some((row) => !row.cells[column] || row.cells[column]?.text.trim() === '')
  return isOftenEmpty || LEISURELY.test(label) || kind.type === 'attachments'
}
