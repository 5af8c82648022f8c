// Which column of a file is read into which field: as its heading says, as somebody decided for this file, or as the unit
// decided for an earlier file of the same heading. It says where the heading leaves doubt, so that it is asked, once.
import { createHash } from 'node:crypto'
import { badRequest } from '../../errors.ts'
import { type Field, type Form, fieldOf, notValue, readField } from '../../forms/index.ts'
import type { Heading, HeadingColumn } from '../../workbook/heading.ts'
import { normalHeading } from '../../workbook/heading_words.ts'
import type { SheetRow } from '../../workbook/read.ts'
import { isUnitOfRow, type SheetPlan, tableOf } from './plan.ts'

/** Column (0-based, as text) → field, 'unit_id', or null for a column that is not read. */
export type ChosenColumns = Record<string, string | null>
/** What was decided: for the sheets of this file, by name, and earlier for whole headings, by digest. */
export type Layouts = { decided?: Record<string, ChosenColumns>; remembered?: Record<string, ChosenColumns> }

/** What stands in a column: a few of its values, the share of rows that have one, and fields that all of them would fit. */
export type ColumnLook = { samples: string[]; filled: number; fits: string[]; telling?: string[] }

export type MappedColumn = {
  column: number
  heading: string
  field: string | null
  beside?: string
  /** Of a column that is ticked: for which choice of the field. */
  choice?: string
  kind: 'field' | 'mark' | 'beside' | 'unit' | 'unknown' | 'forbidden' | 'attachments'
  sure: boolean
  samples: string[]
  /** Of a column that is not read: the only field its values look like. */
  likely?: string
}
export type Mapping = {
  /** Something is unsure, and nobody has decided. */
  needed: boolean
  /** At least one sheet is read as an earlier file was. */
  remembered: boolean
  /** Table by table. `is_unnamed`: no heading of the form was found. */
  sheets: { name: string; heading_row: number; sure: boolean; is_unnamed?: true; columns: MappedColumn[] }[]
}

/** Rows at the top of a table whose cells are looked at. */
const LOOKED_AT = 50
const SHOWN_SAMPLES = 3
const KEPT_SAMPLES = 12
const MAX_SAMPLE = 60
const MAX_SHEETS = 200
const MAX_COLUMNS = 256

/** Columns that a person may give to a field. */
const OPEN: readonly HeadingColumn['kind'][] = ['field', 'unknown', 'unit', 'derived', 'attachments']

/** A heading as it is remembered: its words, column by column. */
function layoutOf({ columns, is_unnamed }: Pick<Heading, 'columns' | 'is_unnamed'>): string {
  const words = columns
    .filter(({ kind }) => kind !== 'token' && kind !== 'place')
    .map(({ column, heading }) => [column, normalHeading(heading)])
  return createHash('sha256')
    .update(JSON.stringify(is_unnamed ? [words, 'unnamed'] : words))
    .digest('hex')
    .slice(0, 32)
}

/** The heading with its columns given to the fields that were decided on, and who decided. */
export function mapHeading(
  heading: Heading,
  form: Form,
  sheet: string,
  { decided, remembered }: Layouts = {},
): { heading: Heading; layout: string; by?: 'decided' | 'remembered' } {
  const layout = layoutOf(heading)
  const by = decided && Object.hasOwn(decided, sheet) ? 'decided' : 'remembered'
  const chosen = by === 'decided' ? decided?.[sheet] : remembered?.[layout]
  if (!chosen) return { heading, layout }
  const given = new Set(Object.values(chosen).filter((target) => target !== null))
  const columns = heading.columns.map((column): HeadingColumn => {
    const { column: at, heading: words } = column
    const plain = { column: at, heading: words }
    const target = Object.hasOwn(chosen, String(at)) && OPEN.includes(column.kind) ? chosen[at] : undefined
    if (target === null && (column.kind === 'field' || column.kind === 'unit'))
      return { ...plain, kind: 'unknown', field: null }
    if (target && isTarget(form, target))
      return isUnitOfRow(form, target)
        ? { ...plain, kind: 'unit', field: null }
        : { ...plain, kind: 'field', field: target }
    // a field that went to another column is not read twice
    if (column.kind === 'field' && given.has(column.field ?? '')) return { ...plain, kind: 'unknown', field: null }
    if (column.kind === 'unit' && form.scope === 'unit' && given.has('unit_id'))
      return { ...plain, kind: 'unknown', field: null }
    const { guessed: _guessed, rival: _rival, ...sure } = column
    return sure
  })
  return { heading: { ...heading, columns }, layout, by }
}

