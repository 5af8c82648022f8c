/** What tests of definitions begin with: a register of a campaign's own, drafted and published by the province. */
import { expect } from 'vitest'
import type { Agent, World } from './world.ts'

export const workshops = {
  name: 'workshops',
  label: '培训班',
  title: '培训班登记表',
  annex: 12,
  measure: '期',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '班名', type: 'text', required: true },
    { name: 'held_on', label: '开班日期', type: 'date', required: true, of_year: true },
    { name: 'kind', label: '形式', type: 'choice', choices: ['线上', '线下'] },
    { name: 'phone', label: '班主任电话', type: 'phone', private: true, mobile: true },
    { name: 'event_id', label: '所属活动', type: 'reference', to: 'events' },
    { name: 'people', label: '人数', type: 'integer', sum: true, group: '规模' },
    { name: 'fee', label: '经费', type: 'decimal', group: '规模' },
  ],
  keys: [['title', 'held_on']],
  rules: [],
}

/** A register whose columns get other types and lose choices. */
export const talks = {
  name: 'talks',
  label: '宣讲',
  title: '宣讲登记表',
  annex: 31,
  measure: '场',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '名称', type: 'text', required: true },
    { name: 'people', label: '人数', type: 'text' },
    { name: 'held_on', label: '日期', type: 'text' },
    { name: 'kind', label: '形式', type: 'choice', choices: ['线上', '线下', '直播'] },
    { name: 'topics', label: '主题', type: 'list', choices: ['安全', '法律', '网络'] },
  ],
  keys: [['title']],
  rules: [],
}

type NamedField = Record<string, unknown> & { name: string }
/** `talks` with these fields, each with what changes of it. */
export const changedTalks = (changes: Record<string, object>, of: { fields: readonly NamedField[] } = talks) => ({
  ...talks,
  fields: of.fields.map((field) => ({ ...field, ...changes[field.name] })),
})

/** What the province does with drafts, and 合肥 with rows. */
export const workOn = (world: Pick<World, 'campaign_id'>, province: Agent, hefei: Agent) => ({
  draft: async (definition: object) => (await draftIn(world, province, definition).expect(201)).body,
  check: async ({ id }: { id: number }) => (await province.post(`/form_designs/${id}/check`).expect(200)).body,
  publication: ({ id, version }: { id: number; version: number }) =>
    province.post(`/form_designs/${id}/publication`, { version }),
  make: async (row: object, form = 'talks') => (await hefei.post(`/${form}`, row).expect(201)).body,
  read: async (id: number, form = 'talks') => (await hefei.get(`/${form}/${id}`).expect(200)).body,
})

/** A draft of a definition in the world's campaign. */
export const draftIn = ({ campaign_id }: Pick<World, 'campaign_id'>, agent: Agent, definition: object) =>
  agent.post('/form_designs', { campaign_id, definition })

/** Drafts a definition and publishes it, as the province. */
export async function publish(
  province: Agent,
  world: World,
  definition: object,
): Promise<{ id: number; version: number }> {
  const made = await draftIn(world, province, definition)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const { id, version } = made.body
  const done = await province.post(`/form_designs/${id}/publication`, { version })
  expect(done.status, JSON.stringify(done.body)).toBe(200)
  expect(done.body).toMatchObject({ id, state: 'published' })
  return done.body
}
