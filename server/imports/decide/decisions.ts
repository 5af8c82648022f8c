// What a person has decided about the rows of an import: cells corrected, equal values replaced, disputes settled, rows left
// out. Check and apply read the file and then these; nothing else of an import is ever kept of what was typed.
import { badRequest } from '../../errors.ts'
import { type Form, fieldOf, identityIn, readField, timeAlone } from '../../forms/index.ts'
import type { Choice } from '../match/merge.ts'
import { type FileRow, SAYS_CLEAR } from '../read/file_row.ts'
import type { ChosenColumns } from '../read/mapping.ts'
import { besideField, isUnitOfRow, type SheetPlan } from '../read/plan.ts'
import { textOf } from '../read/words.ts'
import { isReplaceable } from '../tell/tally.ts'

/** By sheet; by row and field; by field and words; by row and field; by row. */
export type Decisions = {
  mapping?: Record<string, ChosenColumns>
  corrections?: Record<string, Record<string, string | null>>
  replacements?: Record<string, Record<string, string>>
  choices?: Record<string, Record<string, Choice>>
  left_out?: number[]
}

export type DecisionPatch = {
  corrections: { n: number; field: string; value: string | null }[]
  replacements: { field: string; from: string; to: string | null }[]
  choices: { n: number; field: string; choice: Choice }[]
  left_out: { n: number; out: boolean }[]
}

const MAX_DECISIONS = 10_000
const MAX_WORDS = 2_000

// What is asked for ---------------------------------------------------------------------------------------------------

/** Reads the body of a PATCH for a file of so many rows. Throws a 400 that says what is wrong with it. */
export function readPatch(form: Form, body: unknown, rows: number): DecisionPatch {
  const given = (body ?? {}) as Record<string, unknown>
  const known = ['corrections', 'replacements', 'choices', 'left_out']
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  const [corrections, replacements, choices, leftOut] = known.map((name) => listIn(given, name)) as [
    Record<string, unknown>[],
    Record<string, unknown>[],
    Record<string, unknown>[],
    Record<string, unknown>[],
  ]
  const row = (n: unknown): number => {
    if (!Number.isSafeInteger(n) || Number(n) < 0 || Number(n) >= rows)
      throw badRequest(`没有第 ${String(n).slice(0, 20)} 行，n 从 0 到 ${rows - 1}。`)
    return Number(n)
  }
  return {
    corrections: corrections.map(({ n, field, value }) => ({
      n: row(n),
      field: cellName(form, field),
      value: value === null ? null : words(value, 'value'),
    })),
    replacements: replacements.map(({ field, from, to }) => {
      if (typeof field !== 'string' || !isReplaceable(form, field))
        throw badRequest(`“${String(field).slice(0, 40)}”的值不能一次都改。`)
      if (from === '') throw badRequest('from 不能是空的：空格不能一次都改。')
      return { field, from: words(from, 'from'), to: to === null ? null : words(to, 'to') }
    }),
    choices: choices.map(({ n, field, choice }) => {
      if (typeof field !== 'string' || !fieldOf(form, field))
        throw badRequest(`没有栏目“${String(field).slice(0, 40)}”。`)
      if (choice !== 'mine' && choice !== 'theirs') throw badRequest('choice 应是 mine 或 theirs。')
      return { n: row(n), field, choice }
    }),
    left_out: leftOut.map(({ n, out }) => {
      if (typeof out !== 'boolean') throw badRequest('out 应是 true 或 false。')
      return { n: row(n), out }
    }),
  }
}

function listIn(given: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list = given[name] ?? []
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'object' && each !== null))
    throw badRequest(`${name} 应是列表。`)
  if (list.length > MAX_DECISIONS) throw badRequest(`${name} 一次最多 ${MAX_DECISIONS} 条。`)
  return list
}

/** A field that a file fills, the unit of the row, or what stands beside a reference: 'event_id.held_on'. */
function cellName(form: Form, name: unknown): string {
  const [reference = '', beside] = String(name).split('.')
  const field = fieldOf(form, reference)
  const isCell = beside
    ? besideField(form, reference, beside) !== undefined && Object.hasOwn(field?.beside ?? {}, beside)
    : (field !== undefined && !field.derived && field.type !== 'attachments') || isUnitOfRow(form, name)
  if (typeof name !== 'string' || !isCell) throw badRequest(`没有可以改的栏目“${String(name).slice(0, 40)}”。`)
  return name
}

function words(text: unknown, name: string): string {
  if (typeof text !== 'string' || text.length > MAX_WORDS) throw badRequest(`${name} 应是文字，最多 ${MAX_WORDS} 字。`)
  const identity = identityIn(text, '改的内容')
  if (identity) throw badRequest(identity)
  return text
}

/** The decisions with a patch taken in; later ones replace earlier ones about the same thing. Throws a 400 when too many. */
export function withPatch(decisions: Decisions, patch: DecisionPatch): Decisions {
  const corrections = structuredClone(decisions.corrections ?? {})
  for (const { n, field, value } of patch.corrections) corrections[n] = { ...corrections[n], [field]: value }
  const replacements = structuredClone(decisions.replacements ?? {})
  for (const { field, from, to } of patch.replacements) {
    const { [from]: _was, ...others } = replacements[field] ?? {}
    replacements[field] = to === null ? others : { ...others, [from]: to }
  }
  const choices = structuredClone(decisions.choices ?? {})
  for (const { n, field, choice } of patch.choices) choices[n] = { ...choices[n], [field]: choice }
  const leftOut = new Set(decisions.left_out)
  for (const { n, out } of patch.left_out) {
    if (out) leftOut.add(n)
    else leftOut.delete(n)
  }
  const size = (map: Record<string, object>) =>
    Object.values(map).reduce((sum, each) => sum + Object.keys(each).length, 0)
  if (size(corrections) + size(replacements) + size(choices) + leftOut.size > MAX_DECISIONS)
    throw badRequest(`一次导入里最多改 ${MAX_DECISIONS} 处。请下载错误表，改好再上传。`)
  return { ...decisions, corrections, replacements, choices, left_out: [...leftOut].sort((a, b) => a - b) }
}