function isTarget(form: Form, target: string): boolean {
  const field = fieldOf(form, target)
  return isUnitOfRow(form, target) || (field !== undefined && !field.derived && field.type !== 'attachments')
}

/** Reads what a person decided: { sheets: [{ name, columns }] }, none where it is only to be checked again. Throws a 400 that names what is wrong. */
export function readChosen(form: Form, body: unknown, known: Mapping | undefined): Record<string, ChosenColumns> {
  const { sheets, ...others } = (body ?? {}) as { sheets?: unknown }
  const unknown = Object.keys(others)[0]
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  if (!Array.isArray(sheets) || sheets.length > MAX_SHEETS)
    throw badRequest('sheets 应是 [{"name":"工作表","columns":{"3":"phone"}}]。')
  const decided: Record<string, ChosenColumns> = {}
  for (const sheet of sheets as { name?: unknown; columns?: unknown }[]) {
    const told = known?.sheets.find(({ name }) => name === sheet?.name)
    if (!told) throw badRequest(`文件里没有工作表“${String(sheet?.name).slice(0, 40)}”。`)
    const { columns } = sheet
    if (typeof columns !== 'object' || columns === null || Array.isArray(columns))
      throw badRequest('columns 应是 {"列号":"栏目"}，列号从 0 起。')
    decided[told.name] = readColumns(form, columns as Record<string, unknown>, told.columns)
  }
  return decided
}

function readColumns(form: Form, given: Record<string, unknown>, known: readonly MappedColumn[]): ChosenColumns {
  const chosen: ChosenColumns = {}
  const entries = Object.entries(given)
  if (entries.length > MAX_COLUMNS) throw badRequest(`columns 最多 ${MAX_COLUMNS} 列。`)
  for (const [at, target] of entries) {
    const column = known.find((each) => String(each.column) === at)
    if (!column) throw badRequest(`表头里没有第 ${at.slice(0, 10)} 列。`)
    if (target !== null && (typeof target !== 'string' || !isTarget(form, target)))
      throw badRequest(`“${column.heading}”不能读到“${String(target).slice(0, 40)}”，没有这个栏目，或者不从文件里读。`)
    if (column.kind === 'forbidden' || column.kind === 'beside') continue
    if (target !== null && Object.values(chosen).includes(target))
      throw badRequest(`“${fieldOf(form, target)?.label ?? '填报单位'}”对应了不止一列，请只留一列。`)
    chosen[at] = target
  }
  return chosen
}

// What stands in the columns -----------------------------------------------------------------------------------------

/** Numbers of identity cards are kept nowhere, whatever the heading over them says. */
const withoutNumbers = (words: string) => words.replace(/\d{17}[\dXx]/g, '…')

/** Types whose values are known by their looks. */
const TELLING = new Set<Field['type']>(['phone', 'credit_code', 'choice', 'url'])
const DATED = new Set<Field['type']>(['date', 'month', 'datetime', 'yes_no'])

const isTelling = (type: Field['type'] | undefined) => type !== undefined && (TELLING.has(type) || DATED.has(type))

