/** 新建年度: out of a campaign, or out of a package. */
import { answer, anyObject, body, integer, listOf, object, queryParameter, type RefusedStatus, text } from './parts.ts'

export const yearOperations = {
  'GET /campaigns/{id}/readiness': {
    summary: '一个年度开启以前还缺什么',
    answers: {
      200: answer(
        '缺的每一样，和在哪一页补。',
        listOf(object({ id: text, says: text, names: listOf(text), page: text })),
      ),
    },
  },
  'POST /campaigns/next_year': {
    summary: '从一个活动包建立年度；其余和从一个年度建立一样',
    parameters: [queryParameter('check', '1：只看，不写入。', { enum: ['1'] })],
    requestBody: body(object({ package: anyObject, year: integer })),
    answers: { 200: answer('活动包、每一部分和要定的。', anyObject), 201: answer('新建的年度。', anyObject) },
    refuses: [409, 422] as RefusedStatus[],
  },
  'POST /campaigns/{id}/next_year': {
    summary: '从一个年度建立下一个',
    parameters: [queryParameter('check', '1：只看每一部分成为什么、还有什么要定，不写入。', { enum: ['1'] })],
    requestBody: body(
      object({
        year: integer,
        'days?': { enum: ['date', 'weekday'] },
        'quotas?': { enum: ['copied', 'scaled', 'annex', 'none'] },
        'annex?': listOf(anyObject),
        'factor?': { type: 'number' },
        ...Object.fromEntries(
          ['leaving', 'joining', 'dropped', 'left_out', 'carried'].map((name) => [`${name}?`, listOf(text)]),
        ),
        'answers?': anyObject,
      }),
    ),
    answers: { 200: answer('活动包、每一部分和要定的。', anyObject), 201: answer('新建的年度。', anyObject) },
    refuses: [409, 422] as RefusedStatus[],
  },
}
