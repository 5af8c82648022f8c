/** Rules as sentences picked from words: which columns and values fit a kind, the sentence proposed, a name of its own. */
import type { Field } from '../../../server/forms/index.ts'
import type { RuleKind } from '../../../server/forms/rule_kinds/kind.ts'
import { compileRule, type RuleDefinition, ruleKinds } from '../../../server/forms/rule_kinds.ts'
import type { DesignRule } from './sheet/sheet.ts'

export const kinds = Object.entries(ruleKinds)
export const kindOf = ({ kind }: Pick<RuleDefinition, 'kind'>): RuleKind | undefined => ruleKinds[kind]

export const isInWords = (rule: DesignRule): rule is RuleDefinition => rule.kind !== 'built_in'

/** Whom the province decides above the unit, or what is computed, no rule asks. */
const isAsked = ({ derived, computed }: Field) => !derived && !computed

/** Columns that a kind may be about. */
export const fitting = (kind: RuleKind, fields: readonly Field[]): Field[] =>
  fields.filter((field) => isAsked(field) && kind.fits.includes(field.type))

const numbers = ['integer', 'decimal']
/** Columns that another one may be held against. */
export const alike = (own: Field | undefined, fields: readonly Field[]): Field[] =>
  fields.filter(
    (field) =>
      own !== undefined &&
      isAsked(field) &&
      field.name !== own.name &&
      (field.type === own.type || (numbers.includes(field.type) && numbers.includes(own.type))),
  )

export const askable = (fields: readonly Field[]): Field[] => fields.filter(isAsked)

/** The rule's sentence as its words make it; undefined while blanks are open. */
export function proposedSentence(rule: RuleDefinition, fields: readonly Field[]): string | undefined {
  try {
    const { says: _, ...bare } = rule
    return compileRule(bare as RuleDefinition, fields).says
  } catch {
    return undefined
  }
}

/** A rule of a kind with its blanks open, about the first column that fits. */
export function newRule(kind: string, fields: readonly Field[], rules: readonly DesignRule[]): RuleDefinition {
  const own = ruleKinds[kind] && fitting(ruleKinds[kind], fields)[0]
  const other = ruleKinds[kind]?.takes.includes('than') ? alike(own, fields)[0] : undefined
  let number = 1
  const name = () => `${kind}_${number}`
  while (rules.some((rule) => rule.name === name())) number += 1
  return {
    name: name(),
    kind,
    field: own?.name ?? '',
    ...(other && kind !== 'total' && { than: other.name }),
    severity: 'must',
  }
}

/** Without what says nothing. */
export const trimmed = (rule: RuleDefinition): RuleDefinition =>
  Object.fromEntries(
    Object.entries(rule).filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  ) as RuleDefinition

export const wordsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[、，,;；]+/)
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
]
