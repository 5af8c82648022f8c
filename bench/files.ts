/** The files that are imported, and the two floors of reading them: our reader with raw COPY behind it, and exceljs alone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import ExcelJS from 'exceljs'
import { from as copyFrom } from 'pg-copy-streams'
import { readWorkbook } from '../server/workbook/read.ts'
import type { BenchWorld } from './world.ts'

export const headings = ['序号', '活动名称', '姓名', '性别', '单位', '职务/工种', '手机号', '签到时间']
const copied = ['name', 'gender', 'workplace', 'job', 'phone', 'signed_at']

/** A file as a clerk would send it: new people at a hundred events that are there and have visits already. */
export async function makeFile(world: BenchWorld, rows: number, seed: number): Promise<Buffer> {
  const { rows: events } = await world.owner.query<{ title: string }>('select title from events order by id limit 100')
  const stream = new PassThrough()
  const whole = buffer(stream)
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useSharedStrings: true })
  const sheet = book.addWorksheet('签到')
  sheet.addRow(headings).commit()
  for (let n = 0; n < rows; n++) {
    const phone = 15_000_000_000 + seed * rows + n
    const [event, name] = [events[n % events.length]?.title, `职工${seed}${n}`]
    sheet
      .addRow([
        n + 1,
        event,
        name,
        n % 2 ? '男' : '女',
        `测试${n % 300}厂`,
        '操作工',
        String(phone),
        '2019-07-10 09:00',
      ])
      .commit()
  }
  await sheet.commit()
  await book.commit()
  return whole
}

/** The floor of an import: the same reader, then raw COPY into a bare table. */
export async function readAndCopy(world: BenchWorld, file: Buffer): Promise<void> {
  const client = await world.owner.connect()
  try {
    const book = await readWorkbook(file, 'bench.xlsx')
    const fixed = `${world.campaign_id}\t${world.unit_id}\t1\t1\tdraft\tnow\tnow`
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
          .map((row) => [n++, fixed, ...row.cells.slice(2).map((cell) => cell?.text ?? '\\N')].join('\t'))
        if (text.length && !stream.write(`${text.join('\n')}\n`)) await once(stream, 'drain')
      }
    }
    stream.end()
    await finished(stream)
  } finally {
    client.release()
  }
}

/** What exceljs takes to read the file into memory, in a process of its own: milliseconds, and megabytes at most. */
export async function readWithExceljs(file: Buffer): Promise<{ ms: number; mb: number }> {
  const path = join(tmpdir(), `haowangmin-bench-${process.pid}.xlsx`)
  await writeFile(path, file)
  try {
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=6144', '--import', 'tsx', import.meta.filename, path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk
    })
    const [code] = await once(child, 'exit')
    return code === 0 ? JSON.parse(told) : { ms: Number.NaN, mb: Number.NaN }
  } finally {
    await rm(path, { force: true })
  }
}

if (process.argv[1] === import.meta.filename) {
  const bytes = readFileSync(process.argv[2] ?? '')
  const before = process.memoryUsage().rss
  const started = performance.now()
  await new ExcelJS.Workbook().xlsx.load(bytes as unknown as ArrayBuffer)
  const ms = performance.now() - started
  console.log(JSON.stringify({ ms, mb: (process.resourceUsage().maxRSS * 1024 - before) / 1_048_576 }))
}
