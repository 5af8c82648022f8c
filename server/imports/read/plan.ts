// What a sheet's heading comes to for one form: which column is read into which field, what holds for the whole sheet, and
// what is reported to the clerk about the columns.
import { type Field, type Form, fieldOf, readField, targetOf, type Value } from '../../forms/index.ts'
import type { Heading, HeadingColumn } from '../../workbook/heading.ts'
import { normalHeading } from '../../workbook/heading_words.ts'
import type { Sheet } from '../../workbook/read.ts'

/** A value that stands above the heading and holds for all rows of the sheet, with the cell it was found in. */
type Fixed = { value: string; row: number; column: number }

/** Words that may name the unit of a table, with their place in words and, unless it is the file's or a sheet's name, its cell. */
type UnitSaid = { words: string; where: string; cell?: { row: number; column: number } }

export type SheetPlan = {
  /** The sheet's. */
  name: string
  /** What the table goes by where it is not the first of its sheet. */
  table?: string
  /** Another table stands in the same rows. */
  is_beside?: true
  heading_row: number
  columns: HeadingColumn[]
  /** Field of the form → column of the sheet. */
  column_of: Record<string, number>
  /** Columns beside a reference: field → target's field → column. */
  beside: Record<string, Record<string, number>>
  unit_column: number | null
  fixed: Record<string, Fixed[]>
  fixed_beside: Record<string, Record<string, Value>>
  /** The records that `fixed` came to, once they are looked up. */
  fixed_ids?: Record<string, Value>
  /** What names the unit whose table it is, the nearest to the rows first; absent of files checked by an earlier version. */
  says_unit?: UnitSaid[]
  /** The other unit whose rows these are, where that is certain. */
  other_unit?: { id: number; why: string }
  notes: string[]
  /** Digest of the heading's words: see mapping.ts. */
  layout: string
  /** No heading of the form was found: its columns are for a person to name. */
  is_unnamed?: true
  /** Somebody gave the columns to their fields: for this file, or for an earlier one of the same heading. */
  mapped_by?: 'decided' | 'remembered'
  /** Rows that the file may have, as its sheets say. */
  rows_expected: number
}

/** How the columns were given to their fields, how long the file is, which of the tables of a sheet it is. */
type Mapped = Pick<SheetPlan, 'layout' | 'mapped_by' | 'rows_expected' | 'table' | 'is_beside'>

/** What decisions about columns and what is reported of a table call it. */
export const tableOf = ({ name, table }: Pick<SheetPlan, 'name' | 'table'>): string => table ?? name

/** What each column is read into, as a person would have decided it: a field, 'unit_id', or null where it is not read. */
export const chosenIn = ({ columns }: SheetPlan): Record<string, string | null> =>
  Object.fromEntries(columns.map(({ column, kind, field }) => [column, kind === 'unit' ? 'unit_id' : field]))

/** The reporting unit of a row, which is no field of a form that units fill; in 附件1 the unit is a field. */
export const isUnitOfRow = (form: Form, name: unknown): boolean => form.scope === 'unit' && name === 'unit_id'

const FORBIDDEN = '本活动不需要身份证号，这一列没有读取，号码也没有保存。'

/** What is known of a sheet from its heading and what stands above it. */
export function planOf(
  sheet: Sheet,
  form: Form,
  heading: Heading,
  { year, file_name }: { year: number; file_name: string },
  mapped: Mapped,
): SheetPlan {
  const plan: SheetPlan = {
    name: sheet.name,
    heading_row: heading.to,
    columns: heading.columns,
    column_of: {},
    beside: {},
    unit_column: null,
    fixed: {},
    fixed_beside: {},
    says_unit: unitsSaid(sheet.name, heading, file_name),
    notes: [],
    ...(heading.is_unnamed ? { is_unnamed: true } : {}),
    ...mapped,
  }
  for (const column of heading.columns) {
    if (column.kind === 'field' && column.field) plan.column_of[column.field] = column.column
    if (column.kind === 'mark' && column.field) plan.column_of[column.field] ??= column.column
    if (column.kind === 'unit') plan.unit_column = column.column
    if (column.kind === 'beside' && column.field && column.beside)
      plan.beside[column.field] = { ...plan.beside[column.field], [column.beside]: column.column }
    const note = heading.is_unnamed && column.kind !== 'forbidden' ? undefined : noteOn(column, form)
    if (note) plan.notes.push(note)
  }
  const read = heading.columns.filter(({ kind }) => kind !== 'token' && kind !== 'place')
  const hidden = read.filter((column) =>
    sheet.hidden_columns.some((range) => column.column >= range.from && column.column <= range.to),
  )
  if (hidden.length > 0) {
    plan.notes.push(`隐藏的列也读取了：${hidden.map((column) => `“${column.heading}”`).join('、')}。`)
  }
  fixFromAbove(plan, form, heading, year)
  return plan
}

