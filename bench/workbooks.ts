/** Importing and exporting 50,000 rows of attendance, against reading or writing the file alone. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import ExcelJS from 'exceljs'
import { from as copyFrom } from 'pg-copy-streams'
import { readWorkbook } from '../server/workbook/read.ts'
import { median, report } from './measure.ts'
import type { BenchWorld } from './world.ts'

const turns = Number(process.env.TURNS ?? 3)
const headings = ['序号', '活动名称', '姓名', '性别', '单位', '职务/工种', '手机号', '签到时间']
const copied = ['name', 'gender', 'workplace', 'job', 'phone', 'signed_at']

type Timed = { ms: number; mb: number }

/** Wall time of a piece of work and how far this process's memory rose above where it began. */
async function timed(work: () => Promise<unknown>): Promise<Timed> {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  clearInterval(watch)
  return { ms, mb: (Math.max(most, process.memoryUsage().rss) - before) / 1_048_576 }
}

/** A file as a clerk would send it: new people at events that are there. */
async function makeFile(world: BenchWorld, rows: number, seed: number): Promise<Buffer> {
  const { rows: events } = await world.owner.query<{ title: string }>('select title from events order by id limit 100')
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('签到')
  sheet.addRow(headings)
  for (let n = 0; n < rows; n++) {
    const phone = 15_000_000_000 + seed * rows + n
    sheet.addRow([
      n + 1,
      events[n % events.length]?.title,
      `职工${seed}${n}`,
      n % 2 ? '男' : '女',
      `测试${n % 300}厂`,
      '操作工',
      String(phone),
      '2019-07-10 09:00',
    ])
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** The floor of an import: the same reader, then raw COPY into a bare table. */
async function readAndCopy(world: BenchWorld, file: Buffer) {
  const client = await world.owner.connect()
  try {
    const book = await readWorkbook(file, 'bench.xlsx')
    const stream = client.query(
      copyFrom(
        `copy floor.copied (id, campaign_id, unit_id, event_id, version, status, created_at, updated_at, ${copied}) from stdin`,
      ),
    )
    let n = 0
    for (const sheet of book.sheets) {
      for await (const rows of sheet.rows()) {
        const text = rows
          .filter((row) => row.number > 1)
          .map((row) =>
            [
              n++,
              world.campaign_id,
              world.unit_id,
              1,
              1,
              'draft',
              'now',
              'now',
              ...row.cells.slice(2).map((cell) => cell?.text ?? '\\N'),
            ].join('\t'),
          )
        if (text.length && !stream.write(`${text.join('\n')}\n`)) await once(stream, 'drain')
      }
    }
    stream.end()
    await finished(stream)
  } finally {
    client.release()
  }
}

async function send(
  world: BenchWorld,
  path: string,
  body?: FormData,
): Promise<{ id: number; errors?: unknown[]; message?: string }> {
  const answer = await fetch(`${world.address}/api${path}`, {
    method: 'POST',
    headers: { cookie: world.cookie, origin: world.address },
    body,
  })
  const told = (await answer.json()) as { id: number; message?: string; errors?: unknown[] }
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(told).slice(0, 500)}`)
  return told
}

async function check(world: BenchWorld, file: Buffer, name: string): Promise<number> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(file)]), name)
  return (await send(world, '/attendance/imports', form)).id
}

/** Check and apply, each against read + COPY; the largest rise of memory stands below. */
export async function imports(world: BenchWorld, rows: number) {
  const [checks, applies, floors]: [Timed[], Timed[], Timed[]] = [[], [], []]
  for (let turn = 0; turn <= turns; turn++) {
    const file = await makeFile(world, rows, turn + 1)
    let id = 0
    const checked = await timed(async () => {
      id = await check(world, file, `签到${turn}.xlsx`)
    })
    const applied = await timed(() => send(world, `/imports/${id}/apply`))
    const floor = await timed(() => readAndCopy(world, file))
    if (turn === 0) continue
    checks.push(checked)
    applies.push(applied)
    floors.push(floor)
  }
  const told = rows.toLocaleString('en')
  const against = (ours: Timed[]) => {
    const ratio = median(ours.map(({ ms }, turn) => ms / (floors[turn]?.ms ?? 1)))
    return { ours: median(ours.map(({ ms }) => ms)), floor: median(floors.map(({ ms }) => ms)), ratio }
  }
  report(`${told} rows checked, against read + COPY`, against(checks), 2)
  report(`${told} rows applied and committed, against read + COPY`, against(applies), 2)
  console.log(
    `${' '.repeat(4)}memory above the start while applying: ${Math.max(...applies.map(({ mb }) => mb)).toFixed(0)} MB (goal < 200 MB)`,
  )
}

/** The floor of an export: exceljs's streaming writer, given the rows. */
async function writeWithExceljs(world: BenchWorld, rows: number) {
  const path = join(tmpdir(), `haowangmin-bench-${process.pid}.xlsx`)
  const { rows: stored } = await world.owner.query(
    `select e.title, a.name, a.gender, a.workplace, a.job, a.phone, a.signed_at::text from attendance a join events e on e.id = a.event_id order by a.id limit $1`,
    [rows],
  )
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({
    stream: createWriteStream(path),
    useSharedStrings: false,
    useStyles: true,
  })
  const sheet = book.addWorksheet('签到')
  sheet.addRow(headings).commit()
  for (const [n, row] of stored.entries()) sheet.addRow([n + 1, ...Object.values(row)]).commit()
  await sheet.commit()
  await book.commit()
  await rm(path, { force: true })
}

/** The register as a workbook, streamed, against exceljs alone. */
export async function writes(world: BenchWorld, rows: number) {
  const [ours, floors]: [Timed[], Timed[]] = [[], []]
  const path = `/api/attendance/export.xlsx?filter=${encodeURIComponent(JSON.stringify({ campaign_id: world.campaign_id }))}`
  for (let turn = 0; turn <= turns; turn++) {
    const own = await timed(async () => {
      const answer = await fetch(`${world.address}${path}`, { headers: { cookie: world.cookie } })
      if (!answer.ok) throw new Error(`export: ${answer.status} ${await answer.text()}`)
      await answer.arrayBuffer()
    })
    const floor = await timed(() => writeWithExceljs(world, rows))
    if (turn === 0) continue
    ours.push(own)
    floors.push(floor)
  }
  const ratio = median(ours.map(({ ms }, turn) => ms / (floors[turn]?.ms ?? 1)))
  report(
    `${rows.toLocaleString('en')} rows exported, against exceljs streaming`,
    { ours: median(ours.map(({ ms }) => ms)), floor: median(floors.map(({ ms }) => ms)), ratio },
    1.2,
  )
}
