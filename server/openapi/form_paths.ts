/** The requests that every form has, described for one of them as one caller may make them. */
import { type Form, outlivesCampaign } from '../forms/index.ts'
import type { Rights } from '../people/sessions.ts'
import { changeSchema, type FormSight, filterSchemas, newSchema, recordSchema } from './fields.ts'
import {
  type ApiOperation,
  answer,
  anyObject,
  body,
  called,
  fileAnswer,
  fileBody,
  filterParameter,
  type HttpMethod,
  integer,
  listAnswer,
  listOf,
  listParameters,
  object,
  orNull,
  queryParameter,
  type RefusedStatus,
  refused,
  sortParameter,
  text,
  XLSX,
  yesNo,
  ZIP,
} from './parts.ts'

/** 'GET /events/{id}' → the operation. */
export type Operations = Map<string, ApiOperation>
type FormOperation = Omit<ApiOperation, 'operationId' | 'tags' | 'responses'> & {
  answers: ApiOperation['responses']
  refuses?: RefusedStatus[]
}
type Describe = (method: HttpMethod, path: string, name: string, operation: FormOperation) => void

const schemaNames = ({ name }: Form) => ({ row: name, made: `${name}_new`, changed: `${name}_change` })

/** The schemas of a form's rows: as read, as made, as changed; those the caller has a use for. */
export function formSchemas(sight: FormSight, rights: Rights) {
  const { row, made, changed } = schemaNames(sight.form)
  return {
    [row]: recordSchema(sight),
    ...(rights.create && { [made]: newSchema(sight) }),
    ...(rights.update && { [changed]: changeSchema(sight) }),
  }
}

/** Everything a caller of this role may ask of a form. */
export function formOperations(sight: FormSight, rights: Rights, role: string): Operations {
  const { form } = sight
  const found: Operations = new Map()
  const describe: Describe = (method, path, name, { answers, refuses = [], ...rest }) =>
    found.set(`${method.toUpperCase()} /${form.name}${path}`, {
      operationId: `${name}_${form.name}`,
      tags: [form.name],
      ...rest,
      responses: { ...answers, ...refused(400, 401, 404, ...refuses) },
    })
  if (!rights.read) return found
  readingOperations(describe, sight)
  if (role !== 'juror') trailOperations(describe, form)
  writingOperations(describe, sight, rights)
  if (form.scope === 'unit' && (role === 'clerk' || role === 'province')) stateOperations(describe, form, rights)
  if (outlivesCampaign(form) && (role === 'clerk' || role === 'province')) carriedOperations(describe)
  fileOperations(describe, form, rights)
  return found
}

const rowOf = ({ name }: Form) => called(name)
const okRow = (form: Form) => ({ 200: answer(`这一行${form.label}。`, rowOf(form)) })

function readingOperations(describe: Describe, sight: FormSight) {
  const { form, seen, masked } = sight
  const names = seen.filter((name) => !masked.includes(name))
  const filter = filterSchemas(sight)
  const only = filterParameter(filter)
  const columns = queryParameter('columns', '要合计的栏目，用逗号隔开。')
  describe('get', '', 'list', {
    summary: `${form.label}列表`,
    parameters: listParameters(names, filter),
    answers: { 200: listAnswer(rowOf(form)) },
  })
  describe('get', '/{id}', 'get', { summary: `一行${form.label}`, answers: okRow(form) })
  describe('get', '/places', 'find', {
    summary: '列表里下一处符合条件的行在第几行',
    parameters: [
      only,
      sortParameter(names),
      { ...only, name: 'of', required: true, description: '要找的条件，写法同 filter。' },
      queryParameter('from', '从第几行起，不算它；-1 从头。', integer, true),
      queryParameter('step', '1 往下，-1 往上。', { enum: [1, -1] }, true),
    ],
    answers: {
      200: answer('在哪里。', object({ at: orNull(integer), id: orNull(integer), nth: integer, count: integer })),
    },
  })
  describe('get', '/summary', 'sum', {
    summary: '列表的行数和合计',
    parameters: [only, columns],
    answers: { 200: answer('合计。', anyObject) },
  })
  describe('get', '/groups', 'group', {
    summary: '列表按一个栏目分组',
    parameters: [
      only,
      columns,
      queryParameter('by', '栏目；日期可写 held_on:month。', { type: 'string', pattern: '^\\w+(:\\w+)?$' }, true),
      queryParameter('order', '组的次序。', { enum: ['ASC', 'DESC'] }),
    ],
    answers: { 200: answer('每组的值、行数和合计。', object({ groups: listOf(anyObject), rows: integer })) },
    refuses: [422],
  })
}

