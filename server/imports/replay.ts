// What was read of a file, told again from its staged rows: as the reading thread would tell it, without the file.
import type { FoundRow, Message } from './reading.ts'
import type { Frame } from './recorder.ts'
import { kindOf, type Line, readLine, type Staged, unpack } from './staged.ts'

/** The rows of a chunk, with what became of them. */
export const linesOf = ({ kinds, rows }: Staged): Line[] =>
  unpack(rows).map((text, index) => readLine(text, kindOf(kinds[index])))

/** What the reading thread would say of a file with these rows. */
export async function* framed(frame: Frame, batches: AsyncIterable<Line[]>): AsyncGenerator<Message> {
  const source = batches[Symbol.asyncIterator]()
  let rest: Line[] = []
  let sheet = -1
  for (const message of frame.messages) {
    if (message.kind !== 'sheet') {
      yield message
      continue
    }
    sheet++
    yield { kind: 'sheet', plan: structuredClone(message.plan) }
    for (;;) {
      if (rest.length === 0) rest = ((await source.next()).value as Line[] | undefined) ?? []
      const until = rest.findIndex((line) => line.sheet !== sheet)
      const rows: FoundRow[] = rest.slice(0, until < 0 ? rest.length : until).map(({ found }) => found)
      rest = until < 0 ? [] : rest.slice(until)
      if (rows.length === 0) break
      yield { kind: 'rows', rows }
    }
  }
}

/** A whole file as it was checked. Chunks are let go as they are told; requests are answered between them. */
export const replay = (frame: Frame, chunks: Staged[]): AsyncGenerator<Message> =>
  framed(
    frame,
    (async function* () {
      for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
        await new Promise(setImmediate)
        yield linesOf(chunk)
      }
    })(),
  )
