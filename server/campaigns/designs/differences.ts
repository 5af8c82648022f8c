/** What a new definition changes of the one in force, as sentences: a person reads them before publishing. */

import { type FieldDefinition, type FormDefinition, sameValue, types } from '../../forms/index.ts'
import { canonicalText } from '../../requests.ts'

const typeOf = ({ type, private: isPrivate }: FieldDefinition) => `${types[type].label}${isPrivate ? '，私密' : ''}`

const quoted = (words: readonly unknown[]) => words.map((word) => `“${word}”`).join('、')

function fieldChanges(before: FieldDefinition, after: FieldDefinition): string[] {
  const name = `“${after.label}”`
  const gone = (before.choices ?? []).filter((choice) => !after.choices?.includes(choice))
  const added = (after.choices ?? []).filter((choice) => !before.choices?.includes(choice))
  const others = (Object.keys({ ...before, ...after }) as (keyof FieldDefinition)[]).filter(
    (key) =>
      !['of_titles', 'label', 'group', 'required', 'choices', 'also', 'width', 'type', 'replace'].includes(key) &&
      !sameValue(before[key], after[key]),
  )
  return [
    before.label !== after.label ? `“${before.label}”改叫${name}。` : '',
    (before.group ?? '') !== (after.group ?? '') ? `${name}的上级表头改为“${after.group ?? ''}”。` : '',
    !before.required && after.required ? `${name}改为必填。` : '',
    before.required && !after.required ? `${name}不再必填。` : '',
    added.length > 0 ? `${name}的可选项新增${quoted(added)}。` : '',
    gone.length > 0 ? `${name}的可选项去掉${quoted(gone)}。` : '',
    others.length > 0 ? `${name}的设置有变（${others.join('、')}）。` : '',
  ].filter(Boolean)
}

/** The differences, one sentence each; none where both are the same. */
export function differencesOf(before: FormDefinition | undefined, after: FormDefinition): string[] {
  if (!before) return [`新增登记表“${after.label}”，${after.fields.length} 栏。`]
  const old = new Map(before.fields.map((field) => [field.name, field]))
  const names = new Set(after.fields.map(({ name }) => name))
  const words = { label: '名称', title: '标题', annex: '附件号', measure: '计量单位' } as const
  const changedWords = (Object.keys(words) as (keyof typeof words)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => `${words[key]}由“${before[key] ?? ''}”改为“${after[key] ?? ''}”。`)
  const fields = after.fields.flatMap((field) => {
    const known = old.get(field.name)
    return known
      ? fieldChanges(known, field)
      : [
          `新增栏目“${field.label}”（${typeOf(field)}）${field.required ? '，必填' : ''}${field.of ? `，只归${quoted(field.of_titles ?? field.of)}` : ''}。`,
        ]
  })
  const hidden = before.fields
    .filter(({ name }) => !names.has(name))
    .map(({ label }) => `不再有“${label}”这一栏，已填的内容留在库里。`)
  const kept = (definition: FormDefinition, others: ReadonlySet<string>) =>
    definition.fields.filter(({ name }) => others.has(name)).map(({ name }) => name)
  const isReordered = !sameValue(kept(before, names), kept(after, new Set(old.keys())))
  const oldRules = new Map(before.rules.map((rule) => [rule.name, rule]))
  const newRules = new Set(after.rules.map(({ name }) => name))
  const rules = after.rules.flatMap((rule) => {
    const known = oldRules.get(rule.name)
    if (!known) return [`新增规则：${rule.says ?? rule.name}`]
    return canonicalText(known) === canonicalText(rule) ? [] : [`规则改为：${rule.says ?? rule.name}`]
  })
  const goneRules = before.rules
    .filter(({ name }) => !newRules.has(name))
    .map((rule) => `去掉规则：${rule.says ?? rule.name}`)
  return [
    ...changedWords,
    ...fields,
    ...hidden,
    ...(isReordered ? ['栏目的次序有变。'] : []),
    ...(sameValue(before.keys, after.keys)
      ? []
      : [`认出同一行的栏目改为${after.keys.map((key) => key.join('加')).join('，或')}。`]),
    ...rules,
    ...goneRules,
  ]
}
