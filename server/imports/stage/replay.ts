// Replays what was read of a file from its staged rows: the same messages as from the reading thread, without the file.
import type { FileMessage, FileRow } from '../read/file_row.ts'
import type { FramedValues } from '../read/frame.ts'
import { type Chunk, kindOf, readStaged, type StagedRow, unpack } from './chunks.ts'

const CHUNKS_AT_ONCE = 16

/** The rows of a chunk, with what became of them. */
export const rowsOf = ({ kinds, rows }: Chunk): StagedRow[] =>
  unpack(rows).map((text, index) => readStaged(text, kindOf(kinds[index])))

/** What the reading thread would say of a file with these rows. */
export async function* framed(frame: FramedValues, batches: AsyncIterable<StagedRow[]>): AsyncGenerator<FileMessage> {
  const source = batches[Symbol.asyncIterator]()
  let rest: StagedRow[] = []
  let sheet = -1
  for (const message of frame.messages) {
    if (message.kind !== 'sheet') {
      yield message
      continue
    }
    sheet++
    yield { kind: 'sheet', plan: structuredClone(message.plan) }
    for (;;) {
      if (rest.length === 0) rest = ((await source.next()).value as StagedRow[] | undefined) ?? []
      const until = rest.findIndex((line) => line.sheet !== sheet)
      const rows: FileRow[] = rest.slice(0, until < 0 ? rest.length : until).map(({ fileRow }) => fileRow)
      rest = until < 0 ? [] : rest.slice(until)
      if (rows.length === 0) break
      yield { kind: 'rows', rows }
    }
  }
}

/** An import's chunks, from the first to the last, as `read(from, limit)` fetches them some at a time. */
export async function* everyChunk(read: (from: number, limit: number) => Promise<Chunk[]>): AsyncGenerator<Chunk> {
  for (let from = 0; ; ) {
    const chunks = await read(from, CHUNKS_AT_ONCE)
    yield* chunks
    const last = chunks.at(-1)
    if (!last || chunks.length < CHUNKS_AT_ONCE) return
    from = last.first + last.kinds.length
  }
}

/** A whole file as it was checked. Requests are answered between its chunks; `look` sees each before it is walked. */
export const replay = (
  frame: FramedValues,
  chunks: AsyncIterable<Chunk>,
  look: (lines: readonly StagedRow[], chunk: Chunk) => void,
): AsyncGenerator<FileMessage> =>
  framed(
    frame,
    (async function* () {
      for await (const chunk of chunks) {
        await new Promise(setImmediate)
        const lines = rowsOf(chunk)
        look(lines, chunk)
        yield lines
      }
    })(),
  )
