// A phone registered in two cities: each is told that it is so, never where or whose; the province sees both.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { isBlank } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import { cellAddress } from '../../workbook/read.ts'
import type { SheetPlan } from '../read/plan.ts'
import { addWarning } from '../tell/outcome.ts'
import type { Entry, Telling } from '../tell/rows.ts'

const ELSEWHERE = '这个手机号在别的单位也登记了，请核对是不是同一个人。'

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

/** Tells it at the cells of a batch that are read from a file, and at their rows. */
export async function tellElsewhere(
  telling: Telling & { trx: Trx },
  plan: SheetPlan,
  scope: Scope,
  entries: readonly Entry[],
): Promise<void> {
  const { form, trx, outcome } = telling
  if (form.name !== 'propagandists') return
  const concerned = entries.filter(({ given, candidate }) => !isBlank(given.phone) && !candidate.errors.phone)
  const phones = concerned.map(({ candidate }) => String(candidate.row.phone))
  const elsewhere = await phonesElsewhere(trx, scope, phones)
  if (elsewhere.size === 0) return
  for (const { found, candidate } of concerned) {
    if (!elsewhere.has(String(candidate.row.phone))) continue
    telling.notes.set(found.n, ELSEWHERE)
    addWarning(outcome, plan.name, cellAddress(plan.column_of.phone ?? 0, found.number, plan.name), ELSEWHERE)
  }
}
