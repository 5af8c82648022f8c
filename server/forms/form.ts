/**
 * The grammar of a form: what one official annex says, as plain data and pure functions, and the two readers
 * that everything goes through: `readRow` (cells → values) and `checkRow` (one-row rules).
 * It depends on no database, browser or role.
 */

import type { Computed } from './computed.ts'
import { collectionField, type Entry, entryRule } from './entries.ts'
import type { Paper } from './paper/paper.ts'
import { compileRule, type RuleDefinition } from './rule_kinds.ts'
import {
  askRules,
  type Errors,
  type Moment,
  mandatory,
  neverFalls,
  type Related,
  type RisingSeries,
  type Row,
  type Rule,
  seenThrough,
} from './rules.ts'
import { notValue } from './signs.ts'
import { types } from './types.ts'
import { type Context, isBlank, type Parsed, type Typed, type Value } from './value.ts'

export {
  askRules,
  type Errors,
  type Moment,
  type Related,
  type Row,
  type Rule,
  sentenceOf,
} from './rules.ts'
export { isBlank } from './value.ts'

export type Field = Typed & {
  name: string
  required?: boolean
  /** Other headings under which offices send this column. */
  synonyms?: readonly string[]
  /** The upper heading where two rows of headings are merged, e.g. 职工情况. */
  group?: string
  /** Reference: the form it points to, and which of its columns a rule wants to see, as `defineForm` finds them. */
  to?: string
  brings?: readonly string[]
  /** Reference: of the records it may point to, those that rows of this form name in the campaign: the units that take part. */
  among?: string
  /** Reference: further columns of a workbook that distinguish two records of one name, by target field. */
  beside?: Readonly<Record<string, readonly string[]>>
  /** Moments: a time alone is of the day that this field of a record referred to holds, e.g. ['event_id', 'held_on']. */
  day_from?: readonly [string, string]
  /** Counted or given by the database: shown and exported, never typed. */
  derived?: boolean
  /** Whose works have it, where not all do; it is `required` in none but theirs. */
  entry?: Entry
  /** Derived, as the form itself says how. */
  computed?: Computed
  /**
   * Whoever may not read phones sees it masked (138****0001) and can neither filter, sort nor search by it, wherever it
   * stands: lists, history, exports. Its column has a twin `<name>_masked`, and app.forms names it (db/migrations/018_forms.sql).
   */
  private?: boolean
  /** On no paper: the annex has no such column. */
  unprinted?: boolean
  /** Sums make sense: 合计 adds this column up. */
  sum?: boolean
  /** Width on paper, in characters. */
  width: number
  /** A sentence for whoever fills the form. */
  note?: string
}

export type Form = {
  name: string
  /** 宣传员: menu, tabs, sentences. */
  label: string
  /** 职工好网民宣传员登记表: the title on paper, after the year. */
  title: string
  annex: number | null
  /** What one row is counted in: 名, 个, 场. */
  measure: string
  /** unit: rows of a reporting unit in a campaign; campaign: the campaign's own data; global: neither. */
  scope: 'unit' | 'campaign' | 'global'
  /** The field that names a row, by which references find it. */
  names: string
  /**
   * What is left of a name (in `sameText`) without what people add or leave away: words that are alike in it to one record
   * only are that record's name.
   */
  familiar?: (name: string) => string
  /** The list of further names a row is known by: references and imports find it by them. */
  aliases?: string
  fields: readonly Field[]
  /** Its workbook as an office printed it; drawn as the house draws where nothing is said. */
  paper?: Paper
  /** How a row finds its record: the first key whose fields are all filled. */
  keys: readonly (readonly string[])[]
  series?: RisingSeries
  /** Other forms whose rows are counted against its own: a page of these listens to them too. */
  counts?: readonly string[]
  /** Its own rules; `defineForm` adds those that fields and series amount to. */
  rules?: readonly Rule[]
  /** Combinations, besides its keys, that no two rows within the scope share. */
  unique?: readonly (readonly string[])[]
  /** The life of its rows, where it is not that of an ordinary register: the twin of app.flow. */
  flow?: 'work' | 'campaign'
  /** Removing a row concerns everybody: whoever does it types the row's name. */
  grave?: boolean
  /** Rows of one campaign are a beginning for the next: an empty list offers to bring them over. */
  recurs?: boolean
  /** What is decided above the unit, on rows that it has sent: by whom, in which fields, in which states of the row. */
  desks?: Readonly<Partial<Record<Desk, { fields: readonly string[]; states: readonly string[] }>>>
}
/** host: whose unit hosts the collection that the row belongs to. */
type Desk = 'province' | 'cac' | 'host'