function trailOperations(describe: Describe, form: Form) {
  const comment = object({ id: integer, text, created_at: text, author: orNull(text) })
  describe('get', '/{id}/history', 'history_of', {
    summary: '这一行的变更记录',
    answers: { 200: answer('新的在前。', listOf(anyObject)) },
  })
  describe('get', '/{id}/comments', 'comments_of', {
    summary: '这一行的批注',
    answers: { 200: answer('先写的在前。', listOf(comment)) },
  })
  if (form.scope !== 'unit') return
  describe('get', '/shares', 'shares_of', {
    summary: '占比的规则现在怎样',
    parameters: [queryParameter('campaign_id', '年度。', integer)],
    answers: { 200: answer('每条规则，或者每个单位的每条规则。', listOf(anyObject)) },
  })
  describe('post', '/{id}/comments', 'comment', {
    summary: '写一条批注',
    requestBody: body(object({ text })),
    answers: { 201: answer('所有批注。', listOf(comment)) },
    refuses: [403, 422],
  })
}

function writingOperations(describe: Describe, { form }: FormSight, rights: Rights) {
  const { row, made, changed } = schemaNames(form)
  if (rights.create)
    describe('post', '', 'create', {
      summary: `新增${form.label}`,
      requestBody: body(called(made)),
      answers: { 201: answer('新增的行。', called(row)) },
      refuses: [403, 409, 422],
    })
  if (rights.update)
    describe('put', '/{id}', 'update', {
      summary: `修改${form.label}`,
      description: '只写要改的栏目，带着读到的 version。',
      requestBody: body(called(changed)),
      answers: okRow(form),
      refuses: [403, 409, 422, 428],
    })
  if (rights.remove) {
    describe('delete', '/{id}', 'delete', {
      summary: `把${form.label}放进回收站`,
      parameters: [queryParameter('version', '读到的 version；不写就不核对。', integer)],
      answers: okRow(form),
      refuses: [403, 409],
    })
    describe('post', '/restoration', 'restore', {
      summary: '从回收站找回',
      requestBody: body(object({ ids: listOf(integer) })),
      answers: { 200: answer('找回的行。', listOf(called(row))) },
      refuses: [403, 409, 422],
    })
  }
  if (rights.create || rights.update || rights.remove)
    describe('post', '/bulk', 'bulk', {
      summary: '一次新增、修改、删除很多行：都做或都不做',
      requestBody: body(
        object({
          ...(rights.create && { 'create?': listOf(called(made)) }),
          ...(rights.update && { 'update?': listOf({ allOf: [called(changed), object({ id: integer })] }) }),
          ...(rights.remove && { 'remove?': listOf(object({ id: integer, 'version?': integer })) }),
        }),
      ),
      answers: {
        200: answer(
          '现在的样子，次序同请求。',
          object({ create: listOf(called(row)), update: listOf(called(row)), remove: listOf(object({ id: integer })) }),
        ),
      },
      refuses: [403, 409, 422, 428],
    })
}

/** Requests that change a state, one row or many, their undoing, and operations on whole lists. */
function stateOperations(describe: Describe, form: Form, rights: Rights) {
  const reason = { 'reason?': text, 'fields?': listOf({ enum: form.fields.map(({ name }) => name) }) }
  const labels = new Map(rights.actions.map(({ action, label }) => [action, label]))
  for (const [action, label] of labels) {
    const needs = rights.actions.some((each) => each.action === action && each.needs_reason)
    const why = needs ? { ...reason, 'reason?': { ...text, description: '要写明理由，会原样显示给对方。' } } : reason
    describe('post', `/{id}/${action}`, action, {
      summary: `${label}一行`,
      requestBody: { ...body(object({ ...why, 'version?': integer })), required: needs },
      answers: okRow(form),
      refuses: [403, 409, 422],
    })
    describe('post', `/${action}`, `${action}_of_many`, {
      summary: `${label}很多行：能办的办，不能办的各说一句`,
      requestBody: body(object({ 'ids?': listOf(integer), 'filter?': anyObject, ...why })),
      answers: { 200: answer('办了的和没办的。', anyObject) },
      refuses: [403, 409, 422],
    })
  }
  describe('get', '/{id}/undo', 'undoable', {
    summary: '自己对这一行最后做的一步，能不能撤销',
    answers: {
      200: answer('没有就是 null。', orNull(object({ action: text, label: text, refusal: orNull(text) }))),
    },
  })
  describe('post', '/{id}/undo', 'undo', {
    summary: '撤销自己最后做的一步',
    answers: okRow(form),
    refuses: [403, 409],
  })
  describe('post', '/operations', 'operate_on', {
    summary: '对整个列表做一件事，在后台进行',
    requestBody: body(
      object({
        kind: { enum: ['set', 'replace', 'remove', 'restore', 'move'] },
        filter: anyObject,
        'sort?': {},
        'range?': listOf(integer),
        'except?': listOf(integer),
        'values?': anyObject,
        'replace?': object({ find: text, put: text, fields: listOf(text) }),
        'action?': text,
        'skip_locked?': yesNo,
        ...reason,
      }),
    ),
    answers: { 201: answer('操作和它的进度。', called('Operation')) },
    refuses: [403, 409, 422],
  })
}

