/** The interface as one caller may use it, as an OpenAPI 3.1 document: made from the forms in force and the caller's rights. */
import type { Catalogue } from '../database/catalogue.ts'
import type { Person } from '../database/connection.ts'
import type { Forms } from '../forms/index.ts'
import type { Rights } from '../people/sessions.ts'
import type { FormSight } from './fields.ts'
import { fixedOperations } from './fixed_paths.ts'
import { fixedSchemas } from './fixed_schemas.ts'
import { formOperations, formSchemas, type Operations } from './form_paths.ts'
import { type ApiOperation, errorSchemas, refused, responseComponents, type Schema } from './parts.ts'
import { workOperations } from './work_paths.ts'

type DocumentRequest = {
  person: Person
  forms: Forms
  rights: Record<string, Rights | undefined>
  catalogue: Catalogue
  /** Of the definitions in force. */
  version: number
}
/** An OpenAPI 3.1 document; the admin's page reads these parts of it. */
export type ApiDocument = {
  openapi: string
  info: Schema
  servers: Schema[]
  security: Schema[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, ApiOperation>>
  components: Record<string, Record<string, Schema>>
}

const HOW = `用登录得到的 cookie。会改变什么的请求要带 Origin，值是打开本系统的网址；请求和回答都是 JSON，文件用 multipart/form-data。
日期写 2019-07-01，月份 2019-07，时间 2019-07-01T09:00:00。这里只有您的角色能做的事。`

const tagWords: Record<string, string> = {
  session: '登录和账号',
  users: '用户',
  campaign_steps: '年度的开启和归档',
  packages: '年度的文件',
  form_designs: '表的设计',
  print_templates: '打印的样子',
  files: '照片和作品文件',
  judging: '评审',
  imports: '导入',
  operations: '整列表的操作',
  filings: '报送版',
  annexes: '附件',
  views: '视图',
  reports: '汇总',
  live: '实时',
}

function sightOf({ person, catalogue }: DocumentRequest, form: Forms[string]): FormSight {
  const { seen, insert, update } = catalogue.sight(person.role, form)
  const columns = catalogue.types(form.name)
  const fields = form.fields.map(({ name }) => name)
  const shown = [...seen.keys()].filter((name) => columns.has(name) || fields.includes(name))
  const written = (names: ReadonlySet<string>) =>
    form.fields.filter(({ name, derived }) => !derived && names.has(name)).map(({ name }) => name)
  return {
    form,
    seen: shown,
    masked: shown.filter((name) => seen.get(name)?.by === 'mask'),
    insert: written(insert),
    update: written(update),
    typeOf: (column) => columns.get(column) ?? 'text',
  }
}

const inPath = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    description: name === 'id' ? '编号。' : '名称或编号。',
    schema: { type: name === 'id' || name === 'award' ? 'integer' : 'string' },
  }))

/** 'POST /users/{id}/reset' → post_users_id_reset */
const idOf = (on: string) =>
  on
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/_$/, '')

function fixedOf({ person, rights }: DocumentRequest): Operations {
  const found: Operations = new Map()
  for (const [tag, operations] of Object.entries({ ...fixedOperations, ...workOperations }))
    for (const [on, { roles, reads, answers, refuses = [], ...rest }] of Object.entries(operations)) {
      if (roles && !roles.includes(person.role)) continue
      if (reads && !rights[reads]?.read) continue
      const missing = on.includes('{') ? [404 as const] : []
      const responses = { ...answers, ...refused(400, 401, ...missing, ...refuses) }
      found.set(on, { operationId: idOf(on), tags: [tag], ...rest, responses })
    }
  return found
}

/** What this caller may ask of the interface, and nothing else. */
export function documentFor(request: DocumentRequest): ApiDocument {
  const { forms, rights, person, version } = request
  const seen = Object.values(forms).flatMap((form) => {
    const of = rights[form.name]
    return of?.read ? [{ form, of, sight: sightOf(request, form) }] : []
  })
  const fixed = fixedOf(request)
  const operations: Operations = new Map([
    ...seen.flatMap(({ sight, of }) => [...formOperations(sight, of, person.role)]),
    ...fixed,
  ])
  const paths: ApiDocument['paths'] = {}
  for (const [on, operation] of operations) {
    const [method = '', path = ''] = on.split(' ')
    const parameters = [...inPath(path), ...(operation.parameters ?? [])]
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: { ...operation, ...(parameters.length > 0 && { parameters }) },
    }
  }
  const used = new Set([...fixed.values()].flatMap(({ tags }) => tags))
  return {
    openapi: '3.1.1',
    info: { title: '好网民台账', version: String(version), description: HOW },
    servers: [{ url: '/api' }],
    security: [{ session: [] }],
    tags: [
      ...seen.map(({ form }) => ({ name: form.name, description: form.label })),
      ...[...used].map((name) => ({ name, description: tagWords[name] ?? name })),
    ].filter(({ name }, at, all) => all.findIndex((other) => other.name === name) === at),
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'session', description: '经 https 时叫 __Host-session。' },
      },
      responses: responseComponents,
      schemas: {
        ...errorSchemas,
        ...fixedSchemas,
        ...Object.assign({}, ...seen.map(({ sight, of }) => formSchemas(sight, of))),
      },
    },
  }
}
