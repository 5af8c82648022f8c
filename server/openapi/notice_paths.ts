/** What is asked of the files of a notice: a proposed campaign, and the package of what was confirmed of it. */
import { campaign } from './fixed.ts'
import { answer, anyObject, body, called, fileBody, listOf, object, type RefusedStatus, text } from './parts.ts'

export const noticeOperations = {
  'POST /campaigns/proposals': {
    summary: '从通知和附件提出一个年度；不写入任何东西',
    parameters: [campaign],
    requestBody: fileBody({ 'kinds?': { ...text, description: '每张表是什么，按编号，JSON；不写就按提出的。' } }),
    answers: { 200: answer('读到了什么，每一处带着原文；文件没有说的逐条问。', called('CampaignProposal')) },
    refuses: [403, 404, 413, 422] as RefusedStatus[],
  },
  'POST /campaigns/proposals/package': {
    summary: '确认过的建议做成活动包；再用 POST /campaigns/packages 核对和建立',
    parameters: [campaign],
    requestBody: body(object({ proposal: anyObject, 'answers?': anyObject })),
    answers: { 200: answer('活动包，和没有写进去的。', object({ package: anyObject, left_out: listOf(text) })) },
    refuses: [403, 404] as RefusedStatus[],
  },
}
