/**
 * One-page forms: what stands in the blanks of a print template, which columns of its register may fill them, and which of
 * them are read back from a filled form.
 */
import type { Field, Form } from './form.ts'
import { targetOf } from './in_force.ts'
import type { ColumnSource } from './paper/columns.ts'

/** `text` is typed over; of an `opinion` the lines for seal and day stay below; `choices` are ticked; a `picture` is placed. */
type BlankKind = 'text' | 'opinion' | 'choices' | 'picture'

/** A blank of a paper, with the words that stand beside it. */
export type PrintBlank = {
  /** Its place: 表1!B3, a sheet's name in a workbook; `#2` behind it is the second blank of a line of words. */
  at: string
  label: string
  /** What stands over several labels: 代表作品 over 标题, 发布日期, 链接. */
  group?: string
  /** Which one it is of several blanks beside one label, from 1. */
  nth?: number
  /** Where the label stands: to the left, above, or in the blank's own line. */
  side: 'left' | 'above' | 'inside'
  kind: BlankKind
  /** Words of check boxes. */
  choices?: string[]
  /** What stands in the blank as long as nobody fills it: （限800字以内）. */
  hint?: string
  /** The column that fills it: a field, `unit_id`, or a field of a record referred to, `nominee_id.gender`. */
  field: string | null
  /** Its words are only like those of the column: a person should look. */
  guessed?: true
}

export const MAX_BLANKS = 300

/** A column that may fill a blank; `is_read`: what is written there is read back into the row. */
export type PrintColumn = { name: string; label: string; type: Field['type']; is_read: boolean }

const UNIT_LABEL = '填报单位'

/** Where the values of a blank's column come from; undefined where the register has no such column. */
export function sourceOfBlank(form: Form, path: string): ColumnSource | undefined {
  if (path === 'unit_id' && form.scope === 'unit') return { from: 'unit' }
  const [name, beside] = path.split('.')
  const field = form.fields.find((each) => each.name === name)
  if (!field || beside === undefined) return field && { from: 'field', field }
  const found = besideOf(form, field).find((each) => each.name === beside)
  return found && { from: 'beside', reference: field, field: found }
}

/** Fields of the record a reference points to that a paper can show. */
function besideOf(form: Form, field: Field): readonly Field[] {
  const target = field.type === 'reference' ? targetOf(form, field) : undefined
  const isPlain = ({ type, derived }: Field) => !derived && !['reference', 'attachments'].includes(type)
  return target?.fields.filter(isPlain) ?? []
}

/** The columns that may fill the blanks of a register's papers, its own first. */
export function printColumns(form: Form): PrintColumn[] {
  const own = form.fields.map(({ name, label, group, type, derived }) => ({
    name,
    label: group ? `${group}/${label}` : label,
    type,
    is_read: !derived && type !== 'attachments',
  }))
  const unit: PrintColumn[] =
    form.scope === 'unit' ? [{ name: 'unit_id', label: UNIT_LABEL, type: 'reference', is_read: true }] : []
  const beside = form.fields.flatMap((reference) =>
    besideOf(form, reference).map(({ name, label, type }) => ({
      name: `${reference.name}.${name}`,
      label: `${reference.label}的${label}`,
      type,
      is_read: false,
    })),
  )
  return [...own, ...unit, ...beside]
}

/** Whether a column may fill a blank: pictures come from files, and nothing else does. */
export const fitsBlank = ({ kind }: Pick<PrintBlank, 'kind'>, { type }: Pick<PrintColumn, 'type'>): boolean =>
  (kind === 'picture') === (type === 'attachments')

const KINDS: readonly BlankKind[] = ['text', 'opinion', 'choices', 'picture']
const MAX_WORDS_CHARS = 400
const isWords = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_WORDS_CHARS

/** Blanks as somebody sent them with their file, read anew against a register; a sentence by path where they don't fit it. */
export function readBlanks(form: Form, given: unknown): { blanks: PrintBlank[] } | { errors: Record<string, string> } {
  if (!Array.isArray(given) || given.length > MAX_BLANKS)
    return { errors: { blanks: `blanks 应是一列，最多 ${MAX_BLANKS} 个空格。` } }
  const errors: Record<string, string> = {}
  const columns = new Map(printColumns(form).map((column) => [column.name, column]))
  const places = new Set<string>()
  const blanks = (given as Record<string, unknown>[]).map((each, n): PrintBlank => {
    const { at, label, group, nth, side, kind, choices, hint, field, guessed } = each ?? {}
    const isSound =
      isWords(at) &&
      isWords(label) &&
      KINDS.includes(kind as BlankKind) &&
      ['left', 'above', 'inside'].includes(String(side)) &&
      (group === undefined || isWords(group)) &&
      (hint === undefined || isWords(hint)) &&
      (nth === undefined || Number.isSafeInteger(nth)) &&
      (choices === undefined || (Array.isArray(choices) && choices.every(isWords)))
    const column = typeof field === 'string' ? columns.get(field) : undefined
    if (!isSound || places.has(String(at))) errors[`blanks.${n}`] = '这个空格没有读懂，请重新读取后再改。'
    else if (field !== null && !column)
      errors[`blanks.${n}.field`] = `“${label}”：登记表里没有“${String(field).slice(0, 40)}”这一栏。`
    else if (column && !fitsBlank({ kind: kind as BlankKind }, column))
      errors[`blanks.${n}.field`] =
        kind === 'picture' ? `“${label}”是放照片的，只能用图片附件的栏目。` : `“${label}”是写字的，不能放附件。`
    places.add(String(at))
    return {
      at: String(at),
      label: String(label),
      ...(group === undefined ? {} : { group: String(group) }),
      ...(nth === undefined ? {} : { nth: Number(nth) }),
      side: side as PrintBlank['side'],
      kind: kind as BlankKind,
      ...(choices === undefined ? {} : { choices: choices as string[] }),
      ...(hint === undefined ? {} : { hint: String(hint) }),
      field: column?.name ?? null,
      ...(guessed === true && column ? { guessed: true as const } : {}),
    }
  })
  return Object.keys(errors).length > 0 ? { errors } : { blanks }
}
