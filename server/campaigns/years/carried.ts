/**
 * Rows of an earlier campaign that a unit is offered in a later one: those that counted there, are not here yet and were not
 * turned down. Confirmed, they become rows like any others, through the same checks; what was of that year (发展日期) is
 * asked anew.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { invalid, notFound } from '../../errors.ts'
import {
  countedStates,
  type Errors,
  type Field,
  type Form,
  fieldOf,
  isLasting,
  labelOf,
  outlivesCampaign,
  type Row,
  targetOf,
} from '../../forms/index.ts'
import { createRows } from '../../records/creations.ts'
import { formIn, readRows, relationFor, type StoredRecord } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import { writableFields } from '../../records/write.ts'

/** Rows answered at once; when these are settled the next ones come. */
const MAX_CARRIED_ROWS = 500

/**
 * `asked`: the fields that are of one year and have to be said anew; `total`: how many rows there are, of which the first
 * come as `rows`, as they were; no year where the register is not carried over.
 */
export type CarriedRows = { from_year: number | null; asked: string[]; total: number; rows: StoredRecord[] }

const isWord = ({ type }: Field) => type === 'text' || type === 'long_text' || type === 'url'
const askedOf = (form: Form) => form.fields.filter(({ of_year }) => of_year).map(({ name }) => name)

type Carrying = { from_id: number; from_year: number; source: Relation; target: Relation; campaign_id: number }

/** Undefined where nothing of this register is carried into the campaign; 404 where there is no such register for the person. */
async function carrying(
  trx: Trx,
  database: Database,
  person: Person,
  name: string,
  campaign_id: number,
): Promise<Carrying | undefined> {
  const target = relationFor(database, person, name, campaign_id)
  const found = await sql<{ from_id: number; from_year: number }>`
    select c.from_campaign_id as from_id, k.year as from_year from carries c join campaigns k on k.id = c.from_campaign_id
    where c.campaign_id = ${campaign_id} and c.form = ${name}`.execute(trx)
  const from = found.rows[0]
  if (!from) return undefined
  return { ...from, campaign_id, target, source: relationFor(database, person, name, from.from_id) }
}

const notCarried = () => notFound('这个年度没有从往年带来的行。')

/** Rows `t` of the earlier campaign that wait to be confirmed by the person's unit. A key is the same where one part of it is and what is empty in it is in both. */
function waiting({ source, campaign_id, from_id }: Carrying): RawBuilder<unknown> {
  const { form } = source
  const table = sql.table(form.name)
  const equal = (name: string) => {
    const field = fieldOf(form, name) as Field
    const [old, young] = [sql.ref(`t.${name}`), sql.ref(`n.${name}`)]
    return isWord(field)
      ? sql`app.same_text(${young}) is not distinct from app.same_text(${old})`
      : sql`${young} is not distinct from ${old}`
  }
  const isThere = form.keys
    .filter((key) => isLasting(form, key))
    .map(
      (key) => sql`exists (select from ${table} n where n.campaign_id = ${campaign_id} and n.unit_id = t.unit_id
      and n.deleted_at is null and num_nonnulls(${sql.join(key.map((name) => sql.ref(`t.${name}`)))}) > 0
      and ${sql.join(key.map(equal), sql` and `)})`,
    )
  return sql`t.campaign_id = ${from_id} and t.deleted_at is null and t.unit_id = any ((select app.my_own_units())::integer[])
    and t.status = any (${[...countedStates(form)]}::text[]) and not (${sql.join(isThere, sql` or `)})
    and t.id not in (select r.row_id from carry_refusals r where r.campaign_id = ${campaign_id} and r.form = ${form.name})`
}

/** What waits to be confirmed in a register of a campaign. */
export async function carriedRows(
  trx: Trx,
  database: Database,
  person: Person,
  name: string,
  campaignId: number,
): Promise<CarriedRows> {
  const carried = await carrying(trx, database, person, name, campaignId)
  if (!carried) return { from_year: null, asked: [], total: 0, rows: [] }
  const table = sql.table(name)
  const found = await sql<{ id: number; total: number }>`
    select t.id, (count(*) over ())::integer as total from ${table} t where ${waiting(carried)} order by t.id limit ${MAX_CARRIED_ROWS}`.execute(
    trx,
  )
  const rows = await readRows(
    trx,
    carried.source,
    found.rows.map(({ id }) => id),
  )
  return {
    from_year: carried.from_year,
    asked: askedOf(carried.target.form),
    total: found.rows[0]?.total ?? 0,
    rows,
  }
}

/** Whether a reference can mean anything a year later: records of a day, as events are, stay with their campaign. */
function refersOn(form: Form, field: Field): boolean {
  const target = field.type === 'reference' ? targetOf(form, field) : undefined
  return target?.scope !== 'unit' || outlivesCampaign(target)
}

