/** What a definition says becomes of values that no longer fit: of choices that go, of what its new type can't read. */
import type { FieldDefinition, Replacements } from './definition.ts'
import { type Faults, isObject, readText } from './definition_shape.ts'
import { shown } from './value.ts'

const MAX_REPLACEMENTS = 200
const MAX_VALUE_CHARS = 200

/** Values of before, as they read, and what takes their place. */
export function readReplacements(faults: Faults, path: string, given: unknown): Replacements | undefined {
  if (given === undefined || given === null) return undefined
  if (!isObject(given) || Object.keys(given).length > MAX_REPLACEMENTS) {
    faults.add(path, `改成什么应写成 {"原来的值": "新的值"}，清空写 null，最多 ${MAX_REPLACEMENTS} 个。`)
    return undefined
  }
  const entries = Object.entries(given)
  for (const [was, value] of entries) {
    const where = `${path}.${was.slice(0, 40)}`
    readText(faults, where, was, '原来的值', MAX_VALUE_CHARS)
    if (value === null || typeof value === 'number' || typeof value === 'boolean') continue
    readText(faults, where, value, '新的值', MAX_VALUE_CHARS)
  }
  return entries.length > 0 ? (given as Replacements) : undefined
}

/** Of choices: what goes is none of them any more, and what takes its place is one. */
export function checkReplacements(
  faults: Faults,
  path: string,
  { label, choices, replace = {} }: Pick<FieldDefinition, 'label' | 'choices' | 'replace'>,
) {
  if (!choices) return
  for (const [was, value] of Object.entries(replace)) {
    const where = `${path}.${was.slice(0, 40)}`
    if (choices.includes(was)) faults.add(where, `“${shown(was)}”还是“${label}”的可选项，不用改成别的。`)
    else if (value !== null && !choices.includes(String(value)))
      faults.add(where, `“${label}”没有“${shown(value)}”这个选项，改成有的一个，清空写 null。`)
  }
}
