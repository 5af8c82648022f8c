/**
 * The requests that belong to no form, described by hand: for everybody with an account, or for the roles that are named. A
 * test holds this list, and that of work_paths.ts, against the routes there are.
 */
import { designOperations } from './design_paths.ts'
import { any, campaign, each, type FixedOperations, list, province, readers, version } from './fixed.ts'
import { impersonationOperations } from './impersonation_paths.ts'
import { noticeOperations } from './notice_paths.ts'
import {
  answer,
  anyObject,
  body,
  called,
  integer,
  listAnswer,
  listOf,
  nothing,
  object,
  orNull,
  queryParameter,
  type RefusedStatus,
  text,
  yesNo,
} from './parts.ts'
import { printTemplateOperations } from './print_paths.ts'
import { yearOperations } from './year_paths.ts'

const credentials = object({ username: text, password: text })
const user = object({ username: text, name: text, role: text, 'unit_id?': orNull(integer), 'password?': text })
const view = object({ form: text, name: text, layout: anyObject, 'shared?': yesNo })
export const fixedOperations: FixedOperations = {
  session: {
    'POST /login': {
      summary: '登录，得到 cookie',
      security: [],
      requestBody: body(credentials),
      answers: { 200: answer('您是谁，能做什么。', called('Me')) },
      refuses: [429],
    },
    'POST /logout': { summary: '退出登录', security: [], answers: { 204: nothing } },
    'GET /me': { summary: '您是谁，能做什么', answers: { 200: answer('您的账号和权限。', called('Me')) } },
    'PUT /me/password': {
      summary: '换密码',
      requestBody: body(object({ current: text, next: text })),
      answers: { 204: nothing },
      refuses: [422, 429],
    },
    ...impersonationOperations,
    'GET /welcome': {
      summary: '登录页的文字：进行中的年度活动怎样称呼自己',
      security: [],
      answers: { 200: any('牵头单位、标题和几行文字。') },
      refuses: [],
    },
    'GET /demo': {
      summary: '演示系统的账号；别处是 404',
      security: [],
      answers: { 200: any('账号。') },
      refuses: [404],
    },
    'GET /openapi.json': {
      summary: '这份接口说明',
      parameters: [campaign],
      answers: { 200: any('OpenAPI 3.1。') },
      refuses: [404],
    },
  },
  users: each(
    { roles: province },
    {
      'GET /users': { summary: '用户列表', ...list, answers: { 200: listAnswer(called('User')) } },
      'GET /users/{id}': { summary: '一个用户', answers: { 200: answer('用户。', called('User')) } },
      'POST /users': {
        summary: '新增用户',

        requestBody: body(user),
        answers: { 201: answer('用户。', called('User')) },
        refuses: [409, 422],
      },
      'PUT /users/{id}': {
        summary: '修改用户',

        requestBody: body(
          object({ ...version, 'name?': text, 'role?': text, 'unit_id?': orNull(integer), 'disabled?': yesNo }),
        ),
        answers: { 200: answer('用户。', called('User')) },
        refuses: [409, 422, 428],
      },
      'POST /users/{id}/reset': {
        summary: '重置密码，新密码只答一次',

        answers: { 200: answer('用户和新密码。', object({ id: integer, password: text })) },
      },
    },
  ),
  campaign_steps: Object.fromEntries(
    Object.entries({ opening: '开启', archival: '归档', reopening: '重新开启' }).map(([step, label]) => [
      `POST /campaigns/{id}/${step}`,
      {
        summary: `${label}一个年度`,
        roles: province,
        requestBody: { ...body(object({ 'version?': integer })), required: false },
        answers: { 200: answer('年度。', called('campaigns')) },
        refuses: [403, 409] as RefusedStatus[],
      },
    ]),
  ),
  packages: each(
    { roles: province },
    {
      'GET /campaigns/{id}/package.json': {
        summary: '一个年度做成一个文件',
        answers: { 200: answer('活动包。', anyObject) },
      },
      'POST /campaigns/packages': {
        summary: '从文件建立一个年度，或改一个筹备中的',
        parameters: [
          queryParameter('campaign_id', '改哪个年度；不写是新建。', integer),
          queryParameter('check', '1：只说会改变什么，不写入。', { enum: ['1'] }),
        ],
        requestBody: body(anyObject),
        answers: { 200: answer('改变了什么。', anyObject), 201: answer('新建的年度。', anyObject) },
        refuses: [409, 422],
      },
      ...yearOperations,
      ...noticeOperations,
    },
  ),
  print_templates: printTemplateOperations,
  form_designs: designOperations,
  views: each(
    { roles: readers },
    {
      'GET /views': {
        summary: '一张表的视图',
        parameters: [queryParameter('form', '表。', text, true)],
        answers: { 200: answer('自己的和共享的视图。', listOf(called('View'))) },
        refuses: [404],
      },
      'POST /views': {
        summary: '存一个视图',
        requestBody: body(view),
        answers: { 201: answer('视图。', called('View')) },
        refuses: [403, 404, 409, 422],
      },
      'PUT /views/{id}': {
        summary: '改一个视图',
        requestBody: body(object({ ...version, 'name?': text, 'layout?': anyObject, 'shared?': yesNo })),
        answers: { 200: answer('视图。', called('View')) },
        refuses: [403, 409, 422],
      },
      'DELETE /views/{id}': {
        summary: '删去一个视图',
        parameters: [queryParameter('version', '读到的 version。', integer, true)],
        answers: { 200: answer('删去的视图。', object({ id: integer })) },
        refuses: [403, 409],
      },
      'PUT /views/default': {
        summary: '打开一张表时先用哪个视图',
        requestBody: body(object({ form: text, view_id: orNull(integer) })),
        answers: { 200: answer('选好了。', object({ form: text, view_id: orNull(integer) })) },
        refuses: [404],
      },
    },
  ),
  reports: each(
    { roles: readers },
    {
      'GET /reports/progress': {
        summary: '任务完成情况',
        parameters: [campaign],
        answers: { 200: any('各单位的完成数。') },
      },
      'GET /reports/todo': {
        summary: '等着您办的',
        parameters: [campaign],
        answers: { 200: any('退回的、待审的、草稿。') },
      },
      'GET /changes': {
        summary: '变更记录',
        ...list,
        answers: { 200: listAnswer(anyObject) },
      },
    },
  ),
  live: {
    'GET /live': {
      summary: '一张表的变化，随发生随告知（server-sent events）',
      parameters: [
        queryParameter('form', '表。', text, true),
        campaign,
        queryParameter('seat', '这一页自己的名字。', text, true),
      ],
      answers: {
        200: { description: '不断开的流。', content: { 'text/event-stream': { schema: text } } },
      },
      refuses: [404, 429],
    },
    'POST /live/presence': {
      summary: '告诉别人自己在哪一行',
      requestBody: body(
        object({ form: text, seat: text, 'campaign_id?': orNull(integer), 'row_id?': orNull(integer) }),
      ),
      answers: { 204: nothing },
      refuses: [404],
    },
  },
}
