// A file as it may be kept, in one piece, for whoever takes one in: cleaned in the reading thread when its turn has come.
import { inTurn } from '../turns.ts'
import { type CleanMessage, cleanInThread } from './clean.ts'

/**
 * The bytes, and in `blanked` how many numbers of identity cards were taken out of them. Throws `WorkbookRefused`.
 */
export const cleanedInTurn = (bytes: Buffer, fileName: string): Promise<{ bytes: Buffer; blanked: number }> =>
  inTurn(async () => {
    const pieces: Uint8Array[] = []
    let cleaned: Extract<CleanMessage, { kind: 'cleaned' }> | undefined
    // to its end: a reader that leaves early costs the next one a new thread
    for await (const message of cleanInThread({ bytes, file_name: fileName })) {
      if (message.kind === 'piece') pieces.push(message.bytes)
      else cleaned = message
    }
    if (cleaned) return { bytes: cleaned.as_sent ? bytes : Buffer.concat(pieces), blanked: cleaned.blanked }
    throw new Error('a file without an end')
  })
