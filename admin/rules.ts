/** The rules of a form over a row of the grid or the drawer: what stands beside it, what it lacks, what is to be looked at again. */
import { checkRow, explainRow, type Row as FormRow, type Related, type Value } from '../server/forms/index.ts'
import type { Setting } from './columns.tsx'
import type { Row } from './grid/index.ts'

/** What rules look at beside the row: the days of its campaign, and rows that it refers to. */
function relatedOf({ form, brought, campaign }: Setting, row: Row): Related {
  const { starts_on, ends_on, prizes } = campaign
  const related: Related = { campaign: { starts_on, ends_on, prizes } }
  for (const { name } of form.fields.filter((field) => field.brings)) {
    const known = typeof row[name] === 'number' ? brought[name]?.get(row[name]) : undefined
    if (known) related[name] = known as unknown as Record<string, Value>
  }
  return related
}

/** What a stored row still lacks to be handed in: the sentences of the rules of 提交. */
export const lacksOf = (setting: Setting, row: Row): string[] =>
  Object.values(checkRow(setting.form, row as FormRow, relatedOf(setting, row), 'submission'))

/**
 * The rules over several cells, with the rows they look at. Blanks are the grid's own matter: it says what a new row
 * still lacks once the person has left it, not while it is being typed.
 */
export function checkOf(setting: Setting): (row: Row) => Record<string, string> {
  const { form } = setting
  const required = new Set(
    form.fields.filter((field) => field.required || field.entry?.required).map((field) => field.name),
  )
  const isBlank = (value: unknown) => value === null || value === undefined || value === ''
  return (row) => {
    const faults = checkRow(form, row as FormRow, relatedOf(setting, row))
    return Object.fromEntries(Object.entries(faults).filter(([name]) => !(required.has(name) && isBlank(row[name]))))
  }
}

/** What is to be looked at again in a stored row, by field: the sentences of rules that refuse nothing. */
export const explanationsOf = (setting: Setting, row: Row): Record<string, string> =>
  explainRow(setting.form, row as FormRow, relatedOf(setting, row))
