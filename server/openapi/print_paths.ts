/** Print templates of registers, described by hand. */
import { list, province, readers } from './fixed.ts'
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
  object,
  queryParameter,
  type RefusedStatus,
  text,
} from './parts.ts'

const template = called('PrintTemplate')
const proposal = object({
  format: text,
  blanks: listOf(called('PrintBlank')),
  paper: listOf(anyObject),
  columns: listOf(anyObject),
})

export const printTemplateOperations = {
  'GET /print_templates': { summary: '打印的样子：一人一份的登记表', ...list, answers: { 200: listAnswer(template) } },
  'GET /print_templates/{id}': {
    summary: '一个打印的样子',
    answers: { 200: answer('空格和填进去的栏目。', template) },
  },
  'GET /print_templates/{id}/file': {
    summary: '空表本身',
    roles: readers,
    answers: { 200: fileAnswer('application/octet-stream') },
  },
  'GET /print_templates/{id}/paper': {
    summary: '空表上有什么，哪些栏目能填进去，现在会怎样对上',
    roles: readers,
    answers: {
      200: answer(
        '段落和表格。',
        object({ paper: listOf(anyObject), columns: listOf(anyObject), proposed: listOf(called('PrintBlank')) }),
      ),
    },
  },
  'POST /print_templates': {
    summary: '从空表建立；check=1 只说读到了什么，不写入',
    roles: province,
    parameters: [queryParameter('check', '1：不写入。', { enum: ['1'] })],
    requestBody: fileBody({ 'campaign_id?': text, form: text, 'name?': text }),
    answers: { 200: answer('读到的空格。', proposal), 201: answer('建立了。', template) },
    refuses: [403, 404, 413, 422] as RefusedStatus[],
  },
  'PUT /print_templates/{id}': {
    summary: '改名称，改空格里填什么栏目',
    roles: province,
    requestBody: body(object({ version: integer, 'name?': text, 'blanks?': listOf(anyObject) })),
    answers: { 200: answer('改过的。', template) },
    refuses: [409, 422, 428] as RefusedStatus[],
  },
  'DELETE /print_templates/{id}': {
    summary: '删去',
    roles: province,
    parameters: [queryParameter('version', '读到的 version。', integer)],
    answers: { 200: answer('删去的。', template) },
    refuses: [409] as RefusedStatus[],
  },
}
