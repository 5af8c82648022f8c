/**
 * Something made piece by piece, kept until it is whole: small in memory, large in a temporary file. So a transaction
 * lasts as long as reading takes and not as long as a slow line, a failure is still answered with a sentence, and the
 * browser knows the size from the start.
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'

const MAX_MEMORY_BYTES = 4 * 1024 * 1024

export type Spooled = {
  size: number
  open: () => Readable
  /** To be called once, whatever became of it. */
  discard: () => Promise<void>
}

/** Takes all pieces. When they fail nothing is left behind. */
export async function spool(pieces: AsyncIterable<Buffer>): Promise<Spooled> {
  let held: Buffer[] = []
  let size = 0
  let folder: string | undefined
  let file: WriteStream | undefined
  const discard = async () => {
    file?.destroy()
    if (folder) await rm(folder, { recursive: true, force: true })
  }
  try {
    for await (const piece of pieces) {
      size += piece.length
      if (file && !file.write(piece)) await once(file, 'drain')
      if (file) continue
      held.push(piece)
      if (size <= MAX_MEMORY_BYTES) continue
      folder = await mkdtemp(join(tmpdir(), 'haowangmin-spool-'))
      file = createWriteStream(join(folder, 'spool'), { mode: 0o600 })
      // a failure is found by the next write or at the end, not by the process
      file.on('error', () => {})
      for (const each of held) file.write(each)
      held = []
    }
    if (file) await finished(file.end())
  } catch (error) {
    await discard()
    throw error
  }
  const path = file?.path as string | undefined
  return { size, open: () => (path ? createReadStream(path) : Readable.from(held, { objectMode: false })), discard }
}
