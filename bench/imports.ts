/**
 * Importing attendance: check and apply against their floors, what it costs in memory, and who has to wait meanwhile.
 * Floors, each measured in the same turn as what is held against it: our own reader with raw COPY behind it, into a table
 * without an index, a key, a trigger or a policy, nothing checked; and exceljs that merely reads the file, in a process
 * of its own.
 */
import { makeFile, readAndCopy, readWithExceljs } from './files.ts'
import { call, compare, median, note, percentile, report, type Timed, timed } from './measure.ts'
import { memoryOf, watchMemory } from './processes.ts'
import type { BenchWorld } from './world.ts'

const MAX_MEMORY_MB = 250

type Told = { id: number; state: string; create?: number; message?: string }

async function send(world: BenchWorld, path: string, body?: FormData): Promise<Told> {
  const answer = await fetch(`${world.address}/api${path}`, {
    method: 'POST',
    headers: { cookie: world.cookie, origin: world.address },
    body,
  })
  const told = (await answer.json()) as Told
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(told).slice(0, 500)}`)
  return told
}

function check(world: BenchWorld, file: Buffer, name: string): Promise<Told> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(file)]), name)
  return send(world, '/attendance/imports', form)
}

/** One row read over and over until `work` is done; milliseconds of each time. */
async function readMeanwhile(world: BenchWorld, work: () => Promise<unknown>): Promise<number[]> {
  const { rows } = await world.owner.query<{ id: number }>('select id from attendance order by id limit 500')
  const times: number[] = []
  let is_over = false
  const done = work().finally(() => {
    is_over = true
  })
  while (!is_over) {
    const path = `/api/attendance/${rows[times.length % rows.length]?.id}`
    const started = performance.now()
    await call({ address: world.address, path, headers: { cookie: world.cookie } })
    times.push(performance.now() - started)
    await new Promise((next) => setTimeout(next, 5))
  }
  await done
  return times
}

/** Check, apply and their floors in turns; then once more with somebody reading beside it. */
export async function imports(world: BenchWorld, rows: number, turns: number) {
  const [checks, applies, floors, readings]: [Timed[], Timed[], Timed[], Timed[]] = [[], [], [], []]
  const told = `${rows.toLocaleString('en')} rows`
  let most = 0
  await new Promise((done) => setTimeout(done, 2_000))
  const idle_mb = memoryOf(world.pid)
  let exceljs_mb = 0
  for (let turn = 0; turn <= turns; turn++) {
    const file = await makeFile(world, rows, turn + 1)
    let id = 0
    const memory = watchMemory(world.pid)
    const checked = await timed(world, async () => {
      id = (await check(world, file, `签到${turn}.xlsx`)).id
    })
    const applied = await timed(world, () => send(world, `/imports/${id}/apply`))
    most = Math.max(most, memory.stop())
    const floor = await timed(world, () => readAndCopy(world, file), [process.pid])
    const reading = await readWithExceljs(file)
    // the first turn warms everybody up
    if (turn === 0) continue
    checks.push(checked)
    applies.push(applied)
    floors.push(floor)
    readings.push({ ms: reading.ms, cpu_ms: 0 })
    exceljs_mb = Math.max(exceljs_mb, reading.mb)
  }
  report(`${told} checked, against read + COPY`, compare(checks, floors), 1.5)
  report(`${told} applied and committed, against read + COPY`, compare(applies, floors), 1.5)
  note(
    `processor time, server and PostgreSQL: check ${seconds(checks, floors)}, apply ${seconds(applies, floors)}, read + COPY ${seconds(floors, floors)}`,
  )
  const wholes = checks.map(({ ms }, turn) => ({ ms: ms + (applies[turn]?.ms ?? 0), cpu_ms: 0 }))
  report(`${told} checked and applied, against exceljs reading the file`, compare(wholes, readings), 1)
  note(
    `memory above idle: ${(most - idle_mb).toFixed(0)} MB (goal ≤ ${MAX_MEMORY_MB} MB); exceljs reading: ${exceljs_mb.toFixed(0)} MB`,
  )
  await latency(world, rows, turns + 2)
}

/** Processor time, which other work on the machine changes less than the clock, and its ratio to the floor's. */
function seconds(times: readonly Timed[], floors: readonly Timed[]): string {
  const ratio = median(times.map(({ cpu_ms }, turn) => cpu_ms / (floors[turn]?.cpu_ms ?? Number.NaN)))
  return `${(median(times.map(({ cpu_ms }) => cpu_ms)) / 1000).toFixed(2)} s (${ratio.toFixed(1)} ×)`
}

/** The slowest of a hundred reads of one row while a file is checked and applied, against the same on an idle server. */
async function latency(world: BenchWorld, rows: number, seed: number) {
  const file = await makeFile(world, rows, seed)
  const idle = await readMeanwhile(world, () => new Promise((done) => setTimeout(done, 5_000)))
  const busy = await readMeanwhile(world, async () => {
    const { id } = await check(world, file, '签到.xlsx')
    await send(world, `/imports/${id}/apply`)
  })
  const pair = { ours: percentile(busy, 99), floor: percentile(idle, 99) }
  report(`one row read during that import, p99, against idle`, { ...pair, ratio: pair.ours / pair.floor }, 3)
}
