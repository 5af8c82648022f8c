/** Files that are read in parts: a video is sought in without being loaded whole. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutTraces } from '../../server/files/blind_media.ts'
import { binary } from '../support/matrix.ts'
import { jpegParts, media, trace } from '../support/media.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let file: { id: number }
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251))

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  file = (await hefei.upload('/files', bytes, '作品.mp4').expect(201)).body
})
afterAll(() => world?.close())

const part = (range: string) => binary(hefei.get(`/files/${file.id}`).set('Range', range))

test.each([
  ['bytes=0-99', 0, 99],
  ['bytes=990-', 990, 999],
  ['bytes=-10', 990, 999],
  ['bytes=500-5000', 500, 999],
])('%s is a part', async (range, start, end) => {
  const answer = await part(range)
  expect(answer.status).toBe(206)
  expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/1000`)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(Number(answer.headers['content-length'])).toBe(end - start + 1)
  expect(Buffer.compare(answer.body, bytes.subarray(start, end + 1))).toBe(0)
})

test('no range, several ranges or another unit give the whole file', async () => {
  for (const range of ['', 'bytes=0-1,5-6', 'rows=1-2']) {
    const answer = await part(range)
    expect(answer.status).toBe(200)
    expect(answer.headers['accept-ranges']).toBe('bytes')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(Buffer.compare(answer.body, bytes)).toBe(0)
  }
})

test('a part beyond the end is refused', async () => {
  const answer = await hefei.get(`/files/${file.id}`).set('Range', 'bytes=1000-').expect(416)
  expect(answer.body.message).toContain('超出')
})

test.each(Object.entries(media))(
  'a %s for jurors keeps its content, and cut anywhere it never fails',
  (_ending, { type, bytes, content }) => {
    const clean = withoutTraces(bytes, type)
    expect([clean.includes(content), clean.includes(trace)]).toEqual([true, false])
    expect(Buffer.compare(withoutTraces(clean, type), clean)).toBe(0)
    for (let end = 0; end < bytes.length; end++)
      expect(withoutTraces(bytes.subarray(0, end), type)).toBeInstanceOf(Buffer)
  },
)

test('a picture keeps its data and the way it is held', () => {
  const { type, bytes } = media.jpg as (typeof media)[string]
  const clean = withoutTraces(bytes, type)
  for (const part of jpegParts) expect(clean.includes(part)).toBe(true)
  expect(clean.includes(Buffer.from('4578696600004d4d002a000000080001011200030000000100060000', 'hex'))).toBe(true)
})
