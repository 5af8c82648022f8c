/**
 * Computed columns: of other columns of the row, or of the rows of another register that refer to it. PostgreSQL computes
 * them (app.computed_of, app.lay_computed in db/security/028_rules.sql), so nobody types them and nothing is computed twice.
 */
import type { Field } from './form.ts'
import { type Forms, formOf } from './in_force.ts'

/** Of the row's columns: their sum, the first less the second, their product, the first by the second. */
type OfRow = { [operation in 'sum' | 'difference' | 'product' | 'ratio']?: readonly string[] }
/**
 * Of a register's rows that refer to this one by `by`: how many there are (that have something in `field`), or what their
 * `field` adds up to. Without `by` it is the one field that refers.
 */
type RowsReferring = { form: string; field?: string; by?: string }
export type Computed = OfRow | { count: RowsReferring } | { sum: RowsReferring }

const MAX_OPERANDS = 20
/** PostgreSQL's limit on names, which it cuts off without a word: the function is app.<form>_<field>. */
const MAX_NAME_BYTES = 63

const operations: Readonly<Record<string, { words: string; operands: readonly [least: number, most: number] }>> = {
  sum: { words: '合计', operands: [2, MAX_OPERANDS] },
  difference: { words: '差', operands: [2, 2] },
  product: { words: '积', operands: [2, MAX_OPERANDS] },
  ratio: { words: '比', operands: [2, 2] },
}

const isNumber = ({ type }: Pick<Field, 'type'>) => type === 'integer' || type === 'decimal'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const shown = (name: unknown) => `“${typeof name === 'string' ? name.slice(0, 40) : ''}”`

/** The type of a field that is computed so, where its definition says none. */
export const typeComputed = (given: object): Field['type'] => ('count' in given ? 'integer' : 'decimal')

type Computing = {
  /** The register, and its columns. */
  form: string
  fields: readonly Field[]
  /** The forms in force beside it. */
  forms: Forms
}

/** What a field is computed by, as a definition has it, or the sentence that says what is wrong with it. */
export function readComputed(
  given: unknown,
  field: Pick<Field, 'name' | 'label' | 'type'>,
  computing: Computing,
): { computed: Computed } | { error: string } {
  if (!isObject(given) || Object.keys(given).length !== 1)
    return { error: '计算写一样：sum、difference、product、ratio 或 count。' }
  if (!isNumber(field)) return { error: `“${field.label}”是算出来的，类型要用整数或者数。` }
  const [[operation, operand] = ['', undefined]] = Object.entries(given)
  if (isObject(operand) && (operation === 'count' || operation === 'sum'))
    return readSource(operation, operand, field, computing)
  return readOperands(operation, operand, field, computing)
}

function readOperands(
  operation: string,
  operand: unknown,
  { name, label, type }: Pick<Field, 'name' | 'label' | 'type'>,
  { fields }: Computing,
): { computed: Computed } | { error: string } {
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (!known) return { error: `没有${shown(operation)}这种计算，有：${Object.keys(operations).join('、')}、count。` }
  const [least, most] = known.operands
  if (!Array.isArray(operand) || operand.length < least || operand.length > most)
    return { error: `${known.words}要写 ${least === most ? least : `${least} 到 ${most}`} 栏。` }
  const operands: Field[] = []
  for (const each of operand) {
    const found = fields.find((one) => one.name === each)
    if (!found) return { error: `没有${shown(each)}这一栏。` }
    if (found.derived || found.computed || found.name === name)
      return { error: `“${found.label}”也是算出来的，要写它从哪几栏算。` }
    if (!isNumber(found)) return { error: `“${found.label}”不是数，不能计算。` }
    if (operands.includes(found)) return { error: `“${found.label}”写了两次。` }
    operands.push(found)
  }
  if (type === 'integer' && (operation === 'ratio' || operands.some((each) => each.type === 'decimal')))
    return { error: `“${label}”可能有小数，类型要用数。` }
  return { computed: { [operation]: operands.map((each) => each.name) } }
}

function readSource(
  operation: 'count' | 'sum',
  given: Record<string, unknown>,
  { name, label, type }: Pick<Field, 'name' | 'label' | 'type'>,
  { form, forms }: Computing,
): { computed: Computed } | { error: string } {
  const odd = Object.keys(given).find((key) => !['form', 'field', 'by'].includes(key))
  if (odd !== undefined) return { error: `计算没有${shown(odd)}这一项。` }
  if (`${form}_${name}`.length > MAX_NAME_BYTES) return { error: `“${form}_${name}”太长，请换一个短一点的数据名。` }
  const other = typeof given.form === 'string' ? formOf(forms, given.form) : undefined
  if (other?.scope !== 'unit') return { error: `没有${shown(given.form)}这张表。` }
  const referring = other.fields.filter((each) => each.to === form && !each.derived)
  const [by] = given.by === undefined ? referring : referring.filter((each) => each.name === given.by)
  if (!by) return { error: `“${other.label}”里没有引用这张表的栏目。` }
  if (given.by === undefined && referring.length > 1)
    return {
      error: `“${other.label}”里有几栏引用这张表，用 by 写是哪一栏：${referring.map((each) => each.name).join('、')}。`,
    }
  const source = { form: other.name, ...(given.by === undefined ? {} : { by: by.name }) }
  if (given.field === undefined)
    return operation === 'count' ? { computed: { count: source } } : { error: `要写把“${other.label}”的哪一栏加起来。` }
  const counted = other.fields.find((each) => each.name === given.field)
  if (!counted || counted.derived || counted.private)
    return { error: `“${other.label}”没有可以算的${shown(given.field)}这一栏。` }
  if (operation === 'sum' && !isNumber(counted)) return { error: `“${counted.label}”不是数，不能相加。` }
  if (operation === 'sum' && type === 'integer' && counted.type === 'decimal')
    return { error: `“${label}”可能有小数，类型要用数。` }
  return { computed: { [operation]: { ...source, field: counted.name } } as Computed }
}
