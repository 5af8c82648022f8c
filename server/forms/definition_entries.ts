/** What a definition says of entry forms, read: whose works have a column, and what rules may ask of it. */
import type { FieldDefinition } from './definition.ts'
import type { Surroundings } from './definition_fields.ts'
import { type Faults, readTexts } from './definition_shape.ts'
import { collectionField } from './entries.ts'
import { formOf } from './in_force.ts'
import type { RuleDefinition } from './rule_kinds.ts'
import { shown } from './value.ts'

const MAX_COLLECTIONS = 50
const MAX_CODE_CHARS = 10

export const readCodes = (faults: Faults, path: string, given: unknown) =>
  readTexts(faults, path, given, '征集活动的代号', MAX_COLLECTIONS, MAX_CODE_CHARS)

/** Whether there are collections of these codes, and the form's rows go to one. */
export function readCollections(
  faults: Faults,
  path: string,
  codes: readonly string[],
  of: string,
  { builtIn, collections }: Surroundings,
) {
  const form = formOf(builtIn, of)
  if (!form || !collectionField(form)) faults.add(path, '这张表的行不报给征集活动，栏目不能只归其中几个。')
  const unknown = codes.find((code) => !collections.has(code))
  const known = [...collections].map(([code, title]) => `${code}（${title}）`).join('、')
  if (unknown !== undefined)
    faults.add(path, `没有代号是“${shown(unknown)}”的征集活动，${known ? `可写：${known}` : '请先在征集活动里加上'}。`)
}

/** What some collections' works have is mandatory there and nowhere else: also where another column decides. */
export function refuseElsewhere(faults: Faults, rules: readonly RuleDefinition[], fields: readonly FieldDefinition[]) {
  const of = (name: string | undefined) => fields.find((field) => field.name === name)?.of
  for (const [at, { kind, field, if: condition }] of rules.entries()) {
    const [own, other] = [of(field), of(condition?.field)]
    if (kind === 'required_if' && own && !other?.every((code) => own.includes(code)))
      faults.add(`rules.${at}.if`, '只归几个征集活动的栏目，只能看同样归它们的栏目来决定填不填；都要填的请设为必填。')
  }
}
