// An attendance file is summed up in visits (rows), people (distinct phones, else name and workplace), and how many of
// them are the unit's propagandists, known by their phones.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { type Form, type Row, sameText } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import { digestOf } from '../digest.ts'
import type { ImportOutcome } from './outcome.ts'

/** Rows of attendance that were taken: shown as “5,000 人次，4,812 人”. */
export type Visits = { visits: number; people: number; propagandists: number }

/** A function that takes the rows of a file as they come; for other forms it does nothing. */
export function visitCounter(
  form: Form,
): (trx: Trx, scope: Scope, rows: readonly Row[], outcome: ImportOutcome) => Promise<void> {
  if (form.name !== 'attendance') return async () => {}
  const people = new Set<number | string>()
  const known = new Map<number | null, Set<number>>()
  return async (trx, scope, rows, outcome) => {
    if (rows.length === 0) return
    const phones = known.get(scope.unit_id) ?? (await propagandistsOf(trx, scope))
    known.set(scope.unit_id, phones)
    const visits = outcome.visits ?? { visits: 0, people: 0, propagandists: 0 }
    outcome.visits = visits
    for (const { phone, name, workplace } of rows) {
      // a phone as a number takes a third of the room of its digits
      const who = phone ? Number(phone) : `${sameText(String(name))} ${sameText(String(workplace))}`
      visits.visits++
      if (people.has(who)) continue
      people.add(who)
      visits.people++
      if (typeof who === 'number' && phones.has(who)) visits.propagandists++
    }
  }
}

/** Who came, as a number: a phone, or a digest below zero. Undefined where rows are no visits. */
export const visitorOf = (form: Form, { phone, name, workplace }: Row): number | undefined =>
  form.name !== 'attendance'
    ? undefined
    : phone
      ? Number(phone)
      : -digestOf(`${sameText(String(name))} ${sameText(String(workplace))}`)

/** The visits in a list of visitors. */
export async function visitsOf(trx: Trx, scope: Scope, visitors: readonly number[]): Promise<Visits> {
  const phones = await propagandistsOf(trx, scope)
  const people = new Set(visitors)
  return {
    visits: visitors.length,
    people: people.size,
    propagandists: [...people].filter((who) => phones.has(who)).length,
  }
}

async function propagandistsOf(trx: Trx, { campaign_id, unit_id }: Scope): Promise<Set<number>> {
  const found = await sql<{ phone: string }>`
    select t.phone from propagandists t
    where t.campaign_id = ${campaign_id} and t.unit_id = ${unit_id} and t.deleted_at is null`.execute(trx)
  return new Set(found.rows.map(({ phone }) => Number(phone)))
}

/** 5,000 人次，4,812 人，其中宣传员 37 人。 */
export function visitsInWords({ visits, people, propagandists }: Visits): string {
  const said = (count: number) => count.toLocaleString('en-US')
  const among = propagandists > 0 ? `，其中本单位宣传员 ${said(propagandists)} 人` : ''
  return `${said(visits)} 人次，${said(people)} 人${among}。`
}
