/** The shapes of what is no form's row. */
import { version } from './fixed.ts'
import { anyObject, integer, listOf, object, orNull, type Schema, text, yesNo } from './parts.ts'

/** Shapes of what is no form's row; properties that are not named may come on top. */
export const fixedSchemas: Record<string, Schema> = {
  Me: object({
    id: integer,
    username: text,
    name: text,
    role: { enum: ['province', 'cac', 'clerk', 'juror'] },
    unit_id: orNull(integer),
    must_change_password: yesNo,
    campaigns: listOf(object({ id: integer, year: integer, name: text, state: text })),
    campaign: orNull(anyObject),
    today: orNull(text),
    forms: { type: 'object', description: '每张表：能看、能写、能做什么。', additionalProperties: anyObject },
  }),
  User: object({
    id: integer,
    username: text,
    name: text,
    role: text,
    unit_id: orNull(integer),
    disabled: yesNo,
    ...version,
  }),
  View: object({ id: integer, form: text, name: text, layout: anyObject, shared: yesNo, ...version }),
  Operation: object({
    id: integer,
    form: text,
    kind: text,
    state: text,
    rows_done: orNull(integer),
    rows_total: orNull(integer),
  }),
  Import: object({ id: integer, form: text, state: text, rows_done: orNull(integer), rows_total: orNull(integer) }),
  Filing: object({ id: integer, number: text, form: text, rows: integer, data_sha256: text, created_at: text }),
  FormDesign: object({
    id: integer,
    campaign_id: integer,
    name: text,
    state: { enum: ['draft', 'published', 'retired'] },
    version: integer,
    definition: anyObject,
  }),
  Question: object({
    id: text,
    about: { ...text, description: '回答改的是哪一处，例如 fields.links.type。' },
    says: text,
    options: listOf(object({ value: {}, label: text })),
    'from?': { ...text, description: '出自哪一格或哪一句。' },
  }),
  CampaignProposal: object({
    campaign: anyObject,
    documents: listOf(anyObject),
    tables: listOf(anyObject),
    units: listOf(anyObject),
    days: listOf(anyObject),
    hosts: listOf(anyObject),
    targets: listOf(anyObject),
    shares: listOf(anyObject),
    questions: listOf({ $ref: '#/components/schemas/Question' }),
  }),
  RegisterProposal: object({
    table: anyObject,
    form: orNull(anyObject),
    questions: listOf({ $ref: '#/components/schemas/Question' }),
  }),
}
