/**
 * One cell of every row of a list set by an operation, against one UPDATE of the same rows in psql's place: the same table, keys
 * and checks, without scope, versions told, history and tally (user triggers off).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { call, compare, note, report, type Timed, timed } from './measure.ts'
import type { BenchWorld } from './world.ts'

const POLL_MS = 10

type Told = { id: number; state: string; rows_done: number | null }

/** Begins the operation and waits until it is over. */
async function setAll(world: BenchWorld, rows: number, job: string) {
  const { address, campaign_id } = world
  const headers = { cookie: world.cookie, origin: address }
  const body = JSON.stringify({ kind: 'set', filter: { campaign_id }, values: { job } })
  let told: Told = JSON.parse(
    await call({ address, method: 'POST', path: '/api/attendance/operations', headers, body }),
  )
  for (; !told.state.startsWith('done'); await sleep(POLL_MS)) {
    if (!['queued', 'running'].includes(told.state)) throw new Error(`operation: ${JSON.stringify(told).slice(0, 300)}`)
    told = JSON.parse(await call({ address, path: `/api/operations/${told.id}`, headers }))
  }
  if (told.rows_done !== rows) throw new Error(`operation: ${told.rows_done} of ${rows} rows`)
}

/** What one UPDATE costs, with the triggers that write history and tally or without. */
async function updateAll(world: BenchWorld, job: string, triggers: 'enable' | 'disable'): Promise<Timed> {
  await world.owner.query(`alter table attendance ${triggers} trigger user`)
  try {
    return await timed(world, () =>
      world.owner.query('update attendance set job = $1, version = version + 1 where campaign_id = $2', [
        job,
        world.campaign_id,
      ]),
    )
  } finally {
    await world.owner.query('alter table attendance enable trigger user')
  }
}

/** Dead rows of the turn before must not be walked by the next. */
const clean = (world: BenchWorld) => world.owner.query('vacuum analyze attendance')

export async function operations(world: BenchWorld, rows: number, turns: number) {
  const [ours, floors, kept]: [Timed[], Timed[], Timed[]] = [[], [], []]
  for (let turn = 0; turn <= turns; turn++) {
    await clean(world)
    const own = await timed(world, () => setAll(world, rows, `工种${turn}`))
    await clean(world)
    const floor = await updateAll(world, `另一${turn}`, 'disable')
    await clean(world)
    const withHistory = await updateAll(world, `又一${turn}`, 'enable')
    if (turn === 0) continue
    ours.push(own)
    floors.push(floor)
    kept.push(withHistory)
  }
  report(
    `${rows.toLocaleString('en')} rows set by an operation, against one UPDATE without triggers`,
    compare(ours, floors),
    3,
  )
  const beside = compare(ours, kept)
  note(
    `the same UPDATE with history and tally: ${beside.floor.toFixed(0)} ms, so ours is ${beside.ratio.toFixed(2)} × of it`,
  )
}
