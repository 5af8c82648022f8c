/** The cells of a row of the designer: what each shows, and what becomes of the row when one is written. */
import { type FieldDefinition, sameText, types } from '../../../../server/forms/index.ts'
import type { CellReading } from '../../../grid/index.ts'
import { type ColumnLabels, printDetail, readDetail } from './details.ts'
import type { DesignRow } from './sheet.ts'

export const cellNames = [
  'label',
  'name',
  'type',
  'required',
  'group',
  'detail',
  'unique',
  'private',
  'sum',
  'width',
  'synonyms',
  'note',
  'hidden',
] as const
export type CellName = (typeof cellNames)[number]

/** The type of a column, as one chooses it; what is of the frame of a campaign is not offered. */
export const offeredTypes = (Object.keys(types) as FieldDefinition['type'][]).filter((type) => type !== 'conditions')

/** What else people call a type. */
const alsoCalled: Readonly<Record<string, FieldDefinition['type']>> = {
  文本: 'text',
  字符: 'text',
  单行文字: 'text',
  长文字: 'long_text',
  数字: 'integer',
  小数: 'decimal',
  金额: 'decimal',
  时间: 'datetime',
  下拉: 'choice',
  选项: 'choice',
  多选: 'list',
  是否: 'yes_no',
  手机号: 'phone',
  联系电话: 'phone',
  统一社会信用代码: 'credit_code',
  链接: 'url',
  附件: 'attachments',
  照片: 'attachments',
  图片: 'attachments',
}

export function readType(text: string): CellReading {
  const typed = sameText(text)
  const found = offeredTypes.find((type) => sameText(types[type].label) === typed || type === typed)
  const type = found ?? alsoCalled[text.trim()]
  if (type) return { value: type, label: types[type].label }
  return {
    error: `没有“${text.slice(0, 20)}”这种类型，可写：${offeredTypes.map((each) => types[each].label).join('、')}。`,
  }
}

export function readTick(text: string): CellReading {
  const typed = sameText(text)
  if (['', '否', '×', 'x', '不', '无', 'false'].includes(typed)) return { value: false, label: '' }
  if (['是', '√', '✓', '对', 'y', 'true', '1', '必填', '有', '*'].includes(typed)) return { value: true, label: '是' }
  return { error: '写“是”，或者空着；空格键也能勾。' }
}

/** The sets of columns that tell rows apart: 1, or 1、2. A tick is the first one. */
export function readKeys(text: string): CellReading {
  const plain = text.normalize('NFKC').replace(/组|\s/g, '')
  if (plain === '' || plain === '否') return { value: '' }
  if (/^(是|√|✓|唯一)$/.test(plain)) return { value: '组 1' }
  const numbers = plain.split(/[、,;]+/).map(Number)
  if (numbers.some((number) => !Number.isInteger(number) || number < 1 || number > 5))
    return { error: '写“组 1”到“组 5”；同一组的栏目合起来认出一行。' }
  return { value: printKeys([...new Set(numbers)].sort()) }
}
const printKeys = (keys: readonly number[]) => keys.map((key) => `组 ${key}`).join('、')

/** Characters on paper; 不印 where the paper goes without the column. */
export function readWidth(text: string): CellReading {
  const plain = text.normalize('NFKC').trim()
  if (plain === '') return { value: null }
  if (plain === '不印') return { value: '不印' }
  return /^\d+$/.test(plain) ? { value: Number(plain) } : { error: '宽度写纸上占几个字符，如 12；纸上不要的写“不印”。' }
}

const wordsIn = (text: unknown) =>
  String(text ?? '')
    .split(/[、，,;；\n]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '')

const flags = { required: 'required', private: 'private', sum: 'sum' } as const
const isFlag = (cell: string): cell is keyof typeof flags => cell in flags

/** What the cells of a row hold: texts, ticks and numbers, as the grid has them. */
export function cellsOf({ field, unread, keys, hidden }: DesignRow, labels: ColumnLabels): Record<CellName, unknown> {
  return {
    label: field.label || null,
    name: field.name || null,
    type: field.type,
    required: field.required ?? false,
    group: field.group ?? null,
    detail: unread.detail?.text ?? (printDetail(field, labels) || null),
    unique: printKeys(keys) || null,
    private: field.private ?? false,
    sum: field.sum ?? false,
    width: field.unprinted ? '不印' : (field.width ?? null),
    synonyms: field.synonyms?.join('、') || null,
    note: field.note ?? null,
    hidden,
  }
}

/** An option set, or taken away where it says nothing. */
function withOption(field: FieldDefinition, option: keyof FieldDefinition, value: unknown): FieldDefinition {
  const isNothing = value === undefined || value === null || value === '' || value === false
  const { [option]: _, ...rest } = field
  return (isNothing ? rest : { ...rest, [option]: value }) as FieldDefinition
}

/** The row with a cell written; blank takes away what it said. */
export function withCell(row: DesignRow, cell: CellName, value: unknown, labels: ColumnLabels): DesignRow {
  const { field } = row
  const next = (changed: FieldDefinition) => ({ ...row, field: changed })
  const text = String(value ?? '').trim()
  if (isFlag(cell)) return next(withOption(field, cell, value === true))
  switch (cell) {
    case 'label':
    case 'name':
      return next({ ...field, [cell]: text })
    case 'type':
      return withDetail(next({ ...field, type: value as FieldDefinition['type'] }), undefined, labels)
    case 'detail':
      return withDetail(row, text, labels)
    case 'unique':
      return { ...row, keys: wordsIn(value).map((word) => Number(word.replace(/\D/g, ''))) }
    case 'width':
      if (value === '不印') return next(withOption(field, 'unprinted', true))
      return next(withOption(withOption(field, 'unprinted', undefined), 'width', value))
    case 'synonyms':
      return next(withOption(field, 'synonyms', wordsIn(value).length > 0 ? wordsIn(value) : undefined))
    case 'hidden':
      return { ...row, hidden: value === true }
    default:
      return next(withOption(field, cell, text))
  }
}

/** What was typed is read as the type has it; without a text, what was not understood under another type is read again. */
function withDetail(row: DesignRow, typed: string | undefined, labels: ColumnLabels): DesignRow {
  const { detail: before, ...unread } = row.unread
  const text = typed ?? before?.text
  if (text === undefined) return row
  const read = readDetail(row.field, text, labels)
  if ('error' in read) return { ...row, unread: { ...unread, detail: { text, error: read.error } } }
  const field = Object.entries(read.options).reduce<FieldDefinition>(
    (all, [option, value]) => withOption(all, option as keyof FieldDefinition, value),
    row.field,
  )
  return { ...row, field, unread }
}
