/** Columns of a definition, read: their names, types and options, whether these go together and fit what the installation has. */
import { type Computed, readComputed, typeComputed } from './computed.ts'
import type { FieldDefinition } from './definition.ts'
import { readCodes, readCollections } from './definition_entries.ts'
import {
  type Faults,
  isObject,
  readFlag,
  readNumber,
  readRecord,
  readText,
  readTexts,
  refuseUnknown,
} from './definition_shape.ts'
import type { CollectionTitles } from './entries.ts'
import type { Field } from './form.ts'
import { type Forms, formOf } from './in_force.ts'
import { checkReplacements, readReplacements } from './replacements.ts'
import { types } from './types.ts'
import { shown } from './value.ts'

export const MAX_COLUMNS = 200
export const MAX_CHOICES = 200
export const MAX_CHOICE_CHARS = 60
export const MAX_LABEL_CHARS = 40
const MAX_SYNONYMS = 30
const MAX_NOTE_CHARS = 200
const MAX_TEXT_CHARS = 10_000
const MAX_WIDTH = 100

/** Of registers and columns, in addresses, JSON and SQL alike. */
export const namePattern = /^[a-z][a-z0-9_]{1,40}$/
export const reservedEnding = /_(masked|label|not|like|gte|lte)$/

/** Columns that every register has, and words that mean something else in a body, a filter or a row. */
const reservedColumns = new Set(
  (
    'id campaign_id unit_id status version returned_reason returned_fields submitted_at submitted_by reviewed_at reviewed_by ' +
    'self_reviewed created_at created_by updated_at updated_by deleted_at number blind_number publicised_on state opened_at ' +
    'submission_id cac_opinion decision certificate_number client_key row_id row_version latest bin ids reason fields action ' +
    'series elsewhere twin campaign uploads proportion deleted constructor prototype'
  ).split(' '),
)
/** What of a field may stand in a definition, besides its name, label and type. */
const options = [
  'required',
  'of',
  'private',
  'choices',
  'also',
  'max',
  'min',
  'mobile',
  'compact',
  'person',
  'of_year',
  'counted_in',
  'to',
  'group',
  'width',
  'sum',
  'unprinted',
  'synonyms',
  'note',
  'computed',
  'replace',
] as const

/** Types a person may choose; the others are of the frame of a campaign. */
const offered: readonly Field['type'][] = (Object.keys(types) as Field['type'][]).filter(
  (type) => !['conditions', 'scoring_items', 'prizes'].includes(type),
)

/** Whether values of a type can be read as another: all but what points to something else. */
const isRetypable = (type: string) => !['reference', 'attachments', 'conditions'].includes(type)

/** A column that the installation has: one name is one type everywhere. */
export type InstalledColumn = {
  form: string
  name: string
  type: string
  private: boolean
  refers_to: string | null
  computed: unknown
}

/** What a definition is read against. */
export type Surroundings = {
  /** The forms in force in the campaign. */
  forms: Forms
  builtIn: Forms
  columns: readonly InstalledColumn[]
  /** Forms that rows may refer to. */
  referable: ReadonlySet<string>
  /** What the campaign collects. */
  collections: CollectionTitles
  /** Names that no new register can have. */
  taken: ReadonlySet<string>
}

/** Whether the system has a use of its own for a name: no column of a definition is called so. */
export const isReservedColumn = (name: string): boolean => reservedColumns.has(name) || reservedEnding.test(name)

function readColumnName(faults: Faults, path: string, value: unknown): string {
  if (typeof value !== 'string' || !namePattern.test(value)) {
    faults.add(path, '数据名用小写字母、数字和下划线，以字母开头，2 到 41 个。')
    return ''
  }
  if (isReservedColumn(value)) faults.add(path, `“${value}”系统自己要用，请换一个数据名。`)
  return value
}

