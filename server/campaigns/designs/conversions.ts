/**
 * What stands in cells when a definition takes a choice away or gives a column another type: each value that there is, read
 * as an import would read it, or replaced as the definition says (`replace`). The database writes what comes of it
 * (db/security/081_conversions.sql).
 */
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { invalid } from '../../errors.ts'
import {
  type Definition,
  type Field,
  type FieldDefinition,
  type FormDefinition,
  type InstalledColumn,
  isAdjustment,
  nameOfDefinition,
  printField,
  readField,
  types,
  type Value,
} from '../../forms/index.ts'

/** A value that rows hold and that no longer fits: how many rows, and what it becomes; without `becomes` nobody has said. */
export type Conversion = { field: string; value: string; rows: number; becomes?: string }

/** What publishing does to the values of a column. */
export type ColumnConversion = {
  field: FieldDefinition
  /** `type`: it gets another one. `choices`: some are taken away. */
  kind: 'type' | 'choices'
  /** What the database is to write, value by value. */
  values: (readonly [was: Value, becomes: Value])[]
  converted: number
  told: Conversion[]
  lost: { rows: number; sample: number[]; binned: number }
}

type StoredValue = { value: Value; rows: number; binned: number; sample: number[] }

const MAX_TOLD = 200
/** Values read before others get their turn: a column may hold as many as the table has rows. */
const AT_ONCE = 1_000
const MAX_SAMPLE = 20

/** Columns of the definition that have another type in the database. */
const retypedIn = (form: string, fields: readonly FieldDefinition[], columns: readonly InstalledColumn[]) =>
  fields.flatMap((field) => {
    const installed = columns.find((column) => column.form === form && column.name === field.name)
    return installed && installed.type !== field.type ? [{ field, was: installed.type as Field['type'] }] : []
  })

/** Refuses a definition that gives a column another type where others use it: 422 by path. */
export async function refuseRetyping(
  trx: Trx,
  campaignId: number,
  definition: Definition,
  columns: readonly InstalledColumn[],
): Promise<void> {
  const form = nameOfDefinition(definition)
  const [path, fields] = isAdjustment(definition) ? ['add', definition.add ?? []] : ['fields', definition.fields]
  const errors: Record<string, string> = {}
  for (const { field } of retypedIn(form, fields, columns)) {
    const { rows } = await sql<{ refused: string | null }>`
      select app.retyping_refused(${campaignId}, ${form}, ${field.name}, ${field.type}) as refused`.execute(trx)
    const refused = rows[0]?.refused
    if (refused) errors[`${path}.${fields.indexOf(field)}.type`] = refused
  }
  if (Object.keys(errors).length > 0) throw invalid(errors, '有栏目不能换成这种类型。')
}

const asField = (field: FieldDefinition): Field => ({ width: 10, ...field })

/** What a value becomes; undefined where that is not said. */
function retyped(value: Value, from: Field, field: FieldDefinition, year: number): Value | undefined {
  const printed = printField(from, value)
  const { replace = {} } = field
  const wanted = Object.hasOwn(replace, printed) ? replace[printed] : printed
  const read = readField(asField(field), wanted, { year })
  if ('error' in read || (read.value === null && field.required)) return undefined
  return read.value
}

/** The same for a choice, or choices of a list, of which some are gone. */
function rechosen(value: Value, { choices = [], replace = {}, required }: FieldDefinition): Value | undefined {
  const one = (choice: string) =>
    choices.includes(choice) ? choice : Object.hasOwn(replace, choice) ? (replace[choice] ?? null) : undefined
  if (!Array.isArray(value)) {
    const becomes = one(String(value))
    return becomes === null && required ? undefined : becomes
  }
  const all = value.map((each) => one(String(each)))
  if (all.includes(undefined)) return undefined
  const kept = [...new Set(all.filter((each) => each !== null))] as string[]
  return kept.length > 0 ? kept : required ? undefined : null
}

type Reading = { trx: Trx; campaignId: number; form: string; year: number }

/** What becomes of the values in one column. */
async function convert(
  { trx, campaignId, form, year }: Reading,
  field: FieldDefinition,
  was: Field['type'] | undefined,
  before: FieldDefinition | undefined,
): Promise<ColumnConversion> {
  const kept = was === undefined ? (field.choices ?? []) : null
  await sql`declare stored no scroll cursor for
    select * from app.values_of(${campaignId}, ${form}, ${field.name}, ${kept}::text[])`.execute(trx)
  const from = asField(
    was === undefined ? field : before?.type === was ? before : { name: field.name, label: field.label, type: was },
  )
  const done: ColumnConversion = {
    field,
    kind: was === undefined ? 'choices' : 'type',
    values: [],
    converted: 0,
    told: [],
    lost: { rows: 0, sample: [], binned: 0 },
  }
  for (;;) {
    const { rows } = await sql<StoredValue>`fetch ${sql.lit(AT_ONCE)} from stored`.execute(trx)
    for (const stored of rows) {
      const becomes = was === undefined ? rechosen(stored.value, field) : retyped(stored.value, from, field, year)
      note(done, stored, printField(from, stored.value), becomes)
    }
    if (rows.length < AT_ONCE) break
  }
  await sql`close stored`.execute(trx)
  return done
}

