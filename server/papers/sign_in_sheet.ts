/**
 * 签到表: a sheet for one event, to be printed and signed or filled on a screen. Who has signed in stands on it already,
 * then the unit's propagandists, then blank lines. Each line that stands for somebody carries a token, so that the sheet,
 * typed back and uploaded, merges (see imports/match/recognise.ts).
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { forbidden } from '../errors.ts'
import type { Form, Value } from '../forms/index.ts'
import { formColumns } from '../forms/paper/columns.ts'
import type { CellValue } from '../forms/paper/layout.ts'
import { readOne } from '../records/read.ts'
import { expressionOf, type Relation } from '../records/relation.ts'
import { fileName } from '../workbook/names.ts'
import { linesToFill, signInLayout } from '../workbook/sign_in.ts'
import { tokenColumn, tokenOf } from '../workbook/tokens.ts'
import type { WrittenRows } from '../workbook/write.ts'
import { frameOf, type LaidPaper } from './papers.ts'
import { seenBy, tokenParts } from './rows.ts'

/** More people than this are not known beforehand. */
const MAX_KNOWN_LINES = 500
const MAX_SIGNED_LINES = 20_000
const MAX_BLANK_LINES = 500

/** How many blank lines are asked for; undefined: as many as fill the page. */
export const blankLines = (asked: unknown): number | undefined =>
  /^\d{1,3}$/.test(String(asked)) ? Math.min(Number(asked), MAX_BLANK_LINES) : undefined

type SignInLine = { values: Value[]; token: Value }

/** The sheet of one event; 404 where the event is out of sight. */
export async function makeSignIn(
  trx: Trx,
  person: Person,
  given: Record<'events' | 'attendance' | 'propagandists', Relation>,
  eventId: number,
  blank: number | undefined,
): Promise<LaidPaper> {
  const event = await readOne(trx, given.events, eventId)
  const [attendance, propagandists] = [given.attendance, given.propagandists].map(
    (relation) => relation.in(event.campaign_id) ?? relation,
  ) as [Relation, Relation]
  if (person.role === 'juror') throw forbidden()
  const { year, unit } = await frameOf(trx, person, event.campaign_id, event.unit_id)
  const sees = seenBy(attendance, person)
  const columns = formColumns(attendance.form, {
    sees: (form, name) => form === attendance.form && !leftOut.has(name) && sees(form, name),
    with_unit: false,
    token: tokenColumn(attendance.form),
  })
  const on = String(event.held_on)
  const layout = signInLayout({
    columns: columns.map(({ column }) => column),
    year,
    annex: attendance.form.annex,
    title: attendance.form.title,
    event: String(event.title),
    on,
    place: String(event.place),
    unit: unit ?? '',
  })
  const known = [
    ...(await signedIn(trx, attendance, eventId, namesOf(columns))),
    ...(await expected(trx, attendance.form, propagandists, event, namesOf(columns))),
  ]
  const rows = known.map(({ values, token }): CellValue[] => [
    ...columns.slice(0, -1).map(({ print }, at) => print(values[at] ?? null)),
    null,
    token === null ? null : String(token),
  ])
  const lines: WrittenRows = [...rows, ...Array.from({ length: blank ?? linesToFill(layout, rows.length) }, () => [])]
  return {
    layout,
    rows: [lines],
    name: fileName({ title: `签到表-${String(event.title)}`, on }),
    plain: `sign-in-${eventId}.xlsx`,
  }
}

/** The event stands above the table; how somebody signed in is not for paper. */
const leftOut = new Set(['event_id', 'way'])

const namesOf = (columns: ReturnType<typeof formColumns>) =>
  columns.flatMap(({ source }) => (source.from === 'field' ? [source.field.name] : []))

/** Visits that are recorded already, with tokens of their own. */
async function signedIn(
  trx: Trx,
  relation: Relation,
  eventId: number,
  names: readonly string[],
): Promise<SignInLine[]> {
  const values = sql.join(names.map((name) => expressionOf(relation, name) ?? sql`null`))
  const found = await sql<{ values: Value[]; parts: number[] }>`
    select json_build_array(${values}) as values, ${tokenParts(relation.form)} as parts from attendance t
    where t.event_id = ${eventId} and t.deleted_at is null order by t.id limit ${MAX_SIGNED_LINES}`.execute(trx)
  return found.rows.map(({ values: row, parts }) => ({ values: row, token: tokenFrom(relation.form, parts) }))
}

/** The unit's propagandists who have not signed in yet; their token says who is meant, so nobody comes in unsigned. */
async function expected(
  trx: Trx,
  { fields }: Form,
  relation: Relation,
  event: { id: number; campaign_id?: number; unit_id?: number },
  names: readonly string[],
): Promise<SignInLine[]> {
  const from: Record<string, string> = { name: 'name', gender: 'gender', workplace: 'job', phone: 'phone' }
  const values = sql.join(
    names.map((name) => {
      const field = fields.find((each) => each.name === name)
      return (field && from[name] && expressionOf(relation, from[name])) || sql`null`
    }),
  )
  const found = await sql<{ values: Value[]; parts: number[] }>`
    select json_build_array(${values}) as values, ${tokenParts(relation.form)} as parts from propagandists t
    where t.campaign_id = ${event.campaign_id} and t.unit_id = ${event.unit_id} and t.deleted_at is null and t.status <> 'void'
      and not exists (select from attendance a where a.campaign_id = t.campaign_id and a.unit_id = t.unit_id
        and a.event_id = ${event.id} and a.name = t.name and a.phone_masked = t.phone_masked and a.deleted_at is null)
    order by t.id limit ${MAX_KNOWN_LINES}`.execute(trx)
  return found.rows.map(({ values: row, parts }) => ({
    values: row,
    token: tokenFrom(relation.form, parts),
  }))
}

const tokenFrom = ({ name }: Form, [campaignId = 0, unitId = 0, id = 0, version = 0]: number[]): string =>
  tokenOf({ form: name, campaign_id: campaignId, unit_id: unitId, id, version })
