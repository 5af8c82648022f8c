/** Files, judging, imports, operations, papers: requests that belong to no single form, described by hand. */
import { any, campaign, each, type FixedOperations, list, readers } from './fixed.ts'
import {
  answer,
  anyObject,
  body,
  called,
  fileAnswer,
  fileBody,
  integer,
  listAnswer,
  listOf,
  listParameters,
  object,
  orNull,
  queryParameter,
  type RefusedStatus,
  type Schema,
  text,
  XLSX,
  yesNo,
  ZIP,
} from './parts.ts'

const writers = ['province', 'clerk']
const workbook = { answers: { 200: fileAnswer(XLSX) }, refuses: [403, 404] as RefusedStatus[] }
const marks: Schema = {
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 0 },
  description: '作品所属征集活动的各评分项（scoring_items 的 name）→ 0 到该项满分的整数。',
}
const score = object({
  juror: orNull(integer),
  items: orNull(marks),
  total: orNull({ type: 'number' }),
  opinion: orNull(text),
  mine: yesNo,
})
const filing = object({ form: text, 'campaign_id?': integer, 'unit_id?': integer, 'collection_id?': integer })

export const workOperations: FixedOperations = {
  files: {
    'POST /files': {
      summary: '上传照片、作品等文件',
      roles: writers,
      requestBody: fileBody({ 'campaign_id?': text }),
      answers: { 201: answer('文件。', object({ id: integer, name: text, type: text, size: integer })) },
      refuses: [403, 415, 422],
    },
    'GET /files/{id}': {
      summary: '一个文件',
      answers: { 200: fileAnswer('application/octet-stream'), 206: fileAnswer('application/octet-stream') },
    },
  },
  judging: each(
    { reads: 'submissions' },
    {
      'GET /submissions/{id}/scores': {
        summary: '一件作品的评分；评委只见自己的',
        answers: { 200: answer('评分。', listOf(score)) },
      },
      'PUT /submissions/{id}/scores': {
        summary: '打分',
        roles: ['juror'],
        requestBody: body(object({ items: marks, 'opinion?': orNull(text) })),
        answers: { 200: answer('评分。', listOf(score)) },
        refuses: [403, 409, 422],
      },
      'GET /submissions/{id}/votes': {
        summary: '一件作品的票数',
        answers: { 200: answer('各统计日的累计票数。', listOf(object({ counted_on: text, votes: integer }))) },
      },
      'POST /submissions/{id}/votes': {
        summary: '登记票数',
        roles: writers,
        requestBody: body(object({ counted_on: { ...text, format: 'date' }, votes: integer })),
        answers: { 200: answer('各统计日的累计票数。', listOf(anyObject)), 201: answer('票数。', listOf(anyObject)) },
        refuses: [403, 422],
      },
      'POST /submissions/{id}/prizes': {
        summary: '给拟奖的作品提出奖项',
        reads: 'awards',
        roles: writers,
        requestBody: body(object({ category: text })),
        answers: { 201: answer('奖项。', called('awards')) },
        refuses: [403, 409, 422],
      },
      'DELETE /submissions/{id}/prizes/{award}': {
        summary: '收回提出的奖项',
        reads: 'awards',
        roles: writers,
        answers: { 200: any('收回的奖项。') },
        refuses: [403, 409],
      },
      'GET /collections/{id}/prizes': {
        summary: '一项征集的奖项、名额和已提出的个数',
        reads: 'collections',
        roles: writers,
        answers: {
          200: answer('奖项。', listOf(object({ name: text, max: orNull(integer), given: integer }))),
        },
        refuses: [403],
      },
      'GET /collections/{id}/jury': {
        summary: '一项征集的评委',
        reads: 'collections',
        roles: writers,
        answers: { 200: answer('评委。', listOf(anyObject)) },
        refuses: [403],
      },
      'PUT /collections/{id}/jury': {
        summary: '定评委',
        reads: 'collections',
        roles: writers,
        requestBody: body(object({ juror_ids: listOf(integer) })),
        answers: { 200: answer('评委。', listOf(anyObject)) },
        refuses: [403, 409, 422],
      },
    },
  ),
  imports: each(
    { roles: writers },
    {
      'GET /imports': { summary: '导入记录', ...list, answers: { 200: listAnswer(called('Import')) } },
      'GET /imports/{id}': { summary: '一次导入', answers: { 200: answer('导入。', called('Import')) } },
      'GET /imports/{id}/rows': {
        summary: '核对后的明细',
        parameters: listParameters(),
        answers: { 200: listAnswer(anyObject) },
      },
      'PATCH /imports/{id}/rows': {
        summary: '对明细作决定：改一格、选一行',
        requestBody: body(anyObject),
        answers: { 200: answer('导入和改过的明细。', object({ head: called('Import'), rows: listOf(anyObject) })) },
        refuses: [403, 409, 422],
      },
      'POST /imports/{id}/mapping': {
        summary: '哪一列是哪个栏目',
        requestBody: body(anyObject),
        answers: { 200: answer('重新核对的结果。', called('Import')) },
        refuses: [403, 409, 422],
      },
      'POST /imports/{id}/apply': {
        summary: '写入核对过的行',
        requestBody: { ...body(object({ 'only_valid?': yesNo })), required: false },
        answers: { 200: answer('导入。', called('Import')) },
        refuses: [403, 409, 422],
      },
      'DELETE /imports/{id}': {
        summary: '不导入了',
        answers: { 200: any('导入。') },
        refuses: [403, 409],
      },
      'GET /imports/{id}/errors.xlsx': { summary: '有问题的行，做成表格改好再传', ...workbook },
      'GET /imports/{id}/undo': {
        summary: '撤销这次导入会怎样',
        answers: { 200: any('会收回哪些行，留下哪些行。') },
        refuses: [403, 409],
      },
      'POST /imports/{id}/undo': {
        summary: '撤销这次导入',
        answers: { 200: any('收回了哪些行，留下哪些行。') },
        refuses: [403, 409],
      },
    },
  ),
  operations: each(
    { roles: writers },
    {
      'GET /operations': { summary: '我的操作', ...list, answers: { 200: listAnswer(called('Operation')) } },
      'GET /operations/{id}': {
        summary: '一次操作和它的进度',
        answers: { 200: answer('操作。', called('Operation')) },
      },
      'DELETE /operations/{id}': {
        summary: '停下正在进行的操作：就像没有做过',
        answers: { 200: answer('操作。', called('Operation')) },
        refuses: [403, 409],
      },
      'POST /operations/{id}/undo': {
        summary: '撤销一次操作',
        answers: { 200: answer('操作。', called('Operation')) },
        refuses: [403, 409],
      },
      'POST /operations/{id}/redo': {
        summary: '重做撤销了的操作',
        answers: { 200: answer('操作。', called('Operation')) },
        refuses: [403, 409],
      },
    },
  ),
  filings: each(
    { roles: writers },
    {
      'GET /filings': { summary: '报送版', ...list, answers: { 200: listAnswer(called('Filing')) } },
      'POST /filings': {
        summary: '生成报送版：冻结、编号',
        requestBody: body(filing),
        answers: {
          200: answer('内容没有变，还是那一份。', called('Filing')),
          201: answer('新的一份。', called('Filing')),
        },
        refuses: [403, 409, 422],
      },
      'GET /filings/{id}': { summary: '一份报送版', answers: { 200: answer('报送版。', called('Filing')) } },
      'GET /filings/{id}/file.xlsx': { summary: '报送版的文件', ...workbook },
      'GET /filings/{id}/compare': {
        summary: '和另一份、或和现在的行比较',
        parameters: [queryParameter('with', '另一份的 id，或 now。', text, true)],
        answers: { 200: any('不同在哪里。') },
      },
      'POST /filings/{id}/verification': {
        summary: '拿来一个文件，核对是不是这一份',
        requestBody: fileBody(),
        answers: { 200: answer('核对的结果。', object({ matches: yesNo, difference: orNull(anyObject) })) },
        refuses: [409, 415, 422],
      },
      'GET /verify/{number}': {
        roles: undefined,
        summary: '一个编号登记的是什么，人人可查',
        security: [],
        answers: { 200: any('编号、标题、单位、行数、指纹；没有一行内容。') },
      },
    },
  ),
  annexes: each(
    { roles: readers },
    {
      'GET /annexes/1.xlsx': { summary: '任务分配表', parameters: [campaign], reads: 'quotas', ...workbook },
      'GET /annexes/2.xlsx': { summary: '征集活动表', parameters: [campaign], reads: 'collections', ...workbook },
      'GET /annexes/progress.xlsx': { summary: '任务完成情况表', parameters: [campaign], ...workbook },
      'GET /annexes/all.zip': {
        summary: '全部附件',
        parameters: [campaign, queryParameter('unit_id', '只要一个单位的。', integer)],
        answers: { 200: fileAnswer(ZIP) },
        refuses: [403, 404],
      },
      'GET /events/{id}/sign_in.xlsx': {
        summary: '一场活动的签到表',
        reads: 'events',
        parameters: [queryParameter('blank', '空白行数。', integer)],
        ...workbook,
      },
      'GET /exports/{name}': {
        summary: '正在生成的文件进行到哪里；名字是请求时 X-Progress 里给的',
        answers: { 200: any('进度。') },
      },
    },
  ),
}
