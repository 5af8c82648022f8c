// What stands above a heading, held against what is stored: the record a whole sheet is about, and the reporting unit.

import { type Field, type Form, fieldOf, formsBeside, type Row, sameText } from '../../forms/index.ts'
import { admit } from '../../records/checks.ts'
import { called } from '../../records/references.ts'
import type { Candidate } from '../../records/scope.ts'
import { cellAddress } from '../../workbook/read.ts'
import type { SheetPlan } from '../read/plan.ts'
import { addWarning } from '../tell/outcome.ts'
import type { ImportContext } from './context.ts'

export type Unit = { id: number; name: string; short_name: string; also_known_as: string[] | null }
const MAX_SAID = 60

/** A reference that holds for the whole sheet (its activity): the first of its possible names that is a record's. */
export async function fixReferences({ trx, relation, form, scope }: ImportContext, plan: SheetPlan): Promise<void> {
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

/** The words by which a unit is called, in `sameText`. */
const keysOf = ({ name, short_name, also_known_as }: Unit) => [name, short_name, ...(also_known_as ?? [])].map(sameText)

/** The one unit that these words name. */
function exactlyNamed(form: Form, units: readonly Unit[], words: string): Unit | undefined {
  const known = units.map((unit) => ({ unit, keys: keysOf(unit) }))
  const found = called(formsBeside(form).units as Form, known, sameText(words))
  return found.length === 1 ? found[0]?.unit : undefined
}

/** A column says the same of thousands of rows. */
const namedBefore = new WeakMap<readonly Unit[], Map<string, Unit | undefined>>()
const MOST_KEPT = 1_000

/** The unit that these words name, or through whose city they report: 合肥市庐阳区总工会. */
export function unitNamed(form: Form, units: readonly Unit[], words: string): Unit | undefined {
  const known = namedBefore.get(units) ?? new Map<string, Unit | undefined>()
  namedBefore.set(units, known)
  if (known.has(words)) return known.get(words)
  const unit = exactlyNamed(form, units, words) ?? throughCity(form, units, words)
  if (known.size < MOST_KEPT) known.set(words, unit)
  return unit
}

function throughCity(form: Form, units: readonly Unit[], words: string): Unit | undefined {
  const familiar = formsBeside(form).units?.familiar ?? String
  const placeOf = ({ name }: Unit) => familiar(sameText(name))
  const places = units.filter((unit) => /[市县区]$/.test(placeOf(unit)) && sameText(words).startsWith(placeOf(unit)))
  return places.length === 1 ? places[0] : undefined
}

/** What titles, sheets and files are called besides the unit: 附件4-亳州市总工会职工好网民宣传员登记表（定稿）-20190820. */
const GENERIC =
  /“?好网民”?|附件|\d+|年度?|月份?|日|职工|网络|活动|主题|情况|基层|工会组织|(统计|登记|汇总|签到|分配|推荐|报送|明细|信息)?表|花名册|名册|名单|名录|汇总|线下|报送|上报|定稿|终稿|最终|最新|修改|版|稿|材料|数据|副本|总表/g

/** The unit that a title, a sheet or a file is called by and nothing else: a street or an event may bear a city's name. */
function unitInTitle(form: Form, units: readonly Unit[], text: string): Unit | undefined {
  const { label, title } = form
  const pieces = text.split(/[^\p{L}\p{N}“”]+/u)
  for (const piece of pieces) {
    const bare = piece.replace(title, '').replace(label, '').replace(GENERIC, '')
    const unit = bare === '' ? undefined : exactlyNamed(form, units, bare)
    if (unit) return unit
  }
  return undefined
}

/**
 * Whose table it is, as what stands nearest above it says, or the names of sheet and file. Another unit's rows are reported one
 * by one (`plan.other_unit`); words that are no unit's are reported once.
 */
export function checkReportingUnit({ units, scope, form, report }: ImportContext, plan: SheetPlan): void {
  const own = units.find(({ id }) => id === scope.unit_id)
  if (!own) return
  for (const { words, where, cell } of plan.says_unit ?? []) {
    const isLabel = cell !== undefined && where !== '标题'
    if (keysOf(own).some((key) => sameText(words).includes(key))) return
    const unit = isLabel ? unitNamed(form, units, words) : unitInTitle(form, units, words)
    if (unit?.id === own.id) return
    if (unit) {
      plan.other_unit = { id: unit.id, why: `${where}写的是“${words.slice(0, MAX_SAID)}”` }
      return
    }
    if (!isLabel || where === '单位') continue
    const message = `表头写的填报单位是“${words}”，现在导入到${own.name}，请核对。`
    addWarning(report.outcome, plan.name, cellAddress(cell.column, cell.row, plan.name), message)
    return
  }
}
