/** The address a paper was frozen with, read from its bytes: older papers have it nowhere else. */
import { LIMITS } from '../workbook/read.ts'
import { openPackage } from '../workbook/zip.ts'

/** Stands before the address, on every paper. */
export const address_label = '核对真伪：'

const printed = new RegExp(`${address_label}(https?://[^/<]+)/verify/`)
/** No part of a workbook may end in the middle of an address. */
const OVERLAP_CHARS = 300

/** 'http://127.0.0.1:3000' as it stands on the paper; null where it bears none. */
export async function printedOn(content: Buffer): Promise<string | null> {
  const { parts, unpack } = await openPackage(content, LIMITS)
  for (const part of parts.values()) {
    if (!/^xl\/(sharedstrings|worksheets\/.*)\.xml$/.test(part.name)) continue
    let rest = Buffer.alloc(0)
    for await (const chunk of unpack(part)) {
      const text = Buffer.concat([rest, chunk])
      const [, address] = printed.exec(text.toString('utf8')) ?? []
      if (address) return address
      rest = text.subarray(-OVERLAP_CHARS)
    }
  }
  return null
}
