// What an exported row was: the record as it is now, with the changes since reverted by its history; and what the
// records it refers to were called. One statement each for all rows of a batch.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import {
  type Field,
  type Form,
  fieldOf,
  isBlank,
  type Row,
  readField,
  sameText,
  sameValue,
  targetOf,
  type Value,
} from '../../forms/index.ts'
import { campaignOf, type StoredRecord } from '../../records/read.ts'
import { unapply } from './merge.ts'

/** Nobody changes a row more often than this between an export and its upload; of one who did, every difference is asked. */
const MAX_STEPS = 500

type WantedVersion = { id: number; version: number | undefined }
type HistoryStep = { row_id: number; before: Row | null; secret: { before?: Row } | null }

/**
 * The base of each row: its record at its version. Absent where the record is gone, or its history does not reach back
 * that far. Reads the history only of records that have changed since.
 */
export async function readBases<T extends WantedVersion>(
  trx: Trx,
  form: Form,
  wanted: readonly T[],
  stored: ReadonlyMap<number, StoredRecord>,
): Promise<Map<T, Row>> {
  const bases = new Map<T, Row>()
  const behind: { each: T; now: StoredRecord; steps: number }[] = []
  for (const each of wanted) {
    const now = stored.get(each.id)
    const steps = now && each.version !== undefined ? now.version - each.version : 0
    if (!now || steps < 0 || steps > MAX_STEPS) continue
    if (steps === 0) bases.set(each, now)
    else behind.push({ each, now, steps })
  }
  if (behind.length === 0) return bases
  const asked = new Map<number, number>()
  for (const { each, steps } of behind) asked.set(each.id, Math.max(steps, asked.get(each.id) ?? 0))
  const found = await sql<HistoryStep>`
    select x.id as row_id, c.before, app.changes_secret(c.id) as secret
    from unnest(${[...asked.keys()]}::integer[], ${[...asked.values()]}::integer[]) as x (id, steps)
    cross join lateral (select h.id, h.before from changes h
      -- another type for a column is no other version of its rows
      where h.form = ${form.name} and h.row_id = x.id and h.action <> 'retyping' order by h.id desc limit x.steps) c
    order by x.id, c.id desc`.execute(trx)
  const { year } = await campaignOf(trx, behind[0]?.now.campaign_id)
  const stepsOf = new Map<number, Row[]>()
  for (const { row_id, before, secret } of found.rows) {
    const list = stepsOf.get(row_id) ?? []
    stepsOf.set(row_id, list)
    list.push(asOfNow(form, year, { ...before, ...secret?.before }))
  }
  for (const { each, now, steps } of behind) {
    const list = stepsOf.get(each.id) ?? []
    if (list.length >= steps) bases.set(each, unapply(now, list.slice(0, steps)))
  }
  return bases
}

/** Values of before a column got another type, read as it is now; a file's cells are read so too. */
function asOfNow(form: Form, year: number, values: Row): Row {
  const read = Object.entries(values).map(([name, value]) => {
    const field = fieldOf(form, name)
    const isNumber = field?.type === 'integer' || field?.type === 'decimal' || field?.type === 'reference'
    if (!field || !['string', 'number'].includes(typeof value) || (typeof value === 'number') === isNumber)
      return [name, value]
    const parsed = readField(field, String(value), { year })
    return [name, 'error' in parsed ? value : parsed.value]
  })
  return Object.fromEntries(read)
}

export type RecordNames = {
  /** Whether the words in a file, and those beside them, are what the record of this id is or was called. */
  isSame: (field: Field, words: string, beside: Row | undefined, id: Value | undefined) => boolean
  /** What the record is called now. */
  nameOf: (field: Field, id: Value) => string | undefined
}

/** What the records are called that bases refer to, and were called before. */
export async function readNamed(
  trx: Trx,
  form: Form,
  rows: readonly { given: Row; base: Row }[],
): Promise<RecordNames> {
  const called = new Map<string, { name: string; names: Set<string>; beside: Row }>()
  for (const field of form.fields) {
    const target = field.type === 'reference' ? targetOf(form, field) : undefined
    if (!target) continue
    const concerned = rows.filter(
      ({ given, base }) => typeof given[field.name] === 'string' && base[field.name] != null,
    )
    const ids = [...new Set(concerned.map(({ base }) => Number(base[field.name])))]
    if (ids.length === 0) continue
    const besides = Object.keys(field.beside ?? {})
    const found = await sql<{ id: number; name: string; beside: Row }>`
      select r.id, ${sql.ref(`r.${target.names}`)}::text as name, ${
        besides.length > 0
          ? sql`json_build_object(${sql.join(besides.flatMap((name) => [sql.lit(name), sql.ref(`r.${name}`)]))})`
          : sql`'{}'::json`
      } as beside from ${sql.table(target.name)} r where r.id = any (${ids}::integer[])`.execute(trx)
    for (const { id, name, beside } of found.rows)
      called.set(`${field.name} ${id}`, { name, names: new Set([sameText(name)]), beside })
    const isOther = ({ given, base }: { given: Row; base: Row }) =>
      !called.get(`${field.name} ${base[field.name]}`)?.names.has(sameText(String(given[field.name])))
    const renamed = [...new Set(concerned.filter(isOther).map(({ base }) => Number(base[field.name])))]
    if (renamed.length === 0) continue
    const former = await sql<{ row_id: number; name: string }>`
      select c.row_id, c.before ->> ${sql.lit(target.names)} as name from changes c
      where c.form = ${target.name} and c.row_id = any (${renamed}::integer[])
        and c.before ->> ${sql.lit(target.names)} is not null`.execute(trx)
    for (const { row_id, name } of former.rows) called.get(`${field.name} ${row_id}`)?.names.add(sameText(name))
  }
  return {
    nameOf: (field, id) => called.get(`${field.name} ${id}`)?.name,
    isSame: (field, words, beside, id) => {
      const known = called.get(`${field.name} ${id}`)
      if (!known?.names.has(sameText(words))) return false
      return Object.entries(beside ?? {}).every(
        ([name, value]) => isBlank(value) || sameValue(value, known.beside[name]),
      )
    },
  }
}

type Timed = { times: Record<string, string> | undefined; row: Row | undefined }

/** The days that times alone are of, by 'reference id': see `day_from`. */
export async function readDays(trx: Trx, form: Form, given: readonly Timed[]): Promise<Map<string, string>> {
  const days = new Map<string, string>()
  for (const { name, day_from } of form.fields) {
    const [reference = '', field = ''] = day_from ?? []
    const target = form.fields.find((each) => each.name === reference)?.to
    const ids = given.flatMap(({ times, row }) => {
      const id = times?.[name] ? row?.[reference] : undefined
      return typeof id === 'number' ? [id] : []
    })
    if (!target || ids.length === 0) continue
    const found = await sql<{ id: number; day: string }>`
      select r.id, ${sql.ref(`r.${field}`)}::text as day from ${sql.table(target)} r
      where r.id = any (${[...new Set(ids)]}::integer[])`.execute(trx)
    for (const { id, day } of found.rows) days.set(`${reference} ${id}`, day)
  }
  return days
}