// What they come to ----------------------------------------------------------------------------------------------------

/** A row with its decisions taken in. `texts` are the cells as decided, `replaced` what stood there before replacing. */
export type Decided = { fileRow: FileRow; texts: Record<string, string>; replaced?: Record<string, string> }

export type Decider = {
  isLeftOut: (n: number) => boolean
  choiceOf: (found: FileRow, field: string) => Choice | undefined
  /** Undefined: nothing was decided about this row. */
  decide: (plan: SheetPlan, found: FileRow) => Decided | undefined
  /** What a value from above the heading is replaced by. */
  replacement: (field: string, words: string) => string | undefined
}

/** Undefined where nothing was decided, so that rows go through untouched. */
export function deciderOf(form: Form, decisions: Decisions, year: number): Decider | undefined {
  const { corrections = {}, replacements = {}, choices = {}, left_out = [] } = decisions
  const isEmpty = [corrections, choices, ...Object.values(replacements)].every((map) => Object.keys(map).length === 0)
  if (isEmpty && left_out.length === 0) return undefined
  const out = new Set(left_out)
  const replaced = Object.entries(replacements).filter(([, map]) => Object.keys(map).length > 0)
  const replacement = (field: string, from: string) => {
    const map = replacements[field]
    return map && Object.hasOwn(map, from) ? map[from] : undefined
  }
  function decide(plan: SheetPlan, found: FileRow): Decided | undefined {
    const own = corrections[found.n]
    const cells: Record<string, string | null> = {}
    const was: Record<string, string> = {}
    for (const [field] of replaced) {
      const corrected = own && Object.hasOwn(own, field) ? own[field] : undefined
      const from = corrected === undefined ? textOf(form, found, field) : corrected
      const to = from === null ? undefined : replacement(field, from)
      if (to === undefined || from === null) continue
      cells[field] = to
      was[field] = from
    }
    for (const [field, value] of Object.entries(own ?? {})) if (!(field in cells)) cells[field] = value
    if (Object.keys(cells).length === 0) return undefined
    return {
      fileRow: withCells(form, plan, found, cells, year),
      texts: Object.fromEntries(Object.entries(cells).map(([field, value]) => [field, value?.trim() ?? ''])),
      ...(Object.keys(was).length > 0 ? { replaced: was } : {}),
    }
  }
  return {
    isLeftOut: (n) => out.has(n),
    choiceOf: (found, field) => choices[found.n]?.[field],
    decide,
    replacement,
  }
}

/** The row as if these words stood in its cells. */
function withCells(
  form: Form,
  plan: SheetPlan,
  found: FileRow,
  cells: Record<string, string | null>,
  year: number,
): FileRow {
  const row: FileRow = { ...found, values: { ...found.values }, errors: [...(found.errors ?? [])] }
  for (const [name, text] of Object.entries(cells)) {
    const blank = text === null || text.trim() === ''
    if (isUnitOfRow(form, name)) {
      row.unit = blank ? undefined : text.trim()
      continue
    }
    const [reference = '', beside] = name.split('.')
    // a fault of what stands beside a reference is reported at the reference
    row.errors = row.errors?.filter((error) => error.field !== reference)
    const fault = (message: string, column: number | undefined) => {
      row.errors?.push({ row: found.number, column: column ?? -1, field: reference, message })
      row.typed = { ...row.typed, [name]: text ?? '' }
    }
    if (beside) {
      const field = besideField(form, reference, beside)
      const parsed = field && readField(field, text, { year })
      const { [beside]: _was, ...others } = row.beside?.[reference] ?? {}
      row.beside = { ...row.beside, [reference]: others }
      if (parsed && 'error' in parsed) fault(parsed.error, plan.beside[reference]?.[beside])
      else if (parsed && parsed.value !== null) row.beside[reference] = { ...others, [beside]: parsed.value }
      continue
    }
    const field = fieldOf(form, name)
    if (!field) continue
    delete row.values[name]
    const { [name]: _typed, ...typed } = row.typed ?? {}
    const { [name]: _time, ...times } = row.times ?? {}
    Object.assign(row, { typed, times: Object.keys(times).length > 0 ? times : undefined })
    if (blank) continue
    const time = field.day_from && timeAlone(text)
    if (SAYS_CLEAR.test(text)) {
      if (field.required) fault(`${field.label}是必填的，不能清空。`, plan.column_of[name])
      else row.values[name] = null
    } else if (time) row.times = { ...times, [name]: time }
    else {
      const parsed = readField(field, text, { year })
      if ('error' in parsed) fault(parsed.error, plan.column_of[name])
      else if (parsed.value !== null) row.values[name] = parsed.value
    }
  }
  if (row.errors?.length === 0) row.errors = undefined
  return row
}
