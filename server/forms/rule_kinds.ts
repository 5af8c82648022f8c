/**
 * Rules in words: the small vocabulary in which a campaign writes its rules as data, how such a rule is read and told what is
 * wrong with it, and the `Rule` it amounts to, which everything else knows. The kinds are in rule_kinds/; the CHECK that a
 * hard rule of one row becomes is app.check_of (db/security/028_rules.sql), and a test holds the two together.
 */
import type { Field } from './form.ts'
import { earlier, later, notEarlier, notLater, notLess, notMore, withinCampaign } from './rule_kinds/comparing.ts'
import { conditionMet, conditionWords, faultOfCondition, holds, rowMeeting } from './rule_kinds/condition.ts'
import { length, oneOf, required, requiredIf } from './rule_kinds/content.ts'
import type { FieldOf, Parameter, RuleDefinition, RuleKind } from './rule_kinds/kind.ts'
import { control, isObject, type Named, readParameters, shownName } from './rule_kinds/parameters.ts'
import { share } from './rule_kinds/proportion.ts'
import { total, uniqueTogether } from './rule_kinds/together.ts'
import type { Errors, Moment, Rule } from './rules.ts'
import { types } from './types.ts'

export type { RuleDefinition } from './rule_kinds/kind.ts'

export const ruleKinds: Readonly<Record<string, RuleKind>> = {
  not_more: notMore,
  not_less: notLess,
  earlier,
  later,
  not_earlier: notEarlier,
  not_later: notLater,
  within_campaign: withinCampaign,
  required,
  required_if: requiredIf,
  one_of: oneOf,
  length,
  total,
  unique_together: uniqueTogether,
  share,
}

const moments: Readonly<Record<NonNullable<RuleDefinition['when']>, Moment>> = {
  cell: 'cell',
  store: 'storing',
  submission: 'submission',
}

const MAX_RULES = 200
const MAX_SENTENCE = 200

/** Of rules, as of registers and columns. */
const namePattern = /^[a-z][a-z0-9_]{1,40}$/
const severities: readonly unknown[] = ['must', 'explain']

/** Errors by path, `rules.0.than`; a rule itself is at `rules.0`. */
type ReadRules = { rules: RuleDefinition[] } | { errors: Errors }

/**
 * The rules of a definition, checked against its fields, with their values as the fields keep them. What is wrong is said
 * in Chinese, by path; nothing in a rule is ever evaluated.
 */
export function readRules(given: unknown, fields: readonly Field[]): ReadRules {
  if (given === undefined || given === null) return { rules: [] }
  if (!Array.isArray(given)) return { errors: { rules: '规则应是一列。' } }
  if (given.length > MAX_RULES) return { errors: { rules: `规则最多 ${MAX_RULES} 条。` } }
  const errors: Errors = {}
  const rules: RuleDefinition[] = []
  const names = new Set<string>()
  for (const [at, each] of given.entries()) {
    const read = readRule(each, fields)
    if ('errors' in read) {
      for (const [path, sentence] of Object.entries(read.errors))
        errors[path === '' ? `rules.${at}` : `rules.${at}.${path}`] = sentence
      continue
    }
    if (names.has(read.rule.name)) errors[`rules.${at}.name`] = `有两条规则都叫“${read.rule.name}”。`
    names.add(read.rule.name)
    rules.push(read.rule)
  }
  return Object.keys(errors).length > 0 ? { errors } : { rules }
}

