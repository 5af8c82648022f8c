// Deciding which column is read into which field: for this import, and for the next file of the same heading in this unit.
import { sql } from 'kysely'
import type { Database, Trx } from '../../database/connection.ts'
import { forbidden, Refusal } from '../../errors.ts'
import type { Form } from '../../forms/index.ts'
import { formIn } from '../../records/read.ts'
import type { FramedValues } from '../read/frame.ts'
import { type ChosenColumns, type MappedColumn, type Mapping, readChosen } from '../read/mapping.ts'
import { type SheetPlan, tableOf } from '../read/plan.ts'
import { readImport } from '../tell/heads.ts'
import type { Decisions } from './decisions.ts'

/** Takes a mapping in; the import has to be checked again. 404, 403, 409 or 400 where it may not be. */
export async function decideMapping(trx: Trx, database: Database, importId: number, body: unknown): Promise<void> {
  const { state, mapping, form: name, campaign_id } = await readImport(trx, database, importId)
  const found = await sql<{ decisions: Decisions; unit_id: number | null; frame: FramedValues | null }>`
    select decisions, unit_id, result -> 'restaging' -> 'frame' as frame from imports where id = ${importId} for update`.execute(
    trx,
  )
  const stored = found.rows[0]
  if (!stored) throw forbidden('只能由填报单位自己决定。')
  if (state !== 'checked') throw new Refusal(409, '这次导入现在不能改，请刷新后再看。')
  const form = formIn(database, name, campaign_id)
  const known = mapping as Mapping | undefined
  const decided = Object.fromEntries(
    Object.entries(readChosen(form, body, known)).map(([sheet, chosen]) => [
      sheet,
      completed(known?.sheets.find((each) => each.name === sheet)?.columns ?? [], chosen),
    ]),
  )
  const decisions = { ...stored.decisions, mapping: { ...stored.decisions.mapping, ...decided } }
  // what was read by the mapping before is not what may be applied
  await sql`update imports set decisions = ${JSON.stringify(decisions)}::jsonb, result = result - 'restaging' where id = ${importId}`.execute(
    trx,
  )
  for (const message of stored.frame?.messages ?? []) {
    const chosen = message.kind === 'sheet' ? decided[tableOf(message.plan)] : undefined
    if (message.kind === 'sheet' && chosen) await remember(trx, form, stored.unit_id, message.plan, chosen)
  }
}

/** What was not mentioned stays as it is, but for a field that went to another column. */
function completed(columns: readonly MappedColumn[], chosen: ChosenColumns): ChosenColumns {
  const given = new Set(Object.values(chosen))
  const whole: ChosenColumns = {}
  for (const { column, kind, field } of columns) {
    if (kind !== 'field' && kind !== 'unit' && kind !== 'unknown') continue
    const target = kind === 'unit' ? 'unit_id' : field
    whole[column] = target !== null && given.has(target) ? null : target
  }
  return { ...whole, ...chosen }
}

const remember = (trx: Trx, form: Form, unitId: number | null, { layout }: SheetPlan, chosen: ChosenColumns) =>
  sql`insert into import_layouts (unit_id, form, layout, columns)
    values (${unitId}, ${form.name}, ${layout}, ${JSON.stringify(chosen)}::jsonb)
    on conflict (unit_id, form, layout) do update set columns = excluded.columns, used_at = now()`.execute(trx)
