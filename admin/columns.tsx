/**
 * The one adapter between a form and the grid: a form's definition and what the person may do become columns, the state
 * of a row, and the check over a whole row. Reading and printing are the form's own.
 */

import {
  type Field,
  type Form,
  isMany,
  labelOf,
  printField,
  readField,
  requiredAtSubmission,
  targetOf,
  type Value,
} from '../server/forms/index.ts'
import { isReplaceable, replacedIn } from '../server/forms/replacing.ts'
import type { StoredRow } from './dataProvider.ts'
import { whyNotOf } from './entries.ts'
import type { CellReading, Column, Option, Row, RowState } from './grid/index.ts'
import { type Campaign, type Me, type Rights, rightsOf } from './me.ts'
import { shown } from './parts/shown.ts'
import { registerStates, State, wordOf, workStates } from './parts/states.tsx'
import { moment } from './parts/words.ts'
import { explanationsOf } from './rules.ts'
import { suggest } from './suggesting.ts'

const MAX_COLUMN_PX = 320

/** Everything a column may depend on. `closed`: the form's deadline has passed. `brought`: rows that rules look at. */
export type Setting = {
  form: Form
  me: Me
  rights: Rights
  campaign: Campaign
  closed: boolean
  brought: Readonly<Record<string, ReadonlyMap<number, StoredRow>>>
  units: readonly StoredRow[]
}

/** What this person decides above the unit on the row as it is now; undefined where there is nothing. */
function deskAt({ form, me }: Setting, row: Row) {
  const hosts = me.role === 'clerk' && me.hosted.includes(Number(row.collection_id))
  const at = me.role === 'clerk' ? (hosts ? 'host' : undefined) : me.role === 'juror' ? undefined : me.role
  const desk = at && form.desks?.[at]
  return desk?.states.includes(String(row.status)) ? desk : undefined
}

const types: Record<Field['type'], Column['type']> = {
  text: 'text',
  long_text: 'long_text',
  integer: 'number',
  decimal: 'number',
  date: 'date',
  month: 'date',
  datetime: 'date',
  choice: 'choice',
  list: 'choices',
  yes_no: 'choice',
  phone: 'text',
  credit_code: 'text',
  url: 'text',
  reference: 'reference',
  attachments: 'files',
  conditions: 'text',
  scoring_items: 'text',
  prizes: 'text',
}

/** What has no order and no single value: it is neither filtered nor added up. */
const isComposed = (field: Field) => isMany(field) && field.type !== 'list'

/** By what rows can be grouped. */
const groupsOf: Partial<Record<Field['type'], Column['groups']>> = {
  text: ['group'],
  choice: ['group'],
  yes_no: ['group'],
  reference: ['group'],
  date: ['day', 'month', 'year'],
  datetime: ['day', 'month', 'year'],
  month: ['month', 'year'],
}

const stepNames = { group: '值', day: '日', month: '月', year: '年' } as const
export const nameOfStep = (step: keyof typeof stepNames): string => `按${stepNames[step]}`

/** What is copied: as it is stored, without spaces and commas. */
const copied = (field: Field, value: unknown, row: Row): string =>
  field.type === 'reference' ? shown(field, value, row) : printField(field, (value ?? null) as Value)

/** True while the unit itself may still write the row: its own, a draft or sent back, before the deadline. */
export function isOpen({ form, me, rights, closed }: Setting, row: Row): boolean {
  if (!rights.update) return false
  if (form.scope !== 'unit') return true
  const status = row.status ?? 'draft'
  const own = row.unit_id === undefined || row.unit_id === me.unit_id
  return own && !closed && (status === 'draft' || status === 'returned')
}

