/** Definitions as they may be published again over rows: other words, more columns and choices, wider, some columns gone. */
import type { Adjustment } from '../../server/forms/definition.ts'
import type { FieldDefinition, FormDefinition } from '../../server/forms/index.ts'
import type { RuleDefinition } from '../../server/forms/rule_kinds.ts'
import type { Chance } from './chance.ts'
import { adjustmentOf, clean, fieldOf, groups, Names, rulesOf } from './random_definitions.ts'

/** A column as it may be published again over rows: another heading, more choices, wider, mandatory or no longer. */
function changedField(chance: Chance, names: Names, field: FieldDefinition): FieldDefinition {
  if (chance.isOf(50)) return field
  const isTyped = !field.computed
  return clean({
    ...field,
    ...(chance.isOf(50) && { label: names.label() }),
    ...(chance.isOf(30) && { group: chance.isOf(50) ? chance.one(groups) : undefined }),
    ...(field.choices && chance.isOf(60) && { choices: [...chance.shuffled(field.choices), '后加项'] }),
    ...(field.max !== undefined && { max: field.max + chance.int(0, 50) }),
    ...(field.min !== undefined && { min: field.min - chance.int(0, 2) }),
    ...(isTyped &&
      !field.unprinted &&
      field.type !== 'attachments' &&
      chance.isOf(20) && { required: !field.required || undefined }),
    ...(chance.isOf(10) && { note: '改过的说明。' }),
  })
}

/** The same adjustment with other words, more columns and choices. */
export function changedAdjustment(chance: Chance, before: Adjustment, prefix: string): Adjustment {
  const other = adjustmentOf(chance, before.extends, prefix)
  const names = [...Object.keys(before.rename ?? {})]
  return clean({
    ...before,
    title: other.title,
    rename: { ...before.rename, ...(names.length > 0 && { [chance.one(names)]: `改名${chance.int(1, 99)}` }) },
    order: other.order?.filter(
      (name) => !other.add?.some((field) => field.name === name) && !before.hide?.includes(name),
    ),
    choices:
      before.choices &&
      Object.fromEntries(Object.entries(before.choices).map(([name, list]) => [name, [...list, '又新增']])),
    add: [
      ...(before.add ?? []),
      ...(other.add ?? []).map((field) => ({ ...field, label: `${field.label}二`, required: undefined })),
    ],
  })
}

/**
 * A register published again: columns changed, added, taken out, in another order; some rules gone, some new. `referring` is
 * a register whose rows refer to this one's, to be counted.
 */
export function changedRegister(chance: Chance, before: FormDefinition, referring?: string): FormDefinition {
  const names = new Names(chance, 'n', before.fields)
  const held = new Set([
    before.names,
    ...before.keys.flat(),
    ...before.fields.flatMap(({ computed }) =>
      Object.values(computed ?? {})
        .flat()
        .map(String),
    ),
    ...before.fields.filter(({ computed, to }) => computed || to).map(({ name }) => name),
  ])
  const gone = new Set(
    chance.some(
      before.fields.map(({ name }) => name).filter((name) => !held.has(name)),
      2,
    ),
  )
  const kept = before.fields
    .filter(({ name }) => !gone.has(name))
    .map((field) => (field.name === before.names ? field : changedField(chance, names, field)))
  const added = Array.from({ length: chance.int(0, 3) }, () => ({ ...fieldOf(chance, names), required: undefined }))
  if (referring && chance.isOf(60))
    added.push({
      name: names.name(),
      label: names.label(),
      type: 'integer',
      computed: { count: { form: referring } },
    } as never)
  const looksAt = (rule: RuleDefinition) =>
    [rule.field, rule.than, rule.if?.field, ...(rule.fields ?? [])].some((name) => name !== undefined && gone.has(name))
  const old = (before.rules as RuleDefinition[]).filter((rule) => !looksAt(rule) && chance.isOf(70))
  return clean({
    ...before,
    title: chance.isOf(30) ? `${before.title}（新）` : before.title,
    label: chance.isOf(30) ? `${before.label}二` : before.label,
    fields: chance.isOf(50) ? chance.shuffled([...kept, ...added]) : [...kept, ...added],
    rules: [...old, ...rulesOf(chance, [...kept, ...added], 11).filter(({ kind }) => kind !== 'unique_together')],
  })
}