function readRule(given: unknown, fields: readonly Field[]): { rule: RuleDefinition } | { errors: Errors } {
  if (!isObject(given)) return { errors: { '': '规则应是一组名称和值。' } }
  const errors: Errors = {}
  const kind = kindOf(given.kind)
  if (!kind)
    return { errors: { kind: `没有${shownName(given.kind)}这种规则，有：${Object.keys(ruleKinds).join('、')}。` } }
  const { name, severity = 'must', when, says } = given
  if (typeof name !== 'string' || !namePattern.test(name))
    errors.name = '规则的名称用小写字母、数字和下划线，字母开头，2 到 41 个字符。'
  if (!severities.includes(severity)) errors.severity = '写 must（必须）或 explain（提醒）。'
  if (when !== undefined && !(typeof when === 'string' && Object.hasOwn(moments, when)))
    errors.when = '写 cell（填格子时）、store（保存时）或 submission（提交时）。'
  if (says !== undefined && !isSentence(says)) errors.says = `提示是一句话，最多 ${MAX_SENTENCE} 字。`
  // whatever a rule asks, it may ask only where another field says so
  const takes: readonly Parameter[] = kind.unique ? kind.takes : [...new Set([...kind.takes, 'if' as const])]
  for (const key of Object.keys(given))
    if (!['name', 'kind', 'field', 'severity', 'when', 'says', ...takes].includes(key))
      errors[key.slice(0, 40)] = `“${kind.label}”没有${shownName(key)}这一项。`

  const named: Named = (name) => {
    const field = fields.find((each) => each.name === name)
    if (!field) return { error: `没有${shownName(name)}这一栏。` }
    return field.derived ? { error: `“${field.label}”是算出来的，规则要写它从哪几栏算。` } : { field }
  }
  // where a rule is about several columns, it is told at the last of them
  const listed = Array.isArray(given.fields)
    ? given.fields.at(-1)
    : isObject(given.of)
      ? Object.keys(given.of)[0]
      : undefined
  const about = named(given.field ?? listed)
  if ('error' in about) return { errors: { ...errors, field: about.error } }
  const own = about.field
  if (!kind.fits.includes(own.type))
    errors.field = `“${kind.label}”不能用在“${own.label}”上，它是${types[own.type].label}。`
  const read = readParameters(given, takes, own, named)
  Object.assign(errors, read.errors)
  if (Object.keys(errors).length > 0) return { errors }

  const rule = {
    name,
    kind: given.kind,
    field: own.name,
    ...read.values,
    severity,
    // PostgreSQL knows a rule of 提交 by what it says
    ...(when === undefined && kind.when !== 'submission' ? {} : { when: when ?? kind.when }),
    ...(says === undefined ? {} : { says }),
  } as RuleDefinition
  const fault = faultOf(rule, kind, fields)
  return fault ? { errors: { [fault[0]]: fault[1] } } : { rule }
}

const kindOf = (name: unknown) =>
  typeof name === 'string' && Object.hasOwn(ruleKinds, name) ? ruleKinds[name] : undefined

const isSentence = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && [...value].length <= MAX_SENTENCE && !control.test(value)

function faultOf(rule: RuleDefinition, kind: RuleKind, fields: readonly Field[]): ReturnType<RuleKind['fault']> {
  const fault = kind.fault(rule, finder(fields))
  if (fault) return fault
  const wrong = rule.if && faultOfCondition(rule.if, ownFields(rule, kind), finder(fields))
  if (wrong) return ['if', wrong]
  if (rule.when !== 'cell' || lookedAt(rule, kind).length === 1) return undefined
  return ['when', '看几栏的规则，在保存或提交时才能问。']
}

const finder =
  (fields: readonly Field[]): FieldOf =>
  (name) => {
    const field = fields.find((each) => each.name === name)
    if (!field) throw new Error(`no field ${name}`)
    return field
  }

const ownFields = (rule: RuleDefinition, kind: RuleKind): string[] =>
  kind.looksAt?.(rule) ?? [...new Set([rule.field, ...(rule.than ? [rule.than] : []), ...(rule.fields ?? [])])]

/** The fields that a rule names, by itself, in what it is held against and in its condition. */
export function fieldsNamed(rule: RuleDefinition): string[] {
  const kind = kindOf(rule.kind)
  return kind ? lookedAt(rule, kind) : []
}

const lookedAt = (rule: RuleDefinition, kind: RuleKind): string[] => [
  ...ownFields(rule, kind),
  ...(rule.if ? [rule.if.field] : []),
]

/** The rule that a definition amounts to. Throws where it names what is not there: `readRules` has said so before. */
export function compileRule(rule: RuleDefinition, fields: readonly Field[]): Rule {
  const kind = kindOf(rule.kind)
  if (!kind) throw new Error(`${rule.name}: no kind of rule ${rule.kind}`)
  const fieldOf = finder(fields)
  const ask = kind.ask(rule, fieldOf)
  const looksAt = lookedAt(rule, kind)
  const unique = kind.unique?.(rule)
  const { if: condition } = rule
  const { row, related } = kind.example(rule, fieldOf)
  for (const name of looksAt) if (!name.includes('.')) fieldOf(name)
  return {
    name: rule.name,
    says: rule.says ?? `${condition ? conditionWords(condition, fieldOf) : ''}${kind.says(rule, fieldOf)}`,
    looksAt,
    when: moments[rule.when ?? kind.when],
    severity: rule.severity,
    check(row, related) {
      const sentence = condition && !holds(condition, row) ? undefined : ask(row, related)
      if (sentence === undefined) return undefined
      return { [rule.field]: rule.says ?? `${condition ? conditionMet(condition, fieldOf, row) : ''}${sentence}` }
    },
    example: { row: { ...row, ...(condition && rowMeeting(condition, fieldOf)) }, ...(related ? { related } : {}) },
    ...(unique ? { unique } : {}),
    definition: rule,
  }
}
