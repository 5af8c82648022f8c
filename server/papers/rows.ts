/**
 * What an export reads: which columns the role sees, whether rows of several units are among them, the names for
 * drop-downs, the rows themselves through a cursor, and sums that are no plain sums.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { type Form, targetOf, type Value } from '../forms/index.ts'
import type { ColumnSource, FormColumn } from '../forms/paper/columns.ts'
import type { CellValue } from '../forms/paper/layout.ts'
import { latestIn, whereOf } from '../records/conditions.ts'
import { orderOf } from '../records/order.ts'
import type { ListQuery } from '../records/query.ts'
import { expressionOf, labelOfReference, type Relation, unitReference } from '../records/relation.ts'
import { isId } from '../requests.ts'
import type { WrittenRows } from '../workbook/write.ts'

/** Rows fetched at a time; the next ones are on their way while these are written. */
const WINDOW_ROWS = 2_000
/** A drop-down of more names than this is slower than typing. */
const MAX_NAMES = 300

/** What the role sees of a form's columns; of other forms, what may be read there as it stands. */
export function seenBy({ form, sight, catalogue }: Relation, person: Person) {
  return (of: Form, name: string) =>
    of === form ? sight.seen.has(name) : catalogue.sight(person.role, of).seen.get(name)?.by === 'column'
}

/** Whether rows of several units stand in the file, so that each has to say whose it is. */
export async function showsUnits(
  trx: Trx,
  relation: Relation,
  person: Person,
  { filter }: ListQuery,
): Promise<boolean> {
  const { form, sight } = relation
  if (form.scope !== 'unit' || !sight.seen.has('unit_id') || isId(filter.unit_id)) return false
  if (person.role === 'province' || person.unit_id === null) return true
  // who hosts a collection sees the works of others in it
  if (!form.fields.some((field) => field.to === 'collections')) return false
  const found = await sql<{ others: boolean }>`select exists (select from ${sql.table(form.name)} t
    where ${whereOf(relation, filter)} and t.unit_id <> ${person.unit_id}) as others`.execute(trx)
  return found.rows[0]?.others ?? false
}

/** Policies hide other units anyway; saying so lets PostgreSQL walk the index of (unit, id) in order. */
export const ownUnit = ({ form, sight }: Relation, person: Person, { filter }: ListQuery, withUnit: boolean) =>
  form.scope === 'unit' && sight.seen.has('unit_id') && !withUnit && person.unit_id !== null && !isId(filter.unit_id)
    ? sql`and t.unit_id = ${person.unit_id}`
    : sql``

/** Names for the drop-downs of references: what the unit itself may point to, where that is few enough. */
export async function namesFor(trx: Trx, relation: Relation, person: Person, campaignId: number, manyUnits = false) {
  const sees = seenBy(relation, person)
  const names: Record<string, string[]> = {}
  for (const field of relation.form.fields) {
    const target = field.type === 'reference' ? targetOf(relation.form, field) : undefined
    if (!target || !sees(relation.form, field.name) || !sees(target, target.names)) continue
    if (target.scope === 'unit' && (manyUnits || person.unit_id === null)) continue
    const name = sql.ref(`r.${target.names}`)
    const found = await sql<{
      name: string
    }>`select ${name} as name, min(r.id) as first from ${sql.table(target.name)} r
      where r.deleted_at is null ${target.scope === 'global' ? sql`` : sql`and r.campaign_id = ${campaignId}`}
        ${target.scope === 'unit' ? sql`and r.unit_id = ${person.unit_id}` : sql``}
      group by 1 order by 2 limit ${MAX_NAMES + 1}`.execute(trx)
    if (found.rows.length <= MAX_NAMES) names[field.name] = found.rows.map((row) => row.name)
  }
  return names
}

/** What is read of each row: a column of the paper, or the record's id, and what is made of it. */
type PaperColumn = { source: ColumnSource | { from: 'id' }; print: (value: Value) => CellValue }

function sqlOf(relation: Relation, source: PaperColumn['source']): RawBuilder<unknown> {
  if (source.from === 'id') return sql`t.id`
  if (source.from === 'hand') return sql`null`
  if (source.from === 'unit') return labelOfReference(relation.form, unitReference)
  if (source.from === 'token') return tokenParts(relation.form)
  if (source.from === 'beside') {
    const { to, name } = source.reference
    return sql`(select ${sql.ref(`r.${source.field.name}`)} from ${sql.table(to ?? '')} r where r.id = ${sql.ref(`t.${name}`)})`
  }
  if (source.field.type === 'reference')
    return labelOfReference(relation.form, source.field, expressionOf(relation, source.field.name))
  return expressionOf(relation, source.field.name) ?? sql`null`
}

/** What a row's token is made of: campaign, unit, id, version. */
export function tokenParts({ scope }: Form): RawBuilder<unknown> {
  const campaign = scope === 'global' ? sql`0` : sql`t.campaign_id`
  return sql`json_build_array(${campaign}, ${scope === 'unit' ? sql`t.unit_id` : sql`0`}, t.id, t.version)`
}

/** The rows of the list, all of them, through a cursor: one snapshot however long it takes. */
export async function* rowsOf(
  trx: Trx,
  relation: Relation,
  query: ListQuery,
  columns: readonly PaperColumn[],
  own_unit: RawBuilder<unknown>,
): AsyncGenerator<WrittenRows> {
  const values = sql.join(columns.map(({ source }) => sqlOf(relation, source)))
  await sql`set local cursor_tuple_fraction = 1`.execute(trx)
  await sql`declare exported no scroll cursor for select json_build_array(${values}) as row
    from ${sql.table(relation.form.name)} t where ${whereOf(relation, query.filter)} ${own_unit}
    order by ${orderOf(relation, query.sort)}`.execute(trx)
  const fetch = () => {
    const fetched = sql<{ row: Value[] }>`fetch ${sql.lit(WINDOW_ROWS)} from exported`.execute(trx)
    fetched.catch(() => {}) // told where it is awaited; when nobody waits any more the transaction ends with it
    return fetched
  }
  for (let coming = fetch(); ; ) {
    const { rows } = await coming
    if (rows.length === WINDOW_ROWS) coming = fetch()
    yield rows.map(({ row }) => columns.map(({ print }, index): CellValue => print(row[index] ?? null)))
    if (rows.length < WINDOW_ROWS) break
  }
  // the next paper of the same transaction reads under the same name
  await sql`close exported`.execute(trx)
}

/** Of cumulative snapshots only the latest of each content counts; the sums, one for each column. */
export async function latestTotals(trx: Trx, relation: Relation, query: ListQuery, columns: readonly FormColumn[]) {
  const { form } = relation
  const summed = columns.map(({ source }) =>
    source.from === 'field' && source.field.sum ? source.field.name : undefined,
  )
  const names = summed.filter((name) => name !== undefined)
  const expression = (name: string) => expressionOf(relation, name) ?? sql`null`
  const found = await sql<{ sums: (number | null)[] }>`
    select json_build_array(${sql.join(names.map((name) => sql`sum(${expression(name)})`))}) as sums
    from ${sql.table(form.name)} t
    where t.id in (${latestIn(form, whereOf(relation, query.filter), expression)})`.execute(trx)
  const sums = found.rows[0]?.sums ?? []
  return summed.map((name) => (name === undefined ? null : (sums[names.indexOf(name)] ?? 0)))
}