/** Rows of an earlier campaign, offered to the caller's unit. */
function carriedOperations(describe: Describe) {
  const into = queryParameter('campaign_id', '带到哪个年度。', integer, true)
  const chosen = { campaign_id: integer, ids: listOf(integer) }
  describe('get', '/carried', 'carried', {
    summary: '往年通过、今年待确认的行',
    parameters: [into],
    answers: { 200: answer('原来的样子；asked 是今年要重新说的栏目。', anyObject) },
    refuses: [403],
  })
  describe('post', '/carried', 'confirm', {
    summary: '确认：成为今年的草稿，都带或都不带',
    requestBody: body(object({ ...chosen, 'values?': anyObject })),
    answers: { 201: answer('新增的行。', object({ created: listOf(integer) })) },
    refuses: [403, 409, 422],
  })
  describe('post', '/carried/refusals', 'refuse_carried', {
    summary: '不带：今年不再提示',
    requestBody: body(object({ ...chosen, 'values?': anyObject })),
    answers: { 200: answer('不带的行。', object({ refused: listOf(integer) })) },
    refuses: [403],
  })
  describe('delete', '/carried/refusals', 'offer_again', {
    summary: '说过不带的重新提示',
    parameters: [into],
    answers: { 200: answer('重新提示几行。', object({ offered: integer })) },
    refuses: [403],
  })
}

/** Workbooks in and out. */
function fileOperations(describe: Describe, form: Form, rights: Rights) {
  if (rights.import)
    describe('post', '/imports', 'import', {
      summary: `上传${form.label}的表格并核对，不写入`,
      requestBody: fileBody({ 'campaign_id?': text }),
      answers: { 200: answer('核对的结果；要很久的先答进度。', called('Import')) },
      refuses: [403, 409, 415, 422],
    })
  if (rights.import && form.scope === 'unit')
    describe('post', '/prints/{template}/rows', 'import_prints', {
      summary: '读入填好的一人一份的表（几个文件）并核对，不写入',
      requestBody: fileBody(),
      answers: { 200: answer('核对的结果，同导入；另有 files：每份缺了什么、什么没有读。', called('Import')) },
      refuses: [403, 404, 409, 413, 422],
    })
  if (!rights.export) return
  if (form.scope === 'unit')
    describe('get', '/prints/{template}', 'print', {
      summary: '打印：符合条件的行填进打印的样子',
      parameters: [
        ...listParameters(),
        queryParameter('as', 'zip：每行一份；one：合成一份。', { enum: ['zip', 'one'] }),
      ],
      answers: { 200: fileAnswer(ZIP) },
      refuses: [403, 404, 409, 413],
    })
  describe('get', '/template.xlsx', 'template_of', {
    summary: '空白模板；filter 写明 campaign_id，作品还可以写明征集活动：只有它的栏目',
    parameters: listParameters(),
    answers: { 200: fileAnswer(XLSX) },
  })
  describe('get', '/export.xlsx', 'export', {
    summary: '导出列表，样式同通知的附件',
    parameters: listParameters(),
    answers: { 200: fileAnswer(XLSX) },
    refuses: [403],
  })
  if (form.scope === 'unit')
    describe('get', '/units.zip', 'export_by_unit', {
      summary: '每个单位一个表格',
      parameters: listParameters(),
      answers: { 200: fileAnswer(ZIP) },
      refuses: [403],
    })
}