/** How a form's annex is called on paper: 附件3. Undefined where it has none. */
export const annexOf = ({ annex }: Pick<Form, 'annex'>): string | undefined =>
  annex === null ? undefined : `附件${annex}`

/** What a form goes by in sentences, stages and reopenings: its annex where it has one, else its label. */
export const placeOf = (form: Pick<Form, 'annex' | 'label'>): string => annexOf(form) ?? form.label

/** The number of the annex that a text speaks of: 3 of “附件3 统计表.xlsx”. */
export const annexIn = (text: string): number | undefined => {
  const digits = /附件\s*(\d+)/.exec(text.normalize('NFKC'))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

type Options = Partial<Omit<Field, 'name' | 'label' | 'type'>>
const field =
  (type: Field['type'], width: number) =>
  (name: string, label: string, options: Options = {}): Field => ({ width, ...options, name, label, type })

export const text = field('text', 16)
export const longText = field('long_text', 30)
export const integer = field('integer', 9)
export const decimal = field('decimal', 9)
export const date = field('date', 12)
export const month = field('month', 10)
export const datetime = field('datetime', 16)
export const yesNo = field('yes_no', 8)
/** Private, unless it is said to be everybody's. */
export const phone = (name: string, label: string, options: Options = {}): Field =>
  field('phone', 14)(name, label, { private: true, ...options })
export const creditCode = field('credit_code', 21)
export const url = field('url', 24)
export const attachments = field('attachments', 16)
export const conditions = field('conditions', 20)
export const scoringItems = field('scoring_items', 26)
export const prizesOf = field('prizes', 26)
export const choice = (name: string, label: string, choices: readonly string[], options: Options = {}): Field => ({
  width: 10,
  ...options,
  choices,
  name,
  label,
  type: 'choice',
})
export const list = (name: string, label: string, options: Options = {}): Field => ({
  width: 14,
  ...options,
  name,
  label,
  type: 'list',
})
export const reference = (name: string, label: string, to: string, options: Options = {}): Field => ({
  width: 26,
  ...options,
  to,
  name,
  label,
  type: 'reference',
})

/** 备注 closes every form a clerk fills. */
export const remark = longText('remark', '备注', { max: 500, width: 12 })

/** A form as written: its rules may be words of the vocabulary. */
type WrittenForm = Omit<Form, 'rules'> & { rules?: readonly (Rule | RuleDefinition)[] }

/** The rules that the fields and the series of a form amount to. */
export function impliedRules({ fields, series }: Pick<Form, 'fields' | 'series'>): Rule[] {
  const labelOf = (name: string) => fields.find((each) => each.name === name)?.label ?? name
  return [
    ...fields.filter(({ required, derived }) => required && !derived).map(mandatory),
    ...fields.flatMap((field) => (field.entry ? entryRule(field, field.entry, collectionField({ fields }) ?? '') : [])),
    ...(series ? [neverFalls(series, labelOf)] : []),
  ]
}

/**
 * A form as written, with all its rules: mandatory cells and counts that never fall are rules like any other, and what rules
 * look at of a record referred to is what the reference brings. Refuses a definition that contradicts itself.
 */
export function defineForm<const T extends WrittenForm>(form: T): Omit<T, 'rules'> & { rules: readonly Rule[] } {
  const names = new Set(form.fields.map((each) => each.name))
  if (names.size !== form.fields.length) throw new Error(`${form.name}: a field is named twice`)
  const open = form.fields.find(
    (each) => each.private && (types[each.type].column !== 'text' || each.name === form.names),
  )
  if (open) throw new Error(`${form.name}: ${open.name} can't be private, it is no text or names the row`)
  const rules = [
    ...impliedRules(form),
    ...(form.rules ?? []).map((rule) => ('check' in rule ? rule : compileRule(rule, form.fields))),
  ]
  const decided = Object.values(form.desks ?? {}).flatMap((desk) => desk.fields)
  const seen = rules.flatMap(({ looksAt }) => looksAt.map((name) => name.replace(/\..*/, '')))
  const unique = [...(form.unique ?? []), ...rules.flatMap((rule) => (rule.unique ? [rule.unique] : []))]
  const named = [
    form.names,
    ...(form.aliases ? [form.aliases] : []),
    ...form.keys.flat(),
    ...unique.flat(),
    ...decided,
    ...seen,
  ]
  for (const name of named) {
    if (!names.has(name) && !beside.includes(name)) throw new Error(`${form.name}: no field ${name}`)
  }
  const fields = form.fields.map((each) => {
    const brings = seenThrough(rules, each.name)
    return brings.length > 0 ? { ...each, brings } : each
  })
  return { ...form, fields, rules, ...(unique.length > 0 ? { unique } : {}) }
}
/** What a row stands beside without referring to it (see `Related`). */
const beside = ['series', 'elsewhere', 'twin', 'campaign', 'uploads', 'proportion']

/** Whether two values, as they are stored or sent, are the same; nothing at all is the same as null. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  (a ?? null) === (b ?? null) || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** What offices write into a cell that has nothing to say. */
const nothing = /^(?:[/／\\—–－-]{1,3}|无|暂无|没有)$/

/** One cell, understood: its value, or the sentence that says what to do. Blank is null. */
export function readField(field: Field, cell: unknown, context: Context): Parsed {
  if (isBlank(cell)) return { value: null }
  const error = typeof cell === 'string' ? notValue(field.label, cell) : undefined
  if (error) return { error }
  const says_nothing = !field.required && typeof cell === 'string' && nothing.test(cell.trim())
  if (says_nothing && field.type === 'reference') return { value: null }
  const parsed = types[field.type].parse(cell, field, context)
  if ('error' in parsed && says_nothing) return { value: null }
  return 'value' in parsed && parsed.value === '' ? { value: null } : parsed
}

/** A value as people read it; also what a copy and a workbook carry. */
export const printField = (field: Field, value: Value | undefined) =>
  value === null || value === undefined ? '' : types[field.type].print(value, field)

/**
 * The cells of one row, by field name, understood. Cells of other names are left to the caller.
 * A cell at fault is absent from `row` and has its sentence in `errors`.
 */
export function readRow(form: Form, cells: Record<string, unknown>, context: Context): { row: Row; errors: Errors } {
  const row: Row = {}
  const errors: Errors = {}
  for (const each of form.fields) {
    if (each.derived || !(each.name in cells)) continue
    const parsed = readField(each, cells[each.name], context)
    if ('error' in parsed) errors[each.name] = parsed.error
    else row[each.name] = parsed.value
  }
  return { row, errors }
}

/**
 * What a whole row must satisfy: the form's rules up to the moment, so that at 提交 all are asked. `related` brings the rows
 * it stands beside. Sentences by field; none where the row may pass.
 */
export const checkRow = (form: Form, row: Row, related: Related = {}, moment: Moment = 'storing'): Errors =>
  askRules(form.rules ?? [], 'must', row, related, moment)

/** What is to be looked at again in a row that may pass: the form's `explain` rules up to the moment. Refuses nothing. */
export const explainRow = (form: Form, row: Row, related: Related = {}, moment: Moment = 'storing'): Errors =>
  askRules(form.rules ?? [], 'explain', row, related, moment)

/** Rules that hold a row against what it stands beside: `series`, `elsewhere` or a field that refers. */
export const rulesBeside = (form: Form, name: string): Rule[] =>
  (form.rules ?? []).filter(({ looksAt }) => looksAt.some((seen) => seen.startsWith(`${name}.`)))
