// Where rows with tokens come from, and what is reported of those that are not what they seem: pasted from another table, from
// another unit, deleted meanwhile, printed on a sign-in sheet and never signed.
import type { Form, Row } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import type { Origin } from '../../workbook/tokens.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { ImportContext } from './context.ts'
import type { MatchedRow } from './matched_row.ts'

/** The record a row was exported from, if it was exported from here; what comes from elsewhere is reported. */
export function originOf(
  { form, units, report }: ImportContext,
  plan: SheetPlan,
  scope: Scope,
  matched: MatchedRow,
): Origin | 'none' | 'refused' {
  const { fileRow, candidate } = matched
  const { origin } = fileRow
  if (!origin) return 'none'
  if (origin === 'damaged') {
    report.warn(plan, fileRow, form.names, '这一行的行标识改动过，按关键栏目查找。')
    return 'none'
  }
  const unit = units.find(({ id }) => id === origin.unit_id)?.name ?? '别的单位'
  // on a 签到表 stand people who are expected: who has not signed did not come
  if (isExpected(form, origin) && origin.unit_id === scope.unit_id) {
    const hasSigned =
      fileRow.times?.signed_at !== undefined || fileRow.values.signed_at != null || fileRow.errors !== undefined
    if (hasSigned) return 'none'
    matched.isLeftAlone = true
    if (report.isFirst(`${plan.name} expected`))
      report.outcome.sheets.at(-1)?.notes.push('印好的人里，没有签到时间的没有记入。')
    return 'refused'
  }
  if (origin.form !== form.name)
    candidate.errors[form.names] = '这一行是从另一张表里连同隐藏的行标识复制来的，请在新插入的空行里重新填写。'
  else if (origin.unit_id !== (scope.unit_id ?? 0))
    candidate.errors[form.names] =
      `这一行是从${unit}的表里复制来的，不能写入本单位。确是本单位的，请在新插入的空行里填写。`
  else if (form.scope !== 'global' && origin.campaign_id !== scope.campaign_id) {
    report.warn(plan, fileRow, form.names, '这一行是从别的年度的表里复制来的，按新的一行处理。')
    return 'none'
  } else return origin
  return 'refused'
}

const isExpected = (form: Form, origin: Origin) => form.name === 'attendance' && origin.form === 'propagandists'

/** Deleted by somebody meanwhile: as it was left, it stays away; with edits, the person has to know. */
export function tellDeleted({ form, report }: ImportContext, plan: SheetPlan, matched: MatchedRow, edited: Row): void {
  if (matched.stored) return
  const [first] = Object.keys(edited)
  if (first === undefined && !matched.fileRow.errors) {
    matched.isLeftAlone = true
    report.warn(plan, matched.fileRow, form.names, `这一行${since(matched)}被删去了，在回收站里；没有再写入。`)
    return
  }
  matched.candidate.errors = {
    [first ?? form.names]: `这一行${since(matched)}被删去了，在回收站里。要改它请先恢复；不要它请从表里删掉这一行。`,
  }
}

const since = ({ fileRow }: MatchedRow) => (fileRow.seen ? '核对以后' : '导出以后')
