/** What forms ask, in words, where it is no rule of its own: of a cell by its field, of two rows by their keys. */
import { type Field, type Form, placeOf, printField } from './form.ts'
import { types, wordsOf } from './types.ts'

const labelIn = (form: Form, name: string) => form.fields.find((field) => field.name === name)?.label ?? name

/** Limits and choices of a field, as short phrases; `target` is the form that a reference points to. */
export function demandsOf(field: Field, target?: Form): string[] {
  const { choices, also, slots_from, derived, sum, note, type } = field
  const added = sum ? ['合计相加'] : []
  if (derived) return ['系统算出，不用填', ...added]
  const meant = Object.entries(also ?? {}).map(([typed, choice]) => `${typed}→${printField(field, choice)}`)
  return [
    ...(choices ? [`可选：${wordsOf(field)?.join('、')}`] : []),
    ...(meant.length > 0 ? [`也认：${meant.join('、')}`] : []),
    ...(target && !note ? [`写${placeOf(target)}里的${labelIn(target, target.names)}`] : []),
    ...(slots_from ? ['栏目由所选的记录规定'] : []),
    ...(types[type].asks?.(field) ?? []),
    ...added,
  ]
}

/** Fields that may stay empty until a row is handed in. */
export const requiredAtSubmission = ({ rules = [] }: Pick<Form, 'rules'>): ReadonlySet<string> =>
  new Set(
    rules.flatMap(({ definition }) =>
      definition?.kind === 'required' && definition.severity === 'must' && !definition.if ? definition.field : [],
    ),
  )

const within: Record<Form['scope'], string> = {
  unit: '同一单位、同一年度',
  campaign: '同一年度',
  global: '所有年度',
}

/** By what two rows are one. */
export function keyWords(form: Form): string[] {
  const named = (names: readonly string[]) => names.map((name) => `“${labelIn(form, name)}”`).join('加')
  const [first = [], ...others] = form.keys
  const fallback = others.map((key) => `；没填全时按${named(key)}`).join('')
  const scope = within[form.scope]
  return [
    ...(form.unique ?? []).map((names) => `${named(names)}在${scope}里不能重复。`),
    `按${named(first)}认出同一行${fallback}。${scope}里不能有两行相同；导入时相同的更新，不重复新增。`,
  ]
}
