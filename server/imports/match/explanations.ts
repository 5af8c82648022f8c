// Rules that forbid nothing (`explain`) are reported as warnings: a phone that another unit has registered too.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { explainRow, type Form, isBlank, rulesBeside } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { ImportContext } from './context.ts'
import type { MatchedRow } from './matched_row.ts'

/** Phones of these that another unit has registered in the campaign. */
async function phonesElsewhere(
  trx: Trx,
  { campaign_id, unit_id }: Scope,
  phones: readonly string[],
): Promise<Set<string>> {
  if (phones.length === 0 || unit_id === null) return new Set()
  const found = await sql<{ phone: string }>`
    select phone from app.phones_elsewhere(${campaign_id}, ${unit_id}, ${phones}::text[]) as phone`.execute(trx)
  return new Set(found.rows.map(({ phone }) => phone))
}

/** What another unit has registered with the values of these rows, at the rows, for the rules that look at it. */
async function bringElsewhere(trx: Trx, form: Form, scope: Scope, rows: readonly MatchedRow[]): Promise<void> {
  if (rulesBeside(form, 'elsewhere').length === 0) return
  const concerned = rows.filter(({ given, candidate }) => !isBlank(given.phone) && !candidate.errors.phone)
  const phoneOf = ({ candidate }: MatchedRow) => String(candidate.row.phone)
  const elsewhere = await phonesElsewhere(trx, scope, concerned.map(phoneOf))
  for (const matched of concerned) {
    const phone = phoneOf(matched)
    if (!elsewhere.has(phone)) continue
    matched.candidate.related = { ...matched.candidate.related, elsewhere: { phone } }
  }
}

/** What the `explain` rules say of a batch, told at the cells that are read from a file, and at their rows. */
export async function tellExplanations(
  { form, trx, report }: ImportContext,
  plan: SheetPlan,
  scope: Scope,
  rows: readonly MatchedRow[],
): Promise<void> {
  if (!form.rules?.some(({ severity }) => severity === 'explain')) return
  await bringElsewhere(trx, form, scope, rows)
  for (const { fileRow, given, candidate } of rows)
    for (const [name, sentence] of Object.entries(explainRow(form, candidate.row, candidate.related))) {
      if (given[name] === undefined || candidate.errors[name]) continue
      report.setNote(fileRow.n, sentence)
      report.warn(plan, fileRow, name, sentence)
    }
}
