// The thread that reads uploads: it gives what a direct read gives, and no file and no caller leaves it unusable.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Form, forms } from '../../server/forms/index.ts'
import { readImport, readInThread } from '../../server/imports/read/file.ts'
import type { FileMessage } from '../../server/imports/read/file_row.ts'

const file_name = '附件6 签到表 合肥（5000人次）.xlsx'
const bytes = readFileSync(new URL(`../fixtures/workbooks/${file_name}`, import.meta.url))
const form = forms.attendance as Form
const request = { bytes, file_name, form, year: 2019 }

async function collect(messages: AsyncIterable<FileMessage>): Promise<FileMessage[]> {
  const all: FileMessage[] = []
  for await (const message of messages) all.push(message)
  return all
}

describe('the reading thread', () => {
  test('gives what a direct read gives', async () => {
    const here = await collect(readImport(request))
    expect(await collect(readInThread(request))).toEqual(here)
    const rows = here.flatMap((message) => (message.kind === 'rows' ? message.rows : []))
    expect(rows).toHaveLength(5000)
  })

  test('is there for the next file after a refusal, a fault, a cancelled read and a reader that went away', async () => {
    const refused = collect(readInThread({ ...request, bytes: bytes.subarray(0, 9000) }))
    await expect(refused).rejects.toMatchObject({ reason: 'damaged' })
    await expect(collect(readInThread({ ...request, bytes: undefined as never }))).rejects.toThrow(/fault/)

    const stop = new AbortController()
    const cancelled = (async () => {
      for await (const message of readInThread(request, stop.signal)) if (message.kind === 'rows') stop.abort()
    })()
    await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' })

    for await (const message of readInThread(request)) if (message.kind === 'rows') break
    const after = await collect(readInThread(request))
    expect(after.at(-1)?.kind).toBe('sheet_end')
  })

  test('leaves the event loop free while it reads', async () => {
    let worst = 0
    let last = performance.now()
    const timer = setInterval(() => {
      worst = Math.max(worst, performance.now() - last)
      last = performance.now()
    }, 5)
    const rounds: number[] = []
    for (let round = 0; round < 3; round++) {
      const begun = performance.now()
      await collect(readInThread(request))
      rounds.push(performance.now() - begun)
    }
    clearInterval(timer)
    // Read here, it would stand still for a whole round.
    expect(worst).toBeLessThan(Math.max(...rounds) / 2)
  })
})
