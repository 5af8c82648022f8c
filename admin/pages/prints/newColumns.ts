/** Columns for the blanks of a paper that a register has none for: proposed from their words, to be corrected in the designer. */
import {
  type Definition,
  type FieldDefinition,
  type Form,
  isAdjustment,
  isReservedColumn,
  type PrintBlank,
  proposedName,
} from '../../../server/forms/index.ts'

/** Written by hand at the end of a paper, and no column of a row. */
const BY_HAND = /^(?:填表|填报|制表|推荐)?(?:日期|时间|人)$|签名|签字|盖章/
const OPINION_CHARS = 500
const LONG_CHARS = 1_000
/** More boxes than these are likely several at once. */
const MOST_ALTERNATIVES = 3

/** Whether a blank may have a column at all. */
export const wantsColumn = ({ field, label }: PrintBlank): boolean => field === null && !BY_HAND.test(label)

function typeOf({ kind, label, hint = '', choices }: PrintBlank): Pick<FieldDefinition, 'type' | 'max' | 'choices'> {
  const [, chars] = /(\d{2,4})字/.exec(hint + label) ?? []
  if (kind === 'picture') return { type: 'attachments' }
  if (kind === 'choices')
    return { type: (choices ?? []).length > MOST_ALTERNATIVES ? 'list' : 'choice', choices: [...new Set(choices)] }
  if (kind === 'opinion') return { type: 'long_text', max: OPINION_CHARS }
  if (chars !== undefined) return { type: 'long_text', max: Number(chars) }
  if (/简历|事迹|经历|奖励|简介|内容|说明/.test(label)) return { type: 'long_text', max: LONG_CHARS }
  if (/日期$/.test(label)) return { type: 'date' }
  return { type: /年月$|时间$/.test(label) ? 'month' : 'text' }
}

const withoutBrackets = (words: string) => words.replace(/[（(].*$/, '')

/** The columns, each with a data name of its own. */
export function newColumns(blanks: readonly PrintBlank[], form: Pick<Form, 'fields'>): FieldDefinition[] {
  const names = new Set(form.fields.map(({ name }) => name))
  const labels = new Set<string>()
  return blanks.filter(wantsColumn).flatMap((blank): FieldDefinition[] => {
    const label = `${withoutBrackets(blank.label)}${blank.nth ?? ''}`
    const group = blank.group === undefined ? undefined : withoutBrackets(blank.group)
    const whole = `${group ?? ''}${label}`
    if (labels.has(whole)) return []
    labels.add(whole)
    const name = proposedName(whole, (each) => isReservedColumn(each) || names.has(each))
    names.add(name)
    return [{ name, label, ...typeOf(blank), ...(group === undefined ? {} : { group }) }]
  })
}

/** A definition with these columns behind its own. */
export function withColumns(definition: Definition, columns: readonly FieldDefinition[]): Definition {
  return isAdjustment(definition)
    ? { ...definition, add: [...(definition.add ?? []), ...columns] }
    : { ...definition, fields: [...definition.fields, ...columns] }
}