/** Whether this person may write this cell. The server decides anew; this only spares people the refusal. */
export function isWritable(setting: Setting, field: Field, row: Row): boolean {
  const { me, rights } = setting
  if (field.derived || field.type === 'attachments' || !rights.fields_writable.includes(field.name)) return false
  // what a work has of another collection can be cleared, and nothing else
  if ((row[field.name] ?? null) === null && whyNotOf(setting, field, row)) return false
  if (deskAt(setting, row)?.fields.includes(field.name)) return true
  if (me.role === 'cac') return false
  return isOpen(setting, row)
}

const yesNo: Option[] = [
  { value: true, label: '是' },
  { value: false, label: '否' },
]

function choicesOf(field: Field): Option[] | undefined {
  if (field.type === 'yes_no') return yesNo
  return isComposed(field) ? undefined : field.choices?.map((value) => ({ value, label: printField(field, value) }))
}

function read(field: Field, text: string, campaign: Campaign, row: Row): CellReading {
  // A reference left as it stands keeps its id, also where two records go by one name.
  if (field.type === 'reference' && text !== '' && text === row[labelOf(field.name)])
    return { value: row[field.name], label: text }
  const parsed = readField(field, text, { year: campaign.year })
  if ('error' in parsed) return parsed
  return field.type === 'reference' ? { value: parsed.value, label: text.trim() } : { value: parsed.value }
}

/** What a filter is bounded by may be of any year, and 7.2 is a day there although in a cell of times it could be 7:02. */
function readBound(field: Field, text: string, campaign: Campaign, row: Row): CellReading {
  const unbounded = { ...field, of_year: false }
  const day = field.type === 'datetime' ? read({ ...unbounded, type: 'date' }, text, campaign, row) : undefined
  return day && 'value' in day && !/[:：]/.test(text)
    ? { value: `${day.value}T00:00:00` }
    : read(unbounded, text, campaign, row)
}

/** `later`: mandatory at 提交, which the head says in words. */
const widthOf = (field: Field, later: boolean) => {
  const head = field.label.length * 12.5 + 46 + (later ? 60 : field.required ? 8 : 0)
  return Math.min(MAX_COLUMN_PX, Math.max(field.width * 7.4 + 18, head))
}

/** Makes a record that a reference shall point to, from its name and what else it must have; null when given up. */
export type Make = (target: Form, name: string) => Promise<Option | null>

/** Forms whose records are made from a cell that refers to them: what they must have can be typed or chosen. */
function isMadeInPlace(target: Form | undefined, me: Me): target is Form {
  const must = target?.fields.filter((field) => field.required) ?? []
  return target !== undefined && rightsOf(me, target.name).create && must.every(({ type }) => type !== 'reference')
}

function creationOf({ form, me }: Setting, field: Field, make: Make | undefined): Pick<Column, 'create'> {
  const target = targetOf(form, field)
  if (!make || field.type !== 'reference' || field.among || !isMadeInPlace(target, me)) return {}
  return { create: { label: (text) => `新建${target.label}“${text}”`, make: (text) => make(target, text) } }
}

function fieldColumn(setting: Setting, field: Field, make: Make | undefined): Column {
  const { form, rights, campaign } = setting
  const masked = rights.fields_masked.includes(field.name)
  const isNumber = field.type === 'integer' || field.type === 'decimal'
  const choices = choicesOf(field)
  const later = requiredAtSubmission(form).has(field.name)
  return {
    name: field.name,
    label: field.label,
    type: types[field.type],
    width: Math.round(widthOf(field, later)),
    frozen: field.name === form.names,
    required: field.required && !field.derived,
    ...(later && { requiredLater: '提交时必填' }),
    align: isNumber ? 'right' : 'left',
    ...(field.note && { note: field.note }),
    ...(choices && { choices }),
    read: (text, row) => read(field, text, campaign, row),
    ...((field.of_year || field.type === 'datetime') && {
      readBound: (text: string, row: Row) => readBound(field, text, campaign, row),
    }),
    print: (value, row) => shown(field, value, row),
    copy: (value, row) => copied(field, value, row),
    editable: (row) => !masked && isWritable(setting, field, row),
    ...(!masked && isReplaceable(field) && { replace: replacedIn }),
    ...(field.entry && { closedBecause: (row: Row) => whyNotOf(setting, field, row) }),
    ...(field.type === 'reference' && { suggest: (text: string, row: Row) => suggest(setting, field, text, row) }),
    ...creationOf(setting, field, make),
    filterable: !masked && !isComposed(field),
    sortable: !masked && !isComposed(field),
    groups: masked ? [] : (groupsOf[field.type] ?? []),
    summaries: masked || isComposed(field) ? [] : isNumber ? ['count', 'sum', 'distinct'] : ['count', 'distinct'],
  }
}

