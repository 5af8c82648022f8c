/**
 * Reading a definition that somebody wrote: its shape, its names, what it refers to. What is wrong is said by path
 * (`fields.2.type`) in a sentence that tells what to do; what passes is JSON of the vocabulary and nothing else.
 */
import {
  type Adjustment,
  adjusted,
  type Definition,
  definitionOf,
  type FieldDefinition,
  type FormDefinition,
} from './definition.ts'
import { refuseElsewhere } from './definition_entries.ts'
import {
  MAX_CHOICE_CHARS,
  MAX_CHOICES,
  MAX_COLUMNS,
  MAX_LABEL_CHARS,
  namePattern,
  readAllComputed,
  readFields,
  refuseTwice,
  reservedEnding,
  type Surroundings,
} from './definition_fields.ts'
import {
  Faults,
  type Given,
  isObject,
  readNumber,
  readRecord,
  readText,
  readTexts,
  refuseUnknown,
} from './definition_shape.ts'
import type { Field, Form } from './form.ts'
import { formOf, registersOf } from './in_force.ts'
import { readPaper } from './paper/paper.ts'
import { checkReplacements, readReplacements } from './replacements.ts'
import { readRules } from './rule_kinds.ts'
import type { Errors } from './rules.ts'
import { shown } from './value.ts'

export const MAX_REGISTERS = 100
const MAX_KEYS = 5
const MAX_KEY_FIELDS = 6
const MAX_TITLE_CHARS = 100
const MAX_MEASURE_CHARS = 4
const MAX_ANNEX = 999

/** Addresses that are none of a register's; a table that is there already is refused by the database. */
const reservedRegisters = new Set(
  (
    'annexes changes demo exports files filings imports live login logout me operations reports users verify views forms ' +
    'form_designs print_templates prints metrics unit_kinds packages openapi session works jury scores votes comments bulk places restoration history ' +
    'undo progress bin dictionary account constructor prototype'
  ).split(' '),
)
/** Whether a register of a campaign's own may be called so. */
export const isFreeRegister = (name: string, around: Surroundings): boolean =>
  !reservedRegisters.has(name) &&
  !around.taken.has(name) &&
  !formOf(around.builtIn, name) &&
  !reservedEnding.test(name) &&
  !name.startsWith('pg_')

function readAnnex(faults: Faults, given: unknown, of: string, { forms }: Surroundings): number | null {
  const annex = readNumber(faults, 'annex', given, '附件号', [1, MAX_ANNEX]) ?? null
  // the frame of a campaign is numbered as in 2019: a register may have its number
  const other = annex !== null && registersOf(forms).find((form) => form.annex === annex && form.name !== of)
  if (other) faults.add('annex', `附件${annex}已经是“${other.label}”。`)
  return annex
}

/** The fields as a form of them has them: what rules and computed columns are read against. */
const asFields = (fields: readonly FieldDefinition[]): Field[] =>
  fields.map((field) => ({ width: 10, ...field, ...(field.computed && { derived: true }) }))

function readTheRules(faults: Faults, given: unknown, fields: readonly FieldDefinition[]) {
  const read = readRules(given, asFields(fields))
  if ('rules' in read) return read.rules
  for (const [path, sentence] of Object.entries(read.errors)) faults.add(path, sentence)
  return []
}

const formKeys = ['name', 'label', 'title', 'annex', 'measure', 'scope', 'names', 'fields', 'keys', 'rules', 'paper']