/** Looks at the first rows of a table; `end` returns what stands in each column. */
export function columnLooker(form: Form, { columns }: Pick<Heading, 'columns'>, year: number) {
  const seen = columns.map(() => ({ filled: 0, samples: new Set<string>() }))
  let rows = 0
  const take = ({ cells }: SheetRow): void => {
    if (rows >= LOOKED_AT) return
    rows++
    for (const [index, { column }] of columns.entries()) {
      const text = cells[column]?.text.trim()
      // what stands for something else says nothing of its column
      const words = text && notValue('', text) ? undefined : text
      const each = seen[index]
      if (!words || !each) continue
      each.filled++
      if (each.samples.size < KEPT_SAMPLES) each.samples.add(words.slice(0, MAX_SAMPLE))
    }
  }
  const taken = new Set(columns.map(({ field }) => field))
  const free = form.fields.filter((field) => !field.derived && !taken.has(field.name))
  const fits = (field: Field, samples: readonly string[]) =>
    samples.length > 0 &&
    samples.some((words) => words !== '其他') &&
    samples.every((words) => 'value' in readField(field, words, { year }))
  /** Fields that the values of a column would fit and that have none; of a guessed one, whether they fit its own. */
  function fitting({ kind, field }: HeadingColumn, samples: readonly string[]): string[] {
    const own = kind === 'field' && field ? fieldOf(form, field) : undefined
    if (own) return isTelling(own.type) && fits(own, samples) ? [own.name] : []
    if (kind !== 'unknown') return []
    return free
      .filter(({ type, required }) => TELLING.has(type) || (required && type !== 'integer' && type !== 'decimal'))
      .filter((each) => fits(each, samples))
      .map(({ name }) => name)
  }
  const end = (): Record<number, ColumnLook> =>
    Object.fromEntries(
      columns.map((column, index) => {
        const { filled, samples } = seen[index] ?? { filled: 0, samples: new Set<string>() }
        const all = [...samples]
        const shown = column.kind === 'forbidden' ? [] : all.slice(0, SHOWN_SAMPLES).map(withoutNumbers)
        const fits = fitting(column, all)
        const telling = fits.filter((name) => isTelling(fieldOf(form, name)?.type))
        return [column.column, { samples: shown, filled: rows > 0 ? filled / rows : 0, fits, telling }]
      }),
    )
  return { take, end }
}

// Where it is not sure ------------------------------------------------------------------------------------------------

const FULL = 0.5

/** What a read sheet comes to for the page: its columns, and which of them leave doubt. */
function mappedSheet(plan: SheetPlan, looks: Record<number, ColumnLook>): Mapping['sheets'][number] {
  const lookAt = (column: number): ColumnLook => looks[column] ?? { samples: [], filled: 0, fits: [] }
  const rivals = new Set(
    plan.columns.flatMap(({ column, rival }) => (rival && lookAt(column).filled > 0 ? [rival] : [])),
  )
  const columns = plan.columns.flatMap((column): MappedColumn[] => {
    const { kind } = column
    if (kind === 'number' || kind === 'token' || kind === 'place') return []
    const look = lookAt(column.column)
    const sure = plan.mapped_by !== undefined || (!plan.is_unnamed && isSure(column, look, rivals))
    return [
      {
        column: column.column,
        heading: column.heading,
        field: column.field,
        ...(column.beside ? { beside: column.beside } : {}),
        ...(column.choice ? { choice: column.choice } : {}),
        kind: kind === 'derived' ? 'unknown' : kind,
        sure,
        samples: look.samples,
        ...(plan.is_unnamed ? likelyField(plan, column, looks) : {}),
      },
    ]
  })
  const isUnnamed = plan.is_unnamed ? { is_unnamed: true as const } : {}
  const sure = columns.every((column) => column.sure)
  return { name: tableOf(plan), heading_row: plan.heading_row, sure, ...isUnnamed, columns }
}

/** What only one field fits, and only one column. */
function likelyField(
  { columns }: SheetPlan,
  { kind, column }: HeadingColumn,
  looks: Record<number, ColumnLook>,
): { likely?: string } {
  const [likely, ...others] = kind === 'unknown' ? (looks[column]?.telling ?? []) : []
  if (!likely || others.length > 0) return {}
  const isAlone = columns.every((each) => each.column === column || !looks[each.column]?.telling?.includes(likely))
  return isAlone ? { likely } : {}
}

function isSure(column: HeadingColumn, { filled, fits }: ColumnLook, rivals: ReadonlySet<string>): boolean {
  // 1, 2, 3 over a column say nothing of what stands in it
  if (column.kind === 'unknown' && /^\d+$/.test(column.heading)) return false
  if (filled === 0) return true
  if (column.kind === 'unknown') return !(column.rival || (filled >= FULL && fits.length > 0))
  if (column.kind !== 'field') return true
  if (rivals.has(column.field ?? '')) return false
  return !column.guessed || fits.includes(column.field ?? '')
}

/** The mapping of a whole file, from its sheets. */
export function mappingOf(sheets: readonly { plan: SheetPlan; looks: Record<number, ColumnLook> }[]): Mapping {
  const told = sheets.slice(0, MAX_SHEETS).map(({ plan, looks }) => mappedSheet(plan, looks))
  return {
    needed: told.some(({ sure }) => !sure),
    remembered: sheets.some(({ plan }) => plan.mapped_by === 'remembered'),
    sheets: told,
  }
}
