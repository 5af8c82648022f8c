/** A field of a form as a JSON Schema: what a row answers, and what may be written. */
import { type Field, type Form, labelOf, types } from '../forms/index.ts'
import { anyObject, integer, listOf, object, orNull, type Schema, text, yesNo } from './parts.ts'

/** What of a form a caller meets: names of columns with their PostgreSQL type, and those that may be written. */
export type FormSight = {
  form: Form
  seen: readonly string[]
  masked: readonly string[]
  /** Fields of a new row, and of a stored one. */
  insert: readonly string[]
  update: readonly string[]
  typeOf: (column: string) => string
}

const pattern = (written: string): Schema => ({ type: 'string', pattern: written })
const bounds = ({ min, max }: Field): Schema => ({ minimum: min ?? 0, ...(max !== undefined && { maximum: max }) })
const limited = ({ max }: Field): Schema => ({ type: 'string', ...(max !== undefined && { maxLength: max }) })
const oneOf = (choices: readonly string[] | undefined): Schema =>
  choices ? { type: 'string', enum: [...choices] } : text
const attachment = object({ id: integer, name: text, 'part?': text })

const kinds: Record<Field['type'], (field: Field) => Schema> = {
  text: limited,
  long_text: limited,
  integer: (field) => ({ type: 'integer', ...bounds(field) }),
  decimal: (field) => ({ type: 'number', ...bounds(field) }),
  date: () => ({ type: 'string', format: 'date' }),
  month: () => pattern('^\\d{4}-\\d{2}$'),
  datetime: () => pattern('^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$'),
  choice: ({ choices }) => oneOf(choices),
  list: ({ choices }) => listOf(oneOf(choices)),
  yes_no: () => yesNo,
  phone: () => text,
  credit_code: () => text,
  url: (field) => ({ ...limited(field), format: 'uri' }),
  reference: () => integer,
  attachments: () => listOf(attachment),
  conditions: () => anyObject,
  scoring_items: () =>
    listOf(object({ 'name?': pattern('^[a-z][a-z0-9_]{1,40}$'), label: text, weight: integer, 'max?': integer })),
  prizes: ({ choices }) => listOf(object({ name: oneOf(choices), 'max?': integer })),
}

/** Columns that are no field: by their PostgreSQL type. */
function columnSchema(type: string): Schema {
  if (type.endsWith('[]')) return listOf(columnSchema(type.slice(0, -2)))
  if (type === 'integer' || type === 'bigint') return integer
  if (type === 'numeric' || type === 'double precision') return { type: 'number' }
  if (type === 'boolean') return yesNo
  if (type === 'date') return { type: 'string', format: 'date' }
  if (type.startsWith('timestamp')) return { type: 'string', description: '日期和时间。' }
  return type === 'jsonb' || type === 'json' ? {} : text
}

const describe = (field: Field, ...more: string[]) =>
  [`${field.label}。`, ...(types[field.type].asks?.(field) ?? []).map((each) => `${each}。`), field.note ?? '', ...more]
    .filter(Boolean)
    .join('')

/** A row as it is answered: every column the caller sees, null where nothing stands in it, and the names of what it refers to. */
export function recordSchema({ form, seen, masked, typeOf }: FormSight): Schema {
  const properties = seen.flatMap((name): [string, Schema][] => {
    const field = form.fields.find((each) => each.name === name)
    const refersTo = field?.type === 'reference' || (name === 'unit_id' && form.scope === 'unit')
    const label: [string, Schema][] = refersTo
      ? [[labelOf(name), { ...orNull(text), readOnly: true, description: `${field?.label ?? '填报单位'}的名称。` }]]
      : []
    if (!field) {
      const always = name === 'id' || name === 'version'
      return [
        [name, { ...(always ? integer : orNull(columnSchema(typeOf(name)))), readOnly: name !== 'version' }],
        ...label,
      ]
    }
    const schema = masked.includes(name) ? text : kinds[field.type](field)
    const description = describe(field, ...(masked.includes(name) ? ['对您隐去，只见一部分。'] : []))
    return [[name, { ...orNull(schema), description, ...(field.derived && { readOnly: true }) }], ...label]
  })
  const people: [string, Schema][] = seen.includes('reviewed_by')
    ? [['reviewed_by_label', { ...orNull(text), readOnly: true, description: '审核人的姓名。' }]]
    : []
  return object(Object.fromEntries([...properties, ...people]))
}

/** What may be written of a row: cells as values, null where one is emptied; a reference by id or by its exact name. */
function writtenSchema({ form }: FormSight, names: readonly string[], isNew: boolean): Record<string, Schema> {
  return Object.fromEntries(
    form.fields
      .filter(({ name }) => names.includes(name))
      .map((field): [string, Schema] => {
        const { name } = field
        const schema = field.type === 'reference' ? { type: ['integer', 'string'] } : kinds[field.type](field)
        const must = field.required === true
        return [
          `${name}${must && isNew ? '' : '?'}`,
          { ...(must ? schema : orNull(schema)), description: describe(field) },
        ]
      }),
  )
}

const clientKey: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{8,64}$',
  description: '幂等键：同一行再发一次，得到的是已经新增的那一行。',
}
const version: Schema = { type: 'integer', description: '读到的 version；别人改过就是 409。' }

export const newSchema = (sight: FormSight): Schema => {
  const { form, insert } = sight
  const scope = {
    ...(form.scope !== 'global' && { 'campaign_id?': { ...integer, description: '哪个年度；不写是现在这个。' } }),
    ...(form.scope === 'unit' && { 'unit_id?': { ...integer, description: '哪个填报单位；不写是自己的单位。' } }),
  }
  return object({ ...scope, ...writtenSchema(sight, insert, true), 'client_key?': clientKey })
}

export const changeSchema = (sight: FormSight): Schema =>
  object({ version, ...writtenSchema(sight, sight.update, false) })

/** What a list may be filtered by: a value of the field, or several of them. */
export const filterSchemas = ({ form, seen, masked }: FormSight): Record<string, Schema> =>
  Object.fromEntries(
    form.fields
      .filter(({ name }) => seen.includes(name) && !masked.includes(name))
      .map((field) => {
        const one = kinds[field.type](field)
        return [field.name, { anyOf: [one, listOf(one), { type: 'null' }], description: field.label }]
      }),
  )