/** One column of a new register, or one that is added to a built-in one. */
function readField(
  faults: Faults,
  path: string,
  given: unknown,
  of: string,
  around: Surroundings,
): FieldDefinition | undefined {
  if (!isObject(given)) {
    faults.add(path, '一栏应是 {"name":…,"label":…,"type":…}。')
    return undefined
  }
  const at = (name: string) => `${path}.${name}`
  refuseUnknown(faults, `${path}.`, given, ['name', 'label', 'type', ...options])
  const name = readColumnName(faults, at('name'), given.name)
  const label = readText(faults, at('label'), given.label, '栏目', MAX_LABEL_CHARS) ?? ''
  const type = (given.type ?? (isObject(given.computed) ? typeComputed(given.computed) : undefined)) as Field['type']
  if (typeof type !== 'string' || !offered.includes(type)) {
    faults.add(at('type'), `没有“${shown(type)}”这种类型，可写：${offered.join('、')}。`)
    return undefined
  }
  const field: FieldDefinition = {
    name,
    label,
    type,
    required: readFlag(faults, at('required'), given.required),
    of: readCodes(faults, at('of'), given.of),
    private: readFlag(faults, at('private'), given.private),
    choices: readTexts(faults, at('choices'), given.choices, '可选项', MAX_CHOICES, MAX_CHOICE_CHARS),
    also: readRecord(
      faults,
      at('also'),
      given.also,
      '另一种写法',
      (where, each) => readText(faults, where, each, '可选项', MAX_CHOICE_CHARS) ?? '',
    ),
    counted_in: readRecord(
      faults,
      at('counted_in'),
      given.counted_in,
      '单位',
      (where, each) => readNumber(faults, where, each, '换算', [1, 1_000_000_000]) ?? 1,
    ),
    max: readNumber(
      faults,
      at('max'),
      given.max,
      '上限',
      type === 'integer' || type === 'decimal' ? [-1_000_000_000, 1_000_000_000] : [1, MAX_TEXT_CHARS],
    ),
    min: readNumber(faults, at('min'), given.min, '下限', [-1_000_000_000, 1_000_000_000]),
    mobile: readFlag(faults, at('mobile'), given.mobile),
    compact: readFlag(faults, at('compact'), given.compact),
    person: readFlag(faults, at('person'), given.person),
    of_year: readFlag(faults, at('of_year'), given.of_year),
    sum: readFlag(faults, at('sum'), given.sum),
    unprinted: readFlag(faults, at('unprinted'), given.unprinted),
    group: readText(faults, at('group'), given.group, '上级表头', MAX_LABEL_CHARS, true) || undefined,
    note: readText(faults, at('note'), given.note, '说明', MAX_NOTE_CHARS, true) || undefined,
    width: readNumber(faults, at('width'), given.width, '宽度', [2, MAX_WIDTH]),
    synonyms:
      given.synonyms && Array.isArray(given.synonyms) && given.synonyms.length === 0
        ? undefined
        : readTexts(faults, at('synonyms'), given.synonyms, '别名', MAX_SYNONYMS, MAX_LABEL_CHARS),
    to: given.to === undefined || given.to === null ? undefined : String(given.to),
    replace: readReplacements(faults, at('replace'), given.replace),
    computed: given.computed === null ? undefined : (given.computed as Computed | undefined), // read when all columns are known
  }
  checkField(faults, path, field, of, around)
  return Object.fromEntries(Object.entries(field).filter(([, value]) => value !== undefined)) as FieldDefinition
}

const isNumeric = (type: Field['type']) => type === 'integer' || type === 'decimal'

