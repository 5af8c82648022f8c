/** Definitions of registers: drafts, what they would change, publishing and what it has come to. */
import { campaign, type FixedOperations, list, province, version } from './fixed.ts'
import {
  answer,
  anyObject,
  body,
  called,
  fileBody,
  integer,
  listAnswer,
  listOf,
  nothing,
  object,
  orNull,
  queryParameter,
  text,
  yesNo,
} from './parts.ts'

const design = object({ campaign_id: integer, definition: anyObject })

export const designOperations: FixedOperations[string] = {
  'GET /forms': {
    summary: '年度里现行的表',
    parameters: [campaign],
    answers: { 200: answer('每张表的定义。', listOf(anyObject)) },
    refuses: [404],
  },
  'GET /form_designs': {
    summary: '表的设计；草稿只有主办方看得见',
    ...list,
    answers: { 200: listAnswer(called('FormDesign')) },
  },
  'GET /form_designs/{id}': { summary: '一份设计', answers: { 200: answer('设计。', called('FormDesign')) } },
  'POST /form_designs': {
    summary: '新的草稿',
    roles: province,
    requestBody: body(design),
    answers: { 201: answer('草稿。', called('FormDesign')) },
    refuses: [409, 422],
  },
  'PUT /form_designs/{id}': {
    summary: '修改草稿',
    roles: province,
    requestBody: body(object({ 'version?': integer, definition: anyObject })),
    answers: { 200: answer('草稿。', called('FormDesign')) },
    refuses: [409, 422, 428],
  },
  'DELETE /form_designs/{id}': {
    summary: '丢弃草稿',
    roles: province,
    parameters: [queryParameter('version', '读到的 version。', integer)],
    answers: { 200: answer('草稿。', called('FormDesign')) },
    refuses: [409],
  },
  'POST /form_designs/proposals': {
    summary: '从附件的工作簿提出登记表；不写入任何东西',
    roles: province,
    parameters: [campaign],
    requestBody: fileBody(),
    answers: {
      200: answer('每张表：读到了什么、提出的定义、文件没有说的。', listOf(called('RegisterProposal'))),
    },
    refuses: [403, 404, 413, 422],
  },
  'POST /form_designs/{id}/check': {
    summary: '发布会改变什么，哪些行不再符合',
    roles: province,
    answers: {
      200: answer(
        '没有写入任何东西。',
        object({
          changes: listOf(text),
          breaks: listOf(object({ rule: text, field: orNull(text), rows: integer, sample: listOf(integer) })),
        }),
      ),
    },
    refuses: [422],
  },
  'POST /form_designs/{id}/publication': {
    summary: '发布',
    roles: province,
    requestBody: body(object(version)),
    answers: { 200: answer('设计。', called('FormDesign')) },
    refuses: [409, 422, 428],
  },
  'GET /form_designs/{id}/publication': {
    summary: '发布到了哪里',
    description: '要改类型的栏目在发布以前先一段一段地准备好；没有正在准备的，回答 null。',
    roles: province,
    answers: {
      200: answer('行数。', orNull(object({ rows_done: integer, rows_total: integer, is_cancelled: yesNo }))),
    },
  },
  'DELETE /form_designs/{id}/publication': {
    summary: '取消正在进行的发布',
    roles: province,
    answers: { 204: nothing },
    refuses: [409],
  },
  'POST /form_designs/{id}/retirement': {
    summary: '停用',
    roles: province,
    requestBody: body(object(version)),
    answers: { 200: answer('设计。', called('FormDesign')) },
    refuses: [409, 422, 428],
  },
}
