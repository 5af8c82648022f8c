/** What operations are put together from: schemas in short, parameters, answers and refusals that all of them share. */

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type Schema = { [keyword: string]: unknown }
export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'
type ApiParameter = {
  name: string
  in: 'query' | 'path' | 'header'
  required?: boolean
  description: string
  schema?: Schema
  content?: { 'application/json': { schema: Schema } }
}
type ApiBody = { description?: string; content: Record<string, { schema: Schema }> }
export type ApiOperation = {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security?: []
  parameters?: ApiParameter[]
  requestBody?: ApiBody & { required: boolean }
  responses: Record<string, ApiBody | Schema>
}

export const text: Schema = { type: 'string' }
export const integer: Schema = { type: 'integer' }
export const yesNo: Schema = { type: 'boolean' }
export const anyObject: Schema = { type: 'object' }
export const listOf = (items: Schema): Schema => ({ type: 'array', items })
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
export const called = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/** An object of these properties; a name that ends in `?` may be absent. */
export function object(properties: Record<string, Schema>): Schema {
  const entries = Object.entries(properties)
  const required = entries.flatMap(([name]) => (name.endsWith('?') ? [] : [name]))
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    ...(required.length > 0 && { required }),
  }
}

const jsonParameter = (name: string, description: string, schema: Schema): ApiParameter => ({
  name,
  in: 'query',
  description,
  content: { 'application/json': { schema } },
})
export const queryParameter = (name: string, description: string, schema = text, required = false): ApiParameter => ({
  name,
  in: 'query',
  required,
  description,
  schema,
})

const range = jsonParameter('range', '第几行到第几行，从 0 起，两头都算：[0,24]。一次最多 10000 行。', {
  type: 'array',
  prefixItems: [integer, integer],
  minItems: 2,
  maxItems: 2,
})
export const sortParameter = (names: readonly string[] = []): ApiParameter => {
  const pair: Schema = {
    type: 'array',
    prefixItems: [names.length > 0 ? { enum: names } : text, { enum: ['ASC', 'DESC'] }],
    minItems: 2,
    maxItems: 2,
  }
  return jsonParameter('sort', '按哪些栏目排序：["id","ASC"]，或几个这样的对。', { anyOf: [pair, listOf(pair)] })
}
export const filterParameter = (properties: Record<string, Schema> = {}): ApiParameter =>
  jsonParameter(
    'filter',
    '只要哪些行，几个条件都要满足：{"栏目":值}，值是列表时有其一即可；栏目名后加 _gte、_lte、_like、_not 是不小于、不大于、含有、不是；q 在所有文字里找；deleted 为 true 是回收站里的行。',
    { type: 'object', properties },
  )
export const listParameters = (names?: readonly string[], properties?: Record<string, Schema>): ApiParameter[] => [
  range,
  sortParameter(names),
  filterParameter(properties),
]

const inJson = (schema: Schema) => ({ 'application/json': { schema } })
export const body = (schema: Schema) => ({ required: true, content: inJson(schema) })
export const fileBody = (fields: Record<string, Schema> = {}) => ({
  required: true,
  content: {
    'multipart/form-data': {
      schema: object({ file: { type: 'string', contentMediaType: 'application/octet-stream' }, ...fields }),
    },
  },
})
export const answer = (description: string, schema: Schema) => ({ description, content: inJson(schema) })
export const fileAnswer = (type: string) => ({
  description: '文件。',
  content: { [type]: { schema: { type: 'string', contentMediaType: type } } },
})
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
export const ZIP = 'application/zip'
export const nothing = { description: '做好了，没有内容。' }
/** A window of a list; the header says which rows of how many. */
export const listAnswer = (items: Schema) => ({
  ...answer('这一段的行。', listOf(items)),
  headers: {
    'Content-Range': { description: '如 events 0-24/319：第几行到第几行，一共几行。', schema: text },
  },
})

/** Refusals by status: what is said, and with which body. */
const refusals = {
  400: ['请求写得不对：哪里不对见 message。', 'Error'],
  401: ['没有登录，或者登录已过期。', 'Error'],
  403: ['您的角色不能做这一步，或者已经截止、归档。', 'Error'],
  404: ['没有这一行，或者不在您的范围内。', 'Error'],
  409: ['刚被别人改过，或者还有别的记录连着它：row 是现在的样子。', 'Conflict'],
  413: ['文件太大，或者展开后太大。', 'Error'],
  415: ['文件或请求的格式不能用。', 'Error'],
  422: ['有几格要改：errors 里每个栏目一句话。', 'Invalid'],
  428: ['缺少 version：请先读这一行。', 'Error'],
  429: ['试的次数太多，请稍后再试。', 'Error'],
} as const
export type RefusedStatus = keyof typeof refusals

export const responseComponents = Object.fromEntries(
  Object.entries(refusals).map(([status, [description, schema]]) => [
    `Refused${status}`,
    answer(description, called(schema)),
  ]),
)
export const refused = (...statuses: RefusedStatus[]): Record<string, Schema> =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]))

const message = { type: 'string', description: '一句话：怎么了，怎么办。' }
const requestId = { type: 'string', description: '这次请求的编号，问起来时报它。' }
/** The shapes of errors, the same everywhere (server/errors.ts). */
export const errorSchemas: Record<string, Schema> = {
  Error: object({ message, 'request_id?': requestId }),
  Conflict: object({ message, 'row?': anyObject, 'request_id?': requestId }),
  Invalid: object({
    message,
    'errors?': { type: 'object', description: '栏目名 → 一句话；一次多行时先按行。' },
    'request_id?': requestId,
  }),
}
