/** Operations in tests: asking for them, waiting for their end, and rows to do them to. */
import { expect } from 'vitest'
import type { Agent, World } from './world.ts'

export type Operation = {
  id: number
  state: string
  rows_done: number
  rows_total: number
  done: number
  unchanged: number
  skipped: { message: string; count: number }[]
  skipped_count: number
  wrong_count: number
  listed: { id: number; name: string; message: string; field?: string }[]
  undone: { done: number; kept: { row_id: number; name: string; reason: string }[]; kept_count: number }
  redone: { done: number; kept_count: number }
  message: string
  rate?: number
}

const under = ['running', 'undoing', 'redoing']
export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Waits for the end of an operation. */
export async function ended(agent: Agent, first: Operation): Promise<Operation> {
  let now = first
  while (under.includes(now.state)) {
    await pause(50)
    now = (await agent.get(`/operations/${first.id}`).expect(200)).body
  }
  return now
}

/** Asks for an operation and waits for its end. */
export async function operate(agent: Agent, form: string, body: object): Promise<Operation> {
  const answer = await agent.post(`/${form}/operations`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return ended(agent, answer.body)
}
export async function turn(agent: Agent, id: number, way: 'undo' | 'redo'): Promise<Operation> {
  const answer = await agent.post(`/operations/${id}/${way}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return ended(agent, answer.body)
}

/** Rows put into a table as if they had been there for long; quick, past the checks, with their counts. */
export async function plant(
  world: World,
  form: 'organizations' | 'attendance',
  unit: string,
  rows: number,
  tag: string,
) {
  if (form === 'organizations')
    return world.owner(
      `insert into organizations (campaign_id, unit_id, name, kind, staff_count, member_count, mobilized_on, contact, phone)
       select $1, $2, $4 || '厂' || n || '工会', '国企', 300, 200, '2019-06-18', '丁一', '138' || lpad(n::text, 8, '0')
       from generate_series(1, $3) n`,
      [world.campaign_id, world.units[unit], rows, tag],
    )
  const event = await world.owner<{ id: number }>(
    `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount)
     values ($1, $2, $3, '培训', '2019-07-10', '礼堂', 100) returning id`,
    [world.campaign_id, world.units[unit], tag],
  )
  return world.owner(
    `insert into attendance (campaign_id, unit_id, event_id, name, workplace, phone)
     select $1, $2, $3, '戊' || n, '测试厂', '137' || lpad(n::text, 8, '0') from generate_series(1, $4) n`,
    [world.campaign_id, world.units[unit], event[0]?.id, rows],
  )
}

/** Everything of a table, to hold against what it is later. */
export const snapshot = (world: World, form: string, unit: string) =>
  world.owner(`select * from ${form} where unit_id = $1 order by id`, [world.units[unit]])
export const without = (rows: Record<string, unknown>[], ...names: string[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))))
export const trace = ['version', 'updated_at', 'updated_by']

/** Counted rows and the sum of the tally say the same. */
export async function counted(world: World, form: string, unit: string) {
  const there = await world.owner(
    `select case when deleted_at is null then status else 'deleted' end as status, count(*)::integer as rows
     from ${form} where unit_id = $1 group by 1 order by 1`,
    [world.units[unit]],
  )
  const tally = await world.owner(
    `select status, sum(rows)::integer as rows from tally where form = $1 and unit_id = $2
     group by 1 having sum(rows) <> 0 order by 1`,
    [form, world.units[unit]],
  )
  expect(tally).toEqual(there)
  return Object.fromEntries(there.map(({ status, rows }) => [status, rows]))
}
