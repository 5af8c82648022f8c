// A decision on a short file, or on one whose rows hang together: the whole file is walked again, from what was read of it.
import { levelsOf } from '../digest.ts'
import { type Chunk, kindOf, readChunks, readStaged, type StagedRow, unpack } from '../stage/chunks.ts'
import { recorder } from '../stage/recorder.ts'
import { everyChunk, framed, rowsOf } from '../stage/replay.ts'
import { concernedBy, type HeldImport, type Restaged, walkBack } from './held.ts'

/** Rows concerned come first, then others that came to something else, up to `maxOthers`. */
export async function restageWhole(held: HeldImport, maxOthers: number): Promise<Restaged> {
  const { trx, import_id, frame, form, patch } = held
  const before = new Map<number, Chunk>()
  const lines = async function* (): AsyncGenerator<StagedRow[]> {
    for await (const chunk of everyChunk((from, limit) => readChunks(trx, import_id, from, limit))) {
      before.set(chunk.first, chunk)
      yield rowsOf(chunk)
    }
  }
  const record = recorder(levelsOf(form))
  const walked = await walkBack(held, { messages: framed(frame, lines()), recorder: record })
  const chunks = await record.end()
  const own = new Set(concernedBy(patch))
  const asked: StagedRow[] = []
  const others: StagedRow[] = []
  const different: Chunk[] = []
  for (const chunk of chunks) {
    const old = before.get(chunk.first)
    const isSame = old?.kinds === chunk.kinds && old.rows.equals(chunk.rows)
    if (!isSame) different.push(chunk)
    const hasOwn = [...own].some((n) => n >= chunk.first && n < chunk.first + chunk.kinds.length)
    if (isSame && !hasOwn) continue
    const was = old ? unpack(old.rows) : []
    for (const [index, text] of unpack(chunk.rows).entries()) {
      const isOwn = own.has(chunk.first + index)
      const isChanged = was[index] !== text || old?.kinds[index] !== chunk.kinds[index]
      if (!isOwn && (!isChanged || others.length >= maxOthers)) continue
      const line = readStaged(text, kindOf(chunk.kinds[index]))
      if (isOwn) asked.push(line)
      else others.push(line)
    }
  }
  return { ...walked, chunks: different, changed: [...asked, ...others] }
}