/** Whether what a field says of itself goes together, and with the column of its name where there is one. */
function checkField(faults: Faults, path: string, field: FieldDefinition, of: string, around: Surroundings) {
  const { name, label, type, to, choices, min, max } = field
  const at = (option: string) => `${path}.${option}`
  const only = (option: keyof FieldDefinition, fits: boolean, sentence: string) => {
    if (field[option] !== undefined && !fits) faults.add(at(option), `${label || name}：${sentence}`)
  }
  const isText = types[type].column === 'text'
  only('private', isText, '只有文字一类的栏目能设为私密。')
  only('choices', type === 'choice' || type === 'list', '只有单选和多项有可选项。')
  only('also', type === 'choice', '只有单选有别的写法。')
  only('mobile', type === 'phone', '只有电话能要求手机号。')
  only('min', isNumeric(type), '只有数有下限。')
  only('max', isNumeric(type) || type === 'text' || type === 'long_text' || type === 'url', '这种类型没有上限。')
  only('sum', isNumeric(type), '只有数能合计。')
  only('counted_in', isNumeric(type), '只有数有换算单位。')
  only('of_year', type === 'date' || type === 'datetime', '只有日期能限定在年度内。')
  only('compact', type === 'text', '只有单行文字能去掉空格。')
  only('person', type === 'text', '只有单行文字能是人名。')
  only('to', type === 'reference', '只有引用要写指向哪张表。')
  checkReplacements(faults, at('replace'), field)
  only('replace', !field.computed, '算出来的栏目不用改值。')
  if (field.unprinted && field.required)
    faults.add(at('unprinted'), `${label || name}：必填的栏目要印在表上，否则填好的表收不回来。`)
  if (type === 'choice' && !choices) faults.add(at('choices'), `${label || name}：单选要写可选项。`)
  if (min !== undefined && max !== undefined && min > max) faults.add(at('min'), `${label || name}：下限大于上限。`)
  const strange = Object.entries(field.also ?? {}).find(([, choice]) => !choices?.includes(choice))
  if (strange) faults.add(at('also'), `${label || name}：“${shown(strange[1])}”不在可选项里。`)
  if (field.of) readCollections(faults, at('of'), field.of, of, around)
  if (type === 'reference' && !(to && around.referable.has(to) && formOf(around.forms, to)))
    faults.add(
      at('to'),
      `${label || name}：不能指向“${shown(to)}”，可写：${[...around.referable].filter((each) => formOf(around.forms, each)).join('、')}。`,
    )
  const installed = around.columns.find((column) => column.form === of && column.name === name)
  if (!installed) return
  // another type is for publishing to refuse: it may be this campaign's alone
  const isSame =
    (installed.type === type || (isRetypable(installed.type) && isRetypable(type))) &&
    installed.private === (field.private ?? false) &&
    (installed.refers_to ?? undefined) === to
  if (!isSame)
    faults.add(
      at('type'),
      `${of} 里已经有“${name}”这一栏，类型是${types[installed.type as Field['type']]?.label ?? installed.type}${installed.private ? '（私密）' : ''}${installed.refers_to ? `（指向 ${installed.refers_to}）` : ''}；同一个数据名到处是同一种类型，请换一个数据名。`,
    )
}

export function readFields(
  faults: Faults,
  path: string,
  given: unknown,
  of: string,
  around: Surroundings,
): FieldDefinition[] {
  if (!Array.isArray(given)) {
    faults.add(path, '栏目应是一列。')
    return []
  }
  if (given.length > MAX_COLUMNS) {
    faults.add(path, `一张表最多 ${MAX_COLUMNS} 栏。`)
    return []
  }
  return given.flatMap((each, at) => readField(faults, `${path}.${at}`, each, of, around) ?? [])
}

/** What columns are computed by, once all columns of the register are known. Answers the columns with it. */
export function readAllComputed(
  faults: Faults,
  path: string,
  own: readonly FieldDefinition[],
  all: readonly FieldDefinition[],
  of: string,
  { forms, columns }: Surroundings,
): FieldDefinition[] {
  const fields = all.map((field): Field => ({ width: 10, ...field }))
  return own.map((field, at) => {
    const where = `${path}.${at}`
    const installed = columns.find((column) => column.form === of && column.name === field.name)
    const read = field.computed && readComputed(field.computed, field, { form: of, fields, forms })
    if (read && 'error' in read) faults.add(`${where}.computed`, read.error)
    const computed = read && 'computed' in read ? read.computed : undefined
    const odd = typedOptions.find((option) => computed && field[option] !== undefined)
    if (odd) faults.add(`${where}.${odd}`, `“${field.label}”是算出来的，不用填，没有这一项。`)
    if (installed && canonical(installed.computed) !== canonical(computed))
      faults.add(
        `${where}.computed`,
        `${of} 里的“${field.name}”算法不同；同一个数据名到处是同一种算法，请换一个数据名。`,
      )
    return computed ? { ...field, computed } : field
  })
}

/** What only a cell that somebody fills can have. */
const typedOptions = ['required', 'of', 'private', 'min', 'max', 'counted_in'] as const

/** A computation with its names in one order: PostgreSQL keeps those of JSON in another. */
const canonical = (computed: unknown) =>
  JSON.stringify(computed ?? null, (_name, value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  )

export function refuseTwice(faults: Faults, path: string, fields: readonly FieldDefinition[]) {
  for (const [at, { name, label }] of fields.entries()) {
    if (fields.findIndex((each) => each.name === name) < at) faults.add(`${path}.${at}.name`, `有两栏都叫“${name}”。`)
    const heading = (each: FieldDefinition) => `${each.group ?? ''}/${each.label}`
    const same = fields.findIndex((each) => heading(each) === heading(fields[at] as FieldDefinition))
    if (same < at) faults.add(`${path}.${at}.label`, `有两栏的栏目都是“${label}”，请改一个，否则收回的表分不清。`)
  }
}