/** A column that is no field of the form: state, unit, moments. Nobody types into it. */
function fixedColumn(column: Partial<Column> & Pick<Column, 'name' | 'label'>): Column {
  return {
    type: 'other',
    read: () => ({ error: '这一栏不能直接改。' }),
    print: (value) => String(value ?? ''),
    editable: () => false,
    ...column,
  }
}

function stateColumn(form: Form): Column {
  const states = form.flow === 'work' ? workStates : registerStates
  return fixedColumn({
    name: 'status',
    label: '状态',
    type: 'choice',
    width: 88,
    frozen: true,
    choices: states.map((status) => ({ value: status, label: wordOf(status) })),
    filterable: true,
    groups: ['group'],
    print: (value) => (value ? wordOf(value) : ''),
    render: (value) => (value ? <State status={value} /> : null),
  })
}

function unitColumn(units: readonly StoredRow[]): Column {
  return fixedColumn({
    name: 'unit_id',
    label: '单位',
    type: 'choice',
    width: 76,
    frozen: true,
    choices: units.map((unit) => ({ value: unit.id, label: String(unit.short_name) })),
    filterable: true,
    groups: ['group'],
    print: (_value, row) => String(row.unit_id_label ?? ''),
  })
}

const day = { name: 'day', label: '日期', type: 'date', width: 12 } as const

/** A moment is read as the day it is on: nobody types one, but filters ask for days. */
const momentColumn = (name: string, label: string): Column =>
  fixedColumn({
    name,
    label,
    type: 'date',
    width: 132,
    print: moment,
    read: (text) => readField(day, text, { year: new Date().getFullYear() }),
    filterable: true,
    sortable: true,
    groups: ['day', 'month', 'year'],
  })

/** The columns of a form for a person; `withUnits` where rows of several units stand together. */
export function columnsOf(setting: Setting, withUnits: boolean, make?: Make): Column[] {
  const { form, rights } = setting
  const fields = form.fields.filter((field) => !rights.fields_hidden.includes(field.name))
  const isRegister = form.scope === 'unit'
  return [
    ...(isRegister ? [stateColumn(form)] : []),
    ...(isRegister && withUnits ? [unitColumn(setting.units)] : []),
    ...fields.map((field) => fieldColumn(setting, field, make)),
    ...(isRegister
      ? [
          momentColumn('submitted_at', '提交时间'),
          fixedColumn({ name: 'reviewed_by_label', label: '审核人', width: 84, filterable: false, sortable: false }),
        ]
      : []),
    momentColumn('updated_at', '改动时间'),
  ]
}

/** How a row looks: locked ground, an edge where it came back, the remarks on its cells. */
export function stateOf(setting: Setting): (row: Row) => RowState {
  return (row) => {
    if (setting.form.scope !== 'unit') return { locked: !setting.rights.update }
    const came = row.status === 'returned'
    const fields = came && Array.isArray(row.returned_fields) ? (row.returned_fields as string[]) : []
    return {
      locked: !isOpen(setting, row) && !deskAt(setting, row),
      attention: came,
      ...(row.status === 'void' && { struck: true }),
      marks: {
        ...explanationsOf(setting, row),
        ...Object.fromEntries(fields.map((name) => [name, String(row.returned_reason ?? '')])),
      },
    }
  }
}