/** A register of its own. */
function readForm(given: Given, around: Surroundings): { definition: FormDefinition } | { errors: Errors } {
  const faults = new Faults()
  refuseUnknown(faults, '', given, formKeys)
  const name = typeof given.name === 'string' && namePattern.test(given.name) ? given.name : ''
  if (!name) faults.add('name', '数据名用小写字母、数字和下划线，以字母开头，2 到 41 个。')
  else if (!isFreeRegister(name, around))
    faults.add(
      'name',
      formOf(around.builtIn, name)
        ? `“${name}”是内置的表；要调整它，请写 {"extends":"${name}"}。`
        : `“${name}”系统自己要用，请换一个数据名。`,
    )
  const label = readText(faults, 'label', given.label, '名称', MAX_LABEL_CHARS) ?? ''
  const title = readText(faults, 'title', given.title ?? given.label, '标题', MAX_TITLE_CHARS) ?? ''
  const measure = readText(faults, 'measure', given.measure ?? '条', '计量单位', MAX_MEASURE_CHARS) ?? ''
  if (given.scope !== undefined && given.scope !== 'unit') faults.add('scope', 'scope 只能是 "unit"：各单位各填各的。')
  const annex = readAnnex(faults, given.annex, name, around)
  const twin = Object.values(around.forms).find((form) => form.label === label && form.name !== name)
  if (twin) faults.add('label', `已经有一张表叫“${label}”，请换一个名称。`)
  const written = readFields(faults, 'fields', given.fields, name, around)
  const fields = readAllComputed(faults, 'fields', written, written, name, around)
  if (fields.length === 0) faults.add('fields', '至少要有一栏。')
  refuseTwice(faults, 'fields', fields)
  const byName = new Map(fields.map((field) => [field.name, field]))
  const names = String(given.names ?? fields[0]?.name ?? '')
  const naming = byName.get(names)
  if (
    fields.length > 0 &&
    (!naming ||
      naming.private ||
      naming.computed ||
      !['text', 'long_text', 'choice', 'date', 'month', 'reference', 'integer'].includes(naming.type))
  )
    faults.add('names', `names 要写一栏的数据名，一行靠它称呼；不能是私密的或算出来的。`)
  const keys = readKeys(faults, given.keys, byName)
  const rules = readTheRules(faults, given.rules, fields)
  const paper = readPaper(faults, given.paper, new Set(byName.keys()))
  if (faults.any) return { errors: faults.errors }
  const definition = { name, label, title, annex, measure, scope: 'unit', names, fields, keys, rules } as const
  return { definition: paper ? { ...definition, paper } : definition }
}

function readKeys(faults: Faults, given: unknown, fields: ReadonlyMap<string, FieldDefinition>): string[][] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MAX_KEYS) {
    faults.add('keys', `keys 要写靠哪几栏认出同一行，如 [["phone"],["name","workplace"]]，1 到 ${MAX_KEYS} 组。`)
    return []
  }
  return given.map((key, at) => {
    const names = Array.isArray(key) ? key.map(String) : []
    if (names.length === 0 || names.length > MAX_KEY_FIELDS || new Set(names).size < names.length)
      faults.add(`keys.${at}`, `一组是 1 到 ${MAX_KEY_FIELDS} 栏，每栏一次。`)
    for (const name of names) {
      const field = fields.get(name)
      if (!field || field.computed || field.type === 'list' || field.type === 'attachments')
        faults.add(`keys.${at}`, `“${shown(name)}”不能用来认出同一行。`)
    }
    return names
  })
}

const adjustmentKeys = [
  'extends',
  'title',
  'label',
  'measure',
  'annex',
  'hide',
  'rename',
  'groups',
  'order',
  'require',
  'choices',
  'replace',
  'add',
  'rules',
  'paper',
]

/** What goes by the name of a built-in field. */
function readOfFields(faults: Faults, given: Given, base: Form) {
  const of = (name: string) => base.fields.find((field) => field.name === name)
  const known = (path: string, name: string) => {
    if (!of(name)) faults.add(path, `${base.label}里没有“${shown(name)}”这一栏。`)
  }
  const byField = <T>(key: string, what: string, read: (path: string, each: unknown) => T) => {
    const found = readRecord(faults, key, given[key], what, read) ?? {}
    for (const name of Object.keys(found)) known(`${key}.${name.slice(0, 40)}`, name)
    return found
  }
  const rename = byField('rename', '栏目', (path, each) => readText(faults, path, each, '栏目', MAX_LABEL_CHARS) ?? '')
  const groups = byField(
    'groups',
    '上级表头',
    (path, each) => readText(faults, path, each, '上级表头', MAX_LABEL_CHARS, true) ?? '',
  )
  const choices = byField(
    'choices',
    '可选项',
    (path, each) => readTexts(faults, path, each, '可选项', MAX_CHOICES, MAX_CHOICE_CHARS) ?? [],
  )
  for (const name of Object.keys(choices)) {
    const field = of(name)
    if (field && field.type !== 'choice') faults.add(`choices.${name}`, `“${field.label}”不是单选，没有可选项。`)
  }
  const replace = byField('replace', '改成什么', (path, each) => readReplacements(faults, path, each) ?? {})
  for (const [name, each] of Object.entries(replace)) {
    const field = of(name)
    if (!field) continue
    if (choices[name]) checkReplacements(faults, `replace.${name}`, { ...field, choices: choices[name], replace: each })
    else faults.add(`replace.${name}`, `“${field.label}”的可选项没有变，不用改成别的。`)
  }
  const hide = readNames(faults, 'hide', given.hide)
  const held = namesHeld(base)
  for (const [at, name] of hide.entries()) {
    known(`hide.${at}`, name)
    if (held.has(name)) faults.add(`hide.${at}`, `“${of(name)?.label}”不能隐藏：它必填，或者要靠它认出一行。`)
  }
  const require = readNames(faults, 'require', given.require)
  for (const [at, name] of require.entries()) {
    known(`require.${at}`, name)
    if (hide.includes(name)) faults.add(`require.${at}`, `“${of(name)?.label}”隐藏了，不能必填。`)
    if (of(name)?.derived) faults.add(`require.${at}`, `“${of(name)?.label}”是系统算出来的，不用填。`)
  }
  return { rename, groups, choices, replace, hide, require }
}

