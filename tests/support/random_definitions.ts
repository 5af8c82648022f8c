/**
 * Definitions at random, from the whole grammar: new registers that refer to each other, built-in ones adjusted, and what
 * is changed of them later.
 */
import type { Adjustment } from '../../server/forms/definition.ts'
import { forms as builtIn, type Field, type FieldDefinition, type FormDefinition } from '../../server/forms/index.ts'
import { type RuleDefinition, readRules } from '../../server/forms/rule_kinds.ts'
import type { TypeName } from '../../server/forms/value.ts'
import type { Chance } from './chance.ts'
import { ruleOver } from './random_rules.ts'
import { sample } from './world.ts'

// Words -----------------------------------------------------------------------------------------------------------------

/** Names that SQL, JavaScript or the server's own statements may take for something else. */
const oddNames =
  'order select from user group table where value values row rows name kind code position date time count total units unit ' +
  'key keys label type form forms page found filter sort limit offset all any array check column default end false is null ' +
  'primary references current_user window length to_json public app told excluded new_value tg_op item self size map then'
const labelWords =
  '名称 内容 数量 人数 日期 时间 方式 地点 备注 说明 联系人 单位 类别 是否达标 经费（万元） 占比（%） 完成情况 A B-2 第1季度 2019年 负责人/联系人 =1+1 “引用” 得分 年龄* 奖项 部门 学历 职务 编码 网址 附件 总计 其他'
const labels = labelWords.split(' ')
const oddChoices = [
  '甲',
  '乙',
  '丙',
  '线上',
  '线下',
  '有',
  '/',
  '1',
  '2019',
  '甲/乙',
  '“丁”',
  '其他（请注明）',
  '=1+1',
  '@戊',
  '-',
  '是',
  'TRUE',
  '0.5',
  '一、二',
]
export const groups = ['规模', '师资', '基本情况', '规模（人）']

// Fields ----------------------------------------------------------------------------------------------------------------

const typed: readonly TypeName[] = [
  'text',
  'long_text',
  'integer',
  'decimal',
  'date',
  'month',
  'datetime',
  'choice',
  'list',
  'yes_no',
  'phone',
  'credit_code',
  'url',
  'attachments',
]
const isText = (type: TypeName) =>
  ['text', 'long_text', 'phone', 'credit_code', 'url', 'month', 'choice'].includes(type)
const isNumber = ({ type }: Pick<Field, 'type'>) => type === 'integer' || type === 'decimal'
/** Types of which as many values can be made as there are rows. */
const isPlenty = ({ type, max }: FieldDefinition) =>
  (type === 'text' || type === 'long_text' || type === 'phone' || type === 'url' || type === 'integer') &&
  (max ?? 99) > 20

