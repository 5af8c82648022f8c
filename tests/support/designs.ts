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
