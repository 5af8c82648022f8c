/** A found table held against the registers a campaign has: which one it is, and what would have to be changed of it. */
import {
  type Adjustment,
  adjusted,
  type Definition,
  definitionOf,
  type FieldDefinition,
  type Form,
  formOf,
  isReservedColumn,
  proposedName,
  readDefinition,
  registersOf,
  type Surroundings,
} from '../forms/index.ts'
import { findHeading } from '../workbook/heading.ts'
import type { ReadColumn, ReadColumns } from './columns_read.ts'
import { isMarked } from './notes_said.ts'
import { doubtsOf, fieldColumns } from './own_register.ts'
import { paperOf } from './paper_of.ts'
import type { SaidOnPaper } from './printed_lines.ts'
import type { Question } from './question.ts'
import type { SheetRead } from './read_sheets.ts'
import type { AnnexTable } from './sheet_tables.ts'

type FoundBeside = { table: AnnexTable; sheet: SheetRead; said: SaidOnPaper; read: ReadColumns }
type Known = {
  /** Nearly all of its columns are the register's, and all that must be filled are there. */
  is_it: boolean
  form: Definition
  questions: Question[]
  name_of: (column: ReadColumn) => string | undefined
  /** The choice between changing it and a register beside it. */
  question: (own: Definition) => Question[]
}

/** So much of the columns makes a table the register, or makes it worth asking. */
const SAME = 0.8
const ALIKE = 0.6

export function knownRegister(reading: FoundBeside, around: Surroundings): Known | undefined {
  const best = registersOf(around.forms)
    .map((form) => ({ form, ...likeness(form, reading) }))
    .filter(({ share }) => share >= ALIKE)
    .sort((a, b) => b.share - a.share)[0]
  if (!best) return undefined
  const { form, fields, besides, share } = best
  const isWhole = form.fields.every(
    ({ name, required, derived }) => !required || derived || [...fields.values()].includes(name),
  )
  const { definition, questions, nameOf } = changed(form, reading, { fields, besides }, around)
  if ('errors' in readDefinition(definition, around)) return undefined
  const isIt = share >= SAME && isWhole
  const change = { value: definition, label: `就是“${form.label}”，按这张表改` }
  return {
    is_it: isIt,
    form: definition,
    questions,
    name_of: nameOf,
    question: (own) => {
      const apart = { value: own, label: '另建一个登记表' }
      const all = fieldColumns(reading.read.columns)
      const same = all.filter(({ column }) => fields.has(column)).length
      return [
        {
          id: 'form',
          about: 'form',
          says: `和现有的“${form.label}”比：${same} 栏相同，表上多 ${all.length - same} 栏。`,
          options: isIt ? [change, apart] : [apart, change],
        },
      ]
    },
  }
}

/** Which columns are which fields of a form, and what share of them. */
function likeness(form: Form, { table, sheet, read }: FoundBeside) {
  const fields = new Map<number, string>()
  const besides = new Map<number, string>()
  const found = findHeading(sheet.rows, sheet.merges, form)
  if (found?.from === table.heading.from)
    for (const { column, kind, field, beside, guessed } of found.columns)
      if (kind === 'beside' && field) besides.set(column, `${field}.${beside}`)
      else if ((kind === 'field' || kind === 'attachments' || kind === 'derived') && field && !guessed)
        fields.set(column, field)
  const all = fieldColumns(read.columns).filter(({ column }) => !besides.has(column))
  const same = all.filter(({ column }) => fields.has(column)).length
  return { fields, besides, share: all.length === 0 ? 0 : same / all.length }
}

/** Columns by number: the field each is, or the field beside a reference. */
type Matched = { fields: ReadonlyMap<number, string>; besides: ReadonlyMap<number, string> }

function changed(form: Form, { table, said, read }: FoundBeside, { fields, besides }: Matched, around: Surroundings) {
  const base = formOf(around.builtIn, form.name)
  const columns = fieldColumns(read.columns).filter(({ column }) => !besides.has(column))
  const taken = new Set(form.fields.map(({ name }) => name))
  const names = new Map<number, string>()
  const add: FieldDefinition[] = []
  for (const { column, field, label } of columns) {
    const known = fields.get(column)
    const name = known ?? proposedName(label, (each) => taken.has(each) || isReservedColumn(each))
    taken.add(name)
    names.set(column, name)
    if (known === undefined) add.push({ ...field, name })
  }
  const nameOf = (column: ReadColumn) => names.get(column.column) ?? besides.get(column.column)
  const fieldAt = (column: number) => form.fields.find(({ name }) => name === fields.get(column))
  const known = columns.flatMap((column) => {
    const field = fieldAt(column.column)
    return field ? [{ column, field }] : []
  })
  const labels = new Set(form.fields.map(({ label }) => label))
  const adjustment: Adjustment = {
    extends: form.name,
    ...(said.title && said.title !== form.title && { title: said.title }),
    rename: Object.fromEntries(
      known.flatMap(({ column, field }) =>
        column.label === field.label || labels.has(column.label) || COUNTED.test(column.label)
          ? []
          : [[field.name, column.label]],
      ),
    ),
    groups: Object.fromEntries(
      known.flatMap(({ column, field }) => {
        const group = column.group?.replace(/\s+/g, '') ?? ''
        return group === (field.group ?? '') ? [] : [[field.name, group]]
      }),
    ),
    order: columns.flatMap((column) => nameOf(column) ?? []),
    require: known.flatMap(({ column, field }) =>
      isMarked(column.heading) && !field.required && !field.derived ? field.name : [],
    ),
    choices: Object.fromEntries(
      known.flatMap(({ column, field }) => {
        const { choices } = column.kind
        const isOther = choices && field.type === 'choice' && choices.join() !== field.choices?.join()
        return isOther && column.kind.doubts.length === 0 ? [[field.name, choices]] : []
      }),
    ),
    hide: hidden(form, fields, around),
    add,
    paper: paperOf(table, said, read.columns, nameOf),
  }
  const meant = Object.fromEntries(
    Object.entries(adjustment).filter(
      ([, value]) => value === null || typeof value !== 'object' || Object.keys(value).length > 0,
    ),
  ) as Adjustment
  const definition: Definition = base ? meant : adjusted(definitionOf(form), meant)
  const questions = columns.filter(({ column }) => !fields.has(column)).flatMap(doubtsOf)
  return { definition, questions, nameOf }
}

/** 阅读量（万次） is no other name: the register counts in ones. */
const COUNTED = /[（(](万|亿|千|百)/

/** What the paper has no column for, as far as the register can do without. */
function hidden(form: Form, fields: ReadonlyMap<number, string>, around: Surroundings): string[] {
  const there = new Set(fields.values())
  const others = form.fields.filter(({ name, unprinted }) => !there.has(name) && !unprinted)
  return others.flatMap(({ name }) => {
    const read = readDefinition({ extends: form.name, hide: [name] }, around)
    return 'errors' in read ? [] : name
  })
}
