// The bytes of an uploaded file, as they are stored.
import { sql } from 'kysely'
import type { Trx } from '../database/connection.ts'

const PIECE = 1024 * 1024

/** Reads a file of `size` bytes in pieces: as one value the driver would hold it three times over, twice of that as text. */
export async function contentOf(trx: Trx, importId: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size)
  for (let at = 0; at < size; at += PIECE) {
    const found = await sql<{ piece: Buffer }>`
      select substring(content from ${at + 1}::integer for ${PIECE}::integer) as piece from imports where id = ${importId}`.execute(
      trx,
    )
    found.rows[0]?.piece.copy(bytes, at)
  }
  return bytes
}
