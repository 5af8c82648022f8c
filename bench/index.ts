/**
 * `npm run bench`: every figure beside a floor measured in the same run, in turns, on one database. Figures, not tests.
 */
import { writeOut } from './exports.ts'
import { grid } from './grid.ts'
import { imports } from './imports.ts'
import { call, inTurns, report } from './measure.ts'
import { operations } from './operations.ts'
import { publications } from './publications.ts'
import { registers } from './registers.ts'
import { starts } from './start.ts'
import { type BenchWorld, makeBenchWorld } from './world.ts'

const query = (world: BenchWorld, offset: number) =>
  `/api/attendance?${new URLSearchParams({
    filter: JSON.stringify({ campaign_id: world.campaign_id }),
    range: JSON.stringify([offset, offset + 49]),
    sort: '["id","ASC"]',
  })}`

async function lists(world: BenchWorld, floor: string, rows: number, goal: number) {
  for (const width of [1, 16]) {
    const pair = await inTurns(
      (n) => call({ address: world.address, path: query(world, (n % 20) * 50), headers: { cookie: world.cookie } }),
      (n) => call({ address: floor, path: `/?offset=${(n % 20) * 50}` }),
      { width, rounds: rows > 100_000 ? 20 : 60 },
    )
    report(`list of 50 with names and total, ${rows.toLocaleString('en')} rows, ${width} at once`, pair, goal)
  }
}

async function changes(world: BenchWorld, floor: string) {
  const { rows } = await world.owner.query<{ id: number }>('select id from attendance order by id limit 4000')
  const versions = new Map<number, number>()
  for (const width of [1, 16]) {
    const pair = await inTurns(
      async (n) => {
        const id = rows[n % rows.length]?.id ?? 0
        const version = versions.get(id) ?? 1
        versions.set(id, version + 1)
        await call({
          address: world.address,
          method: 'PUT',
          path: `/api/attendance/${id}`,
          headers: { cookie: world.cookie, origin: world.address },
          body: JSON.stringify({ version, job: `工种${n}-${version}` }),
        })
      },
      (n) =>
        call({
          address: floor,
          method: 'PUT',
          path: `/${rows[n % rows.length]?.id}`,
          body: JSON.stringify({ job: `工种${n}` }),
        }),
      { width, rounds: 100 },
    )
    report(`one cell changed, with scope, version and history, ${width} at once`, pair, 2)
  }
}

/** `npm run bench -- changes imports` measures these alone, `npm run bench -- imports 200000` that size alone. */
const named = process.argv.slice(2)
const parts = named.filter((word) => !/^\d+$/.test(word))
const sizes = named.filter((word) => /^\d+$/.test(word)).map(Number)
const wanted = (part: string) => parts.length === 0 || parts.includes(part)
const workbooks = sizes.length ? sizes : [50_000, 200_000]
/** Turns of ours, floor, ours, floor …; what is told is their median. */
const turns = Number(process.env.TURNS ?? 3)

const world = await makeBenchWorld()
try {
  const floor = await world.floor()
  console.log(`${'what'.padEnd(68)} ${'ours'.padStart(9)} ${'floor'.padStart(9)}`)
  await world.fill(50_000)
  if (wanted('lists')) await lists(world, floor, 50_000, 2)
  if (wanted('changes')) await changes(world, floor)
  for (const rows of workbooks) {
    if (wanted('exports')) {
      await world.fill(rows)
      await writeOut(world, rows, turns)
    }
    if (wanted('imports')) {
      await world.fill(50_000)
      await imports(world, rows, turns)
    }
  }
  if (wanted('operations')) {
    await world.fill(50_000)
    await operations(world, 50_000, turns)
  }
  if (wanted('registers')) await registers(world, sizes[0] ?? 50_000)
  if (wanted('publications')) for (const rows of workbooks) await publications(world, rows)
  if (wanted('grid')) await grid(world, sizes.length ? sizes : [50_000, 1_000_000])
  if (wanted('million')) {
    await world.fill(1_000_000)
    await lists(world, floor, 1_000_000, 1)
  }
} finally {
  await world.stop()
}
if (wanted('starts')) await starts()
process.exit(0)
