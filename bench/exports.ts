/** The register as a workbook, streamed, against exceljs's streaming writer given the same rows. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { headings } from './files.ts'
import { compare, note, report, type Timed, timed } from './measure.ts'
import { memoryOf, watchMemory } from './processes.ts'
import type { BenchWorld } from './world.ts'

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

export async function writeOut(world: BenchWorld, rows: number, turns: number) {
  const [ours, floors]: [Timed[], Timed[]] = [[], []]
  const path = `/api/attendance/export.xlsx?filter=${encodeURIComponent(JSON.stringify({ campaign_id: world.campaign_id }))}`
  let most = 0
  const idle_mb = memoryOf(world.pid)
  for (let turn = 0; turn <= turns; turn++) {
    const memory = watchMemory(world.pid)
    const own = await timed(world, async () => {
      const answer = await fetch(`${world.address}${path}`, { headers: { cookie: world.cookie } })
      if (!answer.ok) throw new Error(`export: ${answer.status} ${await answer.text()}`)
      for await (const _chunk of answer.body ?? []);
    })
    most = Math.max(most, memory.stop())
    const floor = await timed(world, () => writeWithExceljs(world, rows), [process.pid])
    if (turn === 0) continue
    ours.push(own)
    floors.push(floor)
  }
  report(`${rows.toLocaleString('en')} rows exported, against exceljs streaming`, compare(ours, floors), 0.5)
  note(`memory above idle: ${(most - idle_mb).toFixed(0)} MB`)
}