function note(done: ColumnConversion, { value, rows, binned, sample }: StoredValue, printed: string, becomes?: Value) {
  const { field, kind, lost, told, values } = done
  const isSaid = Object.keys(field.replace ?? {}).length > 0
  if (becomes === undefined) {
    lost.rows += rows
    lost.binned += binned
    if (lost.sample.length < MAX_SAMPLE) lost.sample.push(...sample.slice(0, MAX_SAMPLE - lost.sample.length))
    if (rows > 0 && told.length < MAX_TOLD) told.push({ field: field.name, value: printed, rows })
    // of another type nothing can stand there: it is emptied, and told of in the history
    if (kind === 'type') values.push([value, null])
    return
  }
  done.converted += rows
  values.push([value, becomes])
  const isReplaced = kind === 'choices' || (isSaid && Object.hasOwn(field.replace ?? {}, printed))
  if (isReplaced && rows > 0 && told.length < MAX_TOLD)
    told.push({ field: field.name, value: printed, rows, becomes: printField(asField(field), becomes) })
}

/** What becomes of the values of all columns that the definition changes so. */
export async function conversionsOf(
  reading: Reading,
  after: FormDefinition,
  before: FormDefinition | undefined,
  columns: readonly InstalledColumn[],
): Promise<ColumnConversion[]> {
  const known = new Map(before?.fields.map((field) => [field.name, field]))
  const isInstalled = (name: string) =>
    known.has(name) || columns.some((column) => column.form === after.name && column.name === name)
  const retypedFields = new Map(retypedIn(after.name, after.fields, columns).map(({ field, was }) => [field.name, was]))
  const found: ColumnConversion[] = []
  for (const field of after.fields) {
    const was = retypedFields.get(field.name)
    const isChosen = field.choices && ['choice', 'list'].includes(field.type) && !field.computed && !field.derived
    if (was === undefined && !(isChosen && isInstalled(field.name))) continue
    found.push(await convert(reading, field, was, known.get(field.name)))
  }
  return found
}

/** What is done to rows, as sentences. */
export function conversionSentences(conversions: readonly ColumnConversion[], before?: FormDefinition): string[] {
  return conversions.flatMap(({ field, kind, converted, told, lost }) => {
    const name = `“${field.label}”`
    const replaced = told.flatMap(({ value, rows, becomes }) =>
      becomes === undefined ? [] : [`${rows} 行的${name}由“${value}”${becomes ? `改成“${becomes}”` : '改成空的'}。`],
    )
    if (kind === 'choices') return replaced
    const old = before?.fields.find((each) => each.name === field.name)
    const type = old && old.type !== field.type ? `由${types[old.type].label}` : ''
    return [
      `${name}的类型${type}改为${types[field.type].label}，${converted} 行的值照样读得出。`,
      ...replaced,
      ...(lost.binned > 0
        ? [`回收站里 ${lost.binned} 行的${name}读不成${types[field.type].label}，会清空；原来的值在变更记录里。`]
        : []),
    ]
  })
}

/** Values for which nobody has said what they become: they are mended first. 422 by field. */
export function refuseLost(conversions: readonly ColumnConversion[]): void {
  const errors = conversions.flatMap(({ field: { name, label, type }, kind, lost: { rows } }) => {
    if (rows === 0) return []
    const sentence =
      kind === 'choices'
        ? `还有 ${rows} 行的“${label}”填的是要去掉的选项：请先把这些行改成别的选项，或者在定义里写明改成什么（replace）。`
        : `还有 ${rows} 行的“${label}”读不成${types[type].label}：请先改好或清空这些行，或者在定义里写明改成什么（replace）。`
    return [[name, sentence] as const]
  })
  if (errors.length > 0) throw invalid(Object.fromEntries(errors), '有些行的值按新的定义放不下，没有发布。')
}

/** By column, what the database is to write. */
export const valuesToWrite = (conversions: readonly ColumnConversion[]): string =>
  JSON.stringify(
    Object.fromEntries(
      conversions
        .filter(({ kind, values }) => kind === 'type' || values.length > 0)
        .map(({ field, values }) => [field.name, values]),
    ),
  )