/** A row as it was, as the body of a new one. Files stay with their campaign. */
function bodyOf({ target, source, campaign_id }: Carrying, row: StoredRecord, values: Row): Row {
  const writable = writableFields(target, target.sight.insert)
  const kept = target.form.fields.flatMap((field) => {
    const isKept =
      writable.has(field.name) &&
      !field.of_year &&
      field.type !== 'attachments' &&
      source.sight.seen.has(field.name) &&
      refersOn(target.form, field)
    const name = field.type === 'reference' ? labelOf(field.name) : field.name
    return isKept ? [[field.name, row[name] ?? null] as const] : []
  })
  const said = askedOf(target.form).map((name) => [name, values[name] ?? null] as const)
  return { ...Object.fromEntries([...kept, ...said]), campaign_id }
}

/** The rows of these ids that still wait, in their order; 409 in words where one does not wait any more. */
async function chosen(trx: Trx, carried: Carrying, ids: readonly number[]): Promise<StoredRecord[]> {
  const { rows } = await sql<{ id: number }>`
    select t.id from ${sql.table(carried.source.form.name)} t where t.id = any (${ids}::integer[]) and ${waiting(carried)}`.execute(
    trx,
  )
  const there = new Set(rows.map(({ id }) => id))
  return readRows(
    trx,
    carried.source,
    ids.filter((id) => there.has(id)),
  )
}

/**
 * Makes rows of those confirmed; `values`: what of the year holds for all of them. All or nothing: 422 with the sentences by
 * row. Rows that do not wait any more (confirmed in another window) are passed over.
 */
export async function confirmCarried(
  trx: Trx,
  database: Database,
  person: Person,
  name: string,
  { campaign_id, ids, values }: { campaign_id: number; ids: readonly number[]; values: Row },
): Promise<{ created: number[] }> {
  const carried = await carrying(trx, database, person, name, campaign_id)
  if (!carried) throw notCarried()
  const rows = await chosen(trx, carried, ids)
  const made = await createRows(
    trx,
    carried.target,
    person,
    rows.map((row) => bodyOf(carried, row, values)),
  )
  if (made.faults.refusal) throw made.faults.refusal
  const faults = Object.entries(made.faults.errors).map(
    ([n, errors]) => [String(rows[Number(n)]?.id), sentence(carried.target.form, errors)] as const,
  )
  if (faults.length > 0) throw invalid(Object.fromEntries(faults), `有 ${faults.length} 行要先改好，都没有带过来。`)
  return { created: made.ids }
}

const sentence = (form: Form, errors: Errors) =>
  Object.entries(errors)
    .map(([name, said]) => `${fieldOf(form, name)?.label ?? name}：${said}`)
    .join('')

/** Turns rows down: they are not offered any more. */
export async function refuseCarried(
  trx: Trx,
  database: Database,
  person: Person,
  name: string,
  { campaign_id, ids }: { campaign_id: number; ids: readonly number[] },
): Promise<{ refused: number[] }> {
  const carried = await carrying(trx, database, person, name, campaign_id)
  if (!carried) throw notCarried()
  const rows = await chosen(trx, carried, ids)
  const refused = rows.map(({ id }) => id)
  await sql`insert into carry_refusals (campaign_id, form, row_id, unit_id)
    select ${campaign_id}, ${name}, t.id, t.unit_id from ${sql.table(name)} t where t.id = any (${refused}::integer[])
    on conflict do nothing`.execute(trx)
  return { refused }
}

/** Offers again what the person's unit has turned down of a register. */
export async function offerAgain(
  trx: Trx,
  database: Database,
  person: Person,
  name: string,
  campaignId: number,
): Promise<{ offered: number }> {
  if (!(await carrying(trx, database, person, name, campaignId))) throw notCarried()
  const gone = await sql`delete from carry_refusals where campaign_id = ${campaignId} and form = ${name}`.execute(trx)
  return { offered: Number(gone.numAffectedRows ?? 0) }
}

/** How many rows of each register that outlives its campaign have counted in it. */
export async function carriable(
  trx: Trx,
  database: Database,
  campaignId: number,
): Promise<{ form: string; label: string; measure: string; rows: number }[]> {
  const forms = Object.values(database.definitions.of(campaignId)).filter(outlivesCampaign)
  const { rows } = await sql<{ form: string; rows: number }>`
    select form, sum(rows)::integer as rows from tally where campaign_id = ${campaignId}
      and status in ('approved', 'archived') group by form having sum(rows) > 0`.execute(trx)
  const counts = new Map(rows.map((row) => [row.form, row.rows]))
  return forms.flatMap(({ name, label, measure }) => {
    const count = counts.get(name)
    return count ? [{ form: name, label, measure, rows: count }] : []
  })
}

/** Sets which registers of `from` are offered in a campaign; a register that is not in force in both is 404. */
export async function carry(
  trx: Trx,
  database: Pick<Database, 'definitions'>,
  { campaign_id, from, forms }: { campaign_id: number; from: number; forms: readonly string[] },
): Promise<void> {
  for (const name of forms) {
    if (!outlivesCampaign(formIn(database, name, campaign_id)))
      throw invalid({ carried: `“${name}”不能带到下一个年度。` })
    await sql`insert into carries (campaign_id, form, from_campaign_id) values (${campaign_id}, ${name}, ${from})`.execute(
      trx,
    )
  }
}
