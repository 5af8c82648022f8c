// The zip around a workbook: yauzl reads the directory, we unpack. Nothing the directory declares is trusted: sizes are
// counted while inflating, the checksum is compared at the end, and entry names are only keys of a map, never paths.
import { crc32, createInflateRaw } from 'node:zlib'
import * as yauzl from 'yauzl'
import { type Limits, refused } from './limits.ts'

const INFLATE_CHUNK = 128 * 1024
const STORED = 0
const DEFLATED = 8

export type ZipPart = { name: string; entry: yauzl.Entry; data: Buffer }

/** The parts of a package by lower-case name, and the one way to unpack them. */
export type Package = {
  parts: Map<string, ZipPart>
  /** Yields the unpacked bytes in chunks; refuses what outgrows the limits or fails its checksum. */
  unpack: (part: ZipPart) => AsyncGenerator<Buffer>
}

/** Opens a zip held in memory. Refuses damaged, encrypted and oversized ones with a sentence. */
export async function openPackage(bytes: Buffer, limits: Limits, signal?: AbortSignal): Promise<Package> {
  const parts = new Map<string, ZipPart>()
  try {
    // decodeStrings: false, so that odd entry names (../, backslashes) are data and not a reason to stop
    const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false })
    if (zip.entryCount > limits.entries) throw refused('entries')
    for await (const entry of zip.eachEntry()) {
      const name = partName(entry)
      if (name.endsWith('/')) continue
      if (parts.has(name)) throw refused('damaged')
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
      parts.set(name, { name, entry, data: bytes.subarray(fileDataStart, fileDataStart + entry.compressedSize) })
    }
  } catch (error) {
    throw error instanceof Error && error.name === 'WorkbookRefused' ? error : refused('damaged')
  }
  const unpacked = new Map<string, number>()
  return { parts, unpack: (part) => unpackPart(part, limits, unpacked, signal) }
}

function partName(entry: yauzl.Entry): string {
  const raw = entry.fileName as string | Buffer
  return raw.toString('utf8').replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase()
}

async function* unpackPart(
  part: ZipPart,
  limits: Limits,
  unpacked: Map<string, number>,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const { entry, data } = part
  if (entry.isEncrypted()) throw refused('encrypted')
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) throw refused('damaged')
  const others = sum(unpacked, part.name)
  const allowed = Math.min(
    limits.part_bytes,
    limits.unpacked_bytes - others,
    Math.max(limits.ratio_from_bytes, data.length * limits.ratio),
  )
  if (entry.uncompressedSize > allowed) throw refused('unpacked')
  let size = 0
  let checksum = 0
  for await (const chunk of entry.compressionMethod === STORED ? slices(data) : inflate(data)) {
    if (signal?.aborted) throw refused('cancelled')
    size += chunk.length
    if (size > allowed) throw refused('unpacked')
    checksum = crc32(chunk, checksum)
    yield chunk
  }
  unpacked.set(part.name, size)
  if (size !== entry.uncompressedSize || checksum !== entry.crc32) throw refused('damaged')
}

function sum(unpacked: Map<string, number>, except: string): number {
  let total = 0
  for (const [name, size] of unpacked) if (name !== except) total += size
  return total
}

function* slices(data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += INFLATE_CHUNK) yield data.subarray(at, at + INFLATE_CHUNK)
}

async function* inflate(data: Buffer): AsyncGenerator<Buffer> {
  // our own inflater: yauzl's hands out 16 KB at a time, which costs a 20 MB sheet three times the work
  const inflater = createInflateRaw({ chunkSize: INFLATE_CHUNK })
  inflater.end(data)
  try {
    for await (const chunk of inflater) yield chunk as Buffer
  } catch (error) {
    throw error instanceof Error && error.name === 'WorkbookRefused' ? error : refused('damaged')
  } finally {
    inflater.destroy()
  }
}