export class Names {
  readonly #taken = new Set<string>()
  readonly #labels = new Set<string>()
  constructor(
    readonly chance: Chance,
    readonly prefix: string,
    base: readonly FieldDefinition[] = [],
  ) {
    for (const { name, label } of base) this.#labels.add(label).add(name)
  }
  name(): string {
    for (;;) {
      const word = this.chance.one(oddNames.split(' '))
      const name =
        this.prefix === '' && !this.#taken.has(word) && word.length > 1
          ? word
          : `${this.prefix}f${this.chance.int(1, 999)}`
      if (this.#taken.has(name) || this.#labels.has(name)) continue
      this.#taken.add(name)
      return name
    }
  }
  label(): string {
    for (let n = 0; ; n++) {
      const label = n < 3 ? this.chance.one(labels) : `${this.chance.one(labels)}${this.chance.int(2, 99)}`
      if (this.#labels.has(label)) continue
      this.#labels.add(label)
      return label
    }
  }
}

function limits(chance: Chance, type: TypeName): Partial<FieldDefinition> {
  if (type === 'text' && chance.isOf(30)) return { max: chance.int(1, 40) }
  if (type === 'long_text' && chance.isOf(30)) return { max: chance.int(3, 600) }
  if (type !== 'integer' && type !== 'decimal') return {}
  return {
    ...(chance.isOf(30) && { min: chance.int(-3, 2) }),
    ...(chance.isOf(30) && { max: chance.int(3, 2_000) }),
    ...(chance.isOf(30) && { sum: true }),
    ...(chance.isOf(10) && { counted_in: { 分: 60, 秒: 1 } }),
  }
}

export function fieldOf(chance: Chance, names: Names, type: TypeName = chance.one(typed)): FieldDefinition {
  const choices = chance.shuffled(oddChoices).slice(0, chance.int(1, 6))
  const isRequired = chance.isOf(25) && type !== 'attachments'
  return {
    name: names.name(),
    label: names.label(),
    type,
    ...(isRequired && { required: true }),
    ...(isText(type) && type !== 'choice' && chance.isOf(type === 'phone' ? 50 : 15) && { private: true }),
    ...((type === 'choice' || (type === 'list' && chance.isOf(50))) && {
      choices: type === 'list' ? choices.filter((choice) => !/[、/]/.test(choice)).concat('己') : choices,
    }),
    ...(type === 'choice' && chance.isOf(30) && { also: { 另称: choices[0] as string } }),
    ...limits(chance, type),
    ...(type === 'phone' && chance.isOf(60) && { mobile: true }),
    ...(type === 'text' && chance.isOf(10) && { compact: true }),
    ...(type === 'text' && chance.isOf(10) && { person: true }),
    ...((type === 'date' || type === 'datetime') && chance.isOf(40) && { of_year: true }),
    ...(chance.isOf(25) && { group: chance.one(groups) }),
    ...(chance.isOf(20) && { width: chance.int(2, 60) }),
    ...(!isRequired && chance.isOf(8) && { unprinted: true }),
    ...(chance.isOf(15) && { synonyms: [`${names.label()}别名`] }),
    ...(chance.isOf(15) && { note: '如实填写。' }),
  }
}

/** A column computed of others of the row, where there are numbers enough. */
function computedOf(chance: Chance, names: Names, fields: readonly FieldDefinition[]): FieldDefinition[] {
  const numbers = fields.filter((field) => isNumber(field) && !field.computed)
  if (numbers.length < 2 || chance.isOf(40)) return []
  const operation = chance.one(['sum', 'difference', 'product', 'ratio'] as const)
  const operands = chance.shuffled(numbers).slice(0, operation === 'sum' || operation === 'product' ? 3 : 2)
  const isWhole = operation !== 'ratio' && operands.every(({ type }) => type === 'integer')
  const type = isWhole && chance.isOf(50) ? 'integer' : 'decimal'
  const computed = { [operation]: operands.map(({ name }) => name) }
  return [{ name: names.name(), label: names.label(), type, computed } as FieldDefinition]
}

/** Up to three rules over these fields, of any kind, severity and moment. */
export function rulesOf(chance: Chance, fields: readonly FieldDefinition[], from = 1): RuleDefinition[] {
  const free = fields.filter(({ computed, derived, type }) => !computed && !derived && type !== 'reference')
  if (free.length === 0) return []
  return Array.from({ length: chance.int(0, 3) }, (_, n) => {
    const rule = chance.of(ruleOver(free as readonly Field[]))
    return {
      ...rule,
      name: `rule_${from + n}`,
      severity: rule.kind === 'unique_together' || chance.isOf(75) ? 'must' : 'explain',
      ...(!['unique_together', 'within_campaign'].includes(rule.kind) &&
        chance.isOf(25) && { when: chance.one(['store', 'submission'] as const) }),
      ...(chance.isOf(20) && { says: `请核对第${n + 1}条。` }),
    } as RuleDefinition
  }).filter(
    (rule) =>
      'rules' in readRules([rule], free as readonly Field[]) &&
      (rule.kind !== 'unique_together' || isPlenty(free.find(({ name }) => name === rule.field) as FieldDefinition)),
  )
}

/** A new register; `refersTo` is one that is there before it. */
export function registerOf(chance: Chance, name: string, refersTo?: string): FormDefinition {
  const names = new Names(chance, '')
  const naming: FieldDefinition = {
    ...fieldOf(chance, names, chance.one(['text', 'text', 'long_text'] as const)),
    required: true,
    private: undefined,
    max: undefined,
    unprinted: undefined,
  }
  const own = Array.from({ length: chance.int(2, 9) }, () => fieldOf(chance, names))
  const referring: FieldDefinition[] =
    refersTo && chance.isOf(80) ? [{ name: names.name(), label: names.label(), type: 'reference', to: refersTo }] : []
  const typedFields = [naming, ...own, ...referring]
  const fields = chance.shuffled([...typedFields, ...computedOf(chance, names, typedFields)])
  const plenty = own.filter((field) => isPlenty(field) && !field.private)
  const others = own.filter(({ type }) => !['list', 'attachments', 'decimal'].includes(type))
  const keys = [
    [naming.name, ...chance.some(others, 2).map((field) => field.name)],
    ...(plenty.length > 0 && chance.isOf(50) ? [[chance.one(plenty).name]] : []),
  ]
  return clean({
    name,
    label: `登记表${name}`,
    title: `${chance.one(['', '“好”', '<b>'])}登记表${name}`,
    annex: chance.isOf(50) ? chance.int(100, 999) : null,
    measure: chance.one(['条', '人次', '件']),
    scope: 'unit',
    names: naming.name,
    fields,
    keys: chance.shuffled(keys),
    rules: rulesOf(chance, fields),
  })
}

export const clean = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** What of a built-in register holds it together: not to be hidden. */
function hideable(name: string): string[] {
  const form = builtIn[name]
  if (!form) return []
  const held = new Set([
    form.names,
    ...form.keys.flat(),
    ...Object.values(form.desks ?? {}).flatMap((desk) => desk.fields),
    ...(form.series ? [...form.series.of, ...form.series.by, form.series.on, ...form.series.rising] : []),
  ])
  return form.fields
    .filter((field) => !field.required && !held.has(field.name) && field.to !== 'collections')
    .map((field) => field.name)
}

/** A built-in register adjusted: hidden, renamed, grouped, in another order, mandatory, other choices, columns, rules. */
export function adjustmentOf(chance: Chance, name: string, prefix: string): Adjustment {
  const { fields } = builtIn[name] as { fields: readonly FieldDefinition[] }
  const names = new Names(chance, prefix, fields)
  const row = sample[name]?.(1) ?? {}
  const hide = chance.some(hideable(name), 2)
  const shown = fields.filter((field) => !hide.includes(field.name))
  const given = shown.filter((field) => !field.derived && row[field.name] !== undefined)
  const add = Array.from({ length: chance.int(0, 4) }, () => fieldOf(chance, names))
  const choice = shown.filter((field) => field.type === 'choice' && field.choices && row[field.name] !== undefined)
  const more = choice.length > 0 && chance.isOf(50) ? [chance.one(choice)] : []
  const shownRenamed = chance.some(shown, 2)
  const adjustment = {
    extends: name,
    title: chance.isOf(50) ? `${name}调整表` : undefined,
    label: chance.isOf(50) ? `调整${name}` : undefined,
    measure: chance.isOf(30) ? '份' : undefined,
    hide,
    rename: Object.fromEntries(shownRenamed.map((field) => [field.name, names.label()])),
    groups: Object.fromEntries(chance.some(shown, 1).map((field) => [field.name, chance.one(['', ...groups])])),
    order: chance.isOf(50) ? chance.shuffled([...shown, ...add].map((field) => field.name)).slice(0, 5) : [],
    require: chance.some(given, 2).map((field) => field.name),
    choices: Object.fromEntries(
      more.map((field) => [
        field.name,
        [...new Set([row[field.name] as string, ...chance.some(field.choices ?? [], 3), '新增项'])],
      ]),
    ),
    add: [...add, ...computedOf(chance, names, add)],
    rules: rulesOf(chance, add),
  }
  return clean(
    Object.fromEntries(
      Object.entries(adjustment).filter(
        ([, value]) => value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0),
      ),
    ),
  ) as unknown as Adjustment
}
