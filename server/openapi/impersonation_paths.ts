/** 以他人身份查看: begun and ended. */
import { province } from './fixed.ts'
import { body, integer, nothing, object, type RefusedStatus, text } from './parts.ts'

export const impersonationOperations = {
  'POST /impersonation': {
    summary: '以他人身份查看一个年度，只读：clerk、host、cac、juror，或者某个用户',
    roles: province,
    requestBody: body(
      object({
        campaign_id: integer,
        'role?': text,
        'unit_id?': integer,
        'collection_id?': integer,
        'user_id?': integer,
      }),
    ),
    answers: { 204: nothing },
    refuses: [422] as RefusedStatus[],
  },
  'DELETE /impersonation': { summary: '不再以他人身份查看', answers: { 204: nothing } },
}