/** Fields without which a built-in form is not what it is: mandatory, naming and telling rows apart, decided above the unit. */
function namesHeld({ names, keys, desks, series, fields }: Form): ReadonlySet<string> {
  const decided = Object.values(desks ?? {}).flatMap((desk) => desk.fields)
  const ofSeries = series ? [...series.of, ...series.by, series.on, ...series.rising] : []
  const fixed = fields.filter(({ required, to }) => required || to === 'collections').map(({ name }) => name)
  return new Set([names, ...keys.flat(), ...decided, ...ofSeries, ...fixed])
}

const isEmpty = (value: unknown) =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** What a campaign changes of a built-in register. */
function readAdjustment(given: Given, around: Surroundings): { definition: Adjustment } | { errors: Errors } {
  const faults = new Faults()
  refuseUnknown(faults, '', given, adjustmentKeys)
  const base = typeof given.extends === 'string' ? formOf(around.builtIn, given.extends) : undefined
  if (base?.scope !== 'unit') {
    const known = Object.values(around.builtIn).filter(({ scope }) => scope === 'unit')
    const names = known.map(({ name }) => name).join('、')
    return { errors: { extends: `没有“${shown(given.extends)}”这张内置的表，可写：${names}。` } }
  }
  const ofFields = readOfFields(faults, given, base)
  const written = given.add === undefined ? [] : readFields(faults, 'add', given.add, base.name, around)
  const add = readAllComputed(faults, 'add', written, [...base.fields, ...written], base.name, around)
  for (const [at, { name }] of add.entries())
    if (fieldNamed(base, name)) faults.add(`add.${at}.name`, `${base.label}里已经有“${name}”这一栏，请换一个数据名。`)
  const order = readNames(faults, 'order', given.order)
  for (const [at, name] of order.entries())
    if (!fieldNamed(base, name) && !add.some((each) => each.name === name))
      faults.add(`order.${at}`, `${base.label}里没有“${shown(name)}”这一栏。`)
  const text = (name: string, what: string, max: number) =>
    readText(faults, name, given[name], what, max, true) || undefined
  const words = {
    title: text('title', '标题', MAX_TITLE_CHARS),
    label: text('label', '名称', MAX_LABEL_CHARS),
    measure: text('measure', '计量单位', MAX_MEASURE_CHARS),
    annex: given.annex === undefined ? undefined : readAnnex(faults, given.annex, base.name, around),
  }
  const changes = { extends: base.name, ...words, ...ofFields, order, add }
  if (faults.any) return { errors: faults.errors }
  const definition = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => !isEmpty(value)),
  ) as Partial<Adjustment> as Adjustment
  const { fields } = adjusted(definitionOf(base), definition)
  refuseTwice(faults, 'add', fields)
  if (fields.length > MAX_COLUMNS) faults.add('add', `一张表最多 ${MAX_COLUMNS} 栏。`)
  const rules = readTheRules(faults, given.rules, fields)
  refuseElsewhere(faults, rules, fields)
  const paper = readPaper(faults, given.paper, new Set(fields.map(({ name }) => name)))
  if (faults.any) return { errors: faults.errors }
  return { definition: { ...definition, ...(rules.length > 0 && { rules }), ...(paper && { paper }) } }
}

const fieldNamed = (form: Form, name: string) => form.fields.find((field) => field.name === name)

function readNames(faults: Faults, path: string, given: unknown): string[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given) && given.length <= MAX_COLUMNS * 2 && given.every((each) => typeof each === 'string'))
    return given
  faults.add(path, '应是一列栏目的数据名。')
  return []
}

/** A definition as somebody wrote it, read against what there is. */
export function readDefinition(given: unknown, around: Surroundings): { definition: Definition } | { errors: Errors } {
  if (!isObject(given)) return { errors: { definition: '定义应是 {"name":…,"fields":[…]} 或 {"extends":…}。' } }
  return 'extends' in given ? readAdjustment(given, around) : readForm(given, around)
}