/** Labels above a table whose value is its reporting unit. */
const UNIT_LABELS = ['填报单位', '报送单位', '上报单位', '所属市', '所属地市', '单位']

function unitsSaid(sheet: string, { remarks, title }: Heading, fileName: string): UnitSaid[] {
  const said = remarks.filter(({ label }) => UNIT_LABELS.includes(label))
  return [
    ...said.map(({ label, value, row, column }) => ({ words: value, where: label, cell: { row, column } })),
    ...(title ? [{ words: title.text, where: '标题', cell: { row: title.row, column: title.column } }] : []),
    { words: sheet, where: '工作表名' },
    { words: fileName.replace(/\.[a-z]+$/i, ''), where: '文件名' },
  ]
}

function noteOn(column: HeadingColumn, form: Form): string | undefined {
  if (column.kind === 'forbidden') return FORBIDDEN
  if (column.kind === 'attachments') return `“${column.heading}”里的文件请在表里上传，这一列没有读取。`
  if (column.kind === 'unknown') return `“${column.heading}”不在${form.label}的栏目里，这一列没有读取。`
  if (!column.guessed) return undefined
  const label = fieldOf(form, column.field ?? '')?.label
  return `“${column.heading}”这一列按“${label}”读取，请核对。`
}

/**
 * A mandatory reference without a column is looked for above the heading (活动名称：…), then in the title, then in the
 * sheet's name: a sheet of one event. The first that names a record is taken.
 */
function fixFromAbove(plan: SheetPlan, form: Form, heading: Heading, year: number): void {
  for (const field of form.fields) {
    if (field.type !== 'reference' || !field.required || field.name in plan.column_of) continue
    const called = [field.label, ...(field.synonyms ?? [])].map(normalHeading)
    const fixed: Fixed[] = []
    for (const { label, value, row, column } of heading.remarks) {
      if (called.includes(normalHeading(label))) fixed.push({ value, row, column })
    }
    const title = heading.title
    if (title) for (const value of namesIn(title.text)) fixed.push({ ...title, value })
    for (const value of namesIn(plan.name)) fixed.push({ value, row: heading.from, column: 0 })
    plan.fixed[field.name] = fixed
    for (const [name, labels] of Object.entries(field.beside ?? {})) {
      const calledBeside = labels.map(normalHeading)
      const remark = heading.remarks.find((one) => calledBeside.includes(normalHeading(one.label)))
      const target = besideField(form, field.name, name)
      const said = remark?.value ?? (target?.type === 'date' ? dayIn(title?.text ?? '') : undefined)
      const parsed = said && target ? readField(target, said, { year }) : undefined
      if (parsed && 'value' in parsed)
        plan.fixed_beside[field.name] = { ...plan.fixed_beside[field.name], [name]: parsed.value }
    }
  }
}

const ofList = /(活动)?(现场)?(人员)?(签到表|签到册|签到|花名册|名单|统计表|登记表|汇总表)$/
const dayWords = /\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*[日号]?|\d{1,2}\s*月\s*\d{1,2}\s*[日号]/

/**
 * What a title or a sheet's name may name, likeliest first: 合肥市总工会“知识竞赛”活动签到表（7月10日） is 知识竞赛, among others
 * that no record will bear.
 */
function namesIn(text: string): string[] {
  const whole = text.replace(ofList, '')
  const bare = text
    .replace(/[（(][^（）()]*[）)]\s*$/, '')
    .replace(/^\s*\d{1,3}\s*[.、．]\s*/, '')
    .replace(/^\d{4}\s*年度?/, '')
    .replace(ofList, '')
  const quoted = [...text.matchAll(/[“"「《]([^“”"「」《》]+)[”"」》]/g)].map((match) => match[1] ?? '')
  const dayless = bare.replace(dayWords, '').replace(/\s*\d{1,2}[.-]\d{1,2}$/, '')
  return [...new Set([whole, bare, dayless, ...quoted].map((each) => each.trim()))].filter((each) => each !== '')
}

const dayIn = (text: string): string | undefined => dayWords.exec(text)?.[0]

/** The field of the record a reference points to, that is written beside the reference. */
export function besideField(form: Form, reference: string, name: string | undefined): Field | undefined {
  const field = fieldOf(form, reference)
  const target = field && targetOf(form, field)
  return target && name ? fieldOf(target, name) : undefined
}
