// What stands above a heading, held against what is stored: the record a whole sheet is about, and the reporting unit.
import { admit } from '../checks.ts'
import type { Trx } from '../database.ts'
import { type Field, type Form, fieldOf, type Row, sameText } from '../forms/index.ts'
import type { Relation } from '../query.ts'
import type { Candidate, Scope } from '../scope.ts'
import { cellAddress } from '../workbook/read.ts'
import { addWarning, type Outcome } from './outcome.ts'
import type { SheetPlan } from './plan.ts'

export type Unit = { id: number; name: string; short_name: string }
type Around = { trx: Trx; relation: Relation; form: Form; scope: Scope; units: Unit[]; outcome: Outcome }

/** A reference that holds for the whole sheet (its activity): the first of its possible names that is a record's. */
export async function fixReferences({ trx, relation, form, scope }: Around, plan: SheetPlan): Promise<void> {
  for (const [name, options] of Object.entries(plan.fixed)) {
    const beside: Record<string, Row> | undefined = plan.fixed_beside[name] && { [name]: plan.fixed_beside[name] }
    const candidates = options.map(
      ({ value }): Candidate => ({
        row: { [name]: value },
        errors: {},
        beside,
      }),
    )
    await admit(trx, form, relation.catalogue, scope, candidates)
    const at = candidates.findIndex(({ row, errors }) => typeof row[name] === 'number' && !errors[name])
    const chosen = options[Math.max(at, 0)]
    const id = at < 0 ? chosen?.value : candidates[at]?.row[name]
    plan.fixed_ids = { ...plan.fixed_ids, [name]: id ?? null }
    if (chosen) plan.fixed[name] = [chosen]
    const label = (fieldOf(form, name) as Field).label
    if (at >= 0) plan.notes.push(`${label}按“${chosen?.value}”记入每一行。`)
  }
}

/** A sheet that names another unit than the one it is imported to is told as such. */
export function checkReportingUnit({ units, scope, outcome }: Around, plan: SheetPlan): void {
  const own = units.find(({ id }) => id === scope.unit_id)
  const said = plan.reporting_unit
  if (!own || !said || sameText(said.value).includes(sameText(own.short_name))) return
  const message = `表头写的填报单位是“${said.value}”，现在导入到${own.name}，请核对。`
  addWarning(outcome, plan.name, cellAddress(said.column, said.row, plan.name), message)
}
