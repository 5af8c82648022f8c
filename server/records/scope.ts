/** What a check is about: rows on their way in, and the scope they are for. */
import { type RawBuilder, sql } from 'kysely'
import type { Errors, Form, Related, Row } from '../forms/index.ts'

export type Scope = {
  campaign_id: number
  unit_id: number | null
  /** What a long run has looked up already and need not ask again; a request has none. */
  known?: ScopedValues
}

/** Answers by what was asked, the unit included. They hold for one transaction that checks many batches. */
type ScopedValues = Map<string, unknown>

/** The answer to a question that stays the same within a run: asked once where the run remembers. */
export async function askOnce<T>({ known, unit_id }: Scope, question: string, ask: () => Promise<T>): Promise<T> {
  const key = `${unit_id} ${question}`
  if (known?.has(key)) return known.get(key) as T
  const answer = await ask()
  known?.set(key, answer)
  return answer
}

/** A row on its way in: its values so far and, as it goes, its faults by field. */
export type Candidate = {
  row: Row
  errors: Errors
  /** The record it changes, if it is known. */
  id?: number
  /** The fields given now; undefined: all. */
  changed?: ReadonlySet<string>
  /** What stands beside a reference to tell records of one name apart: { event_id: { held_on: '2019-06-18' } }. */
  beside?: Record<string, Row>
  related?: Related
}

/** Rows of a form within a scope that are not deleted. */
export const within = (form: Form, scope: Scope, table: string): RawBuilder<unknown> => {
  const conditions = [sql`${sql.ref(`${table}.deleted_at`)} is null`]
  if (form.scope !== 'global') conditions.push(sql`${sql.ref(`${table}.campaign_id`)} = ${scope.campaign_id}`)
  if (form.scope === 'unit') conditions.push(sql`${sql.ref(`${table}.unit_id`)} = ${scope.unit_id}`)
  return sql.join(conditions, sql` and `)
}
