// What is kept of an uploaded file: the file without the numbers of identity cards, in a format that our own reader reads.
// It runs in the reading thread before anything is stored; a file without such numbers is kept as it came, byte for byte.
import { isOld, LIMITS, type Limits, readWorkbook } from '../read.ts'
import { inThread } from '../thread.ts'
import { fromOld } from './old.ts'
import { cleanPackage } from './package.ts'
import { cleanText } from './text.ts'

export type CleanMessage =
  | { kind: 'piece'; bytes: Uint8Array }
  /** The end: how many places were blanked. `as_sent`: nothing had to be changed, the pieces are of no use. */
  | { kind: 'cleaned'; blanked: number; as_sent: boolean }

type Cleaning = { bytes: Buffer; file_name: string; limits?: Partial<Limits>; signal?: AbortSignal }

/** The file as it may be kept, in pieces. Throws `WorkbookRefused`: what can't be looked into can't be kept. */
export async function* cleanFile({ bytes, file_name, limits: given, signal }: Cleaning): AsyncGenerator<CleanMessage> {
  const limits = { ...LIMITS, ...given }
  if (bytes.length <= limits.file_bytes && bytes[0] === 0x50 && bytes[1] === 0x4b) {
    yield* cleanPackage(bytes, limits, signal)
    return
  }
  if (bytes.length <= limits.file_bytes && isOld(bytes)) {
    const anew = await fromOld(bytes, limits)
    for await (const message of cleanPackage(anew, limits, signal)) {
      if (message.kind === 'cleaned' && message.as_sent) yield { kind: 'piece', bytes: anew }
      yield message.kind === 'cleaned' ? { ...message, as_sent: false } : message
    }
    return
  }
  const workbook = await readWorkbook(bytes, file_name, { limits: given, signal })
  yield* cleanText(bytes, workbook, file_name)
}

/** The same in the reading thread. */
export const cleanInThread = inThread(import.meta.url, cleanFile)
