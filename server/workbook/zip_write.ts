// A zip written as it grows, so that a workbook of any size needs no more memory than a piece of it; and a small one
// taken apart again.
import { PassThrough, pipeline, Readable } from 'node:stream'
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'
import * as yauzl from 'yauzl'

/** Content that is packed already, taken over from another zip as it lies there. */
type Packed = { packed: Buffer; method: number; checksum: number; size: number }
export type ZipEntry = { name: string; content: Buffer | AsyncIterable<string> | Packed }

/** Little is gained above 3 in sheets, and much time lost. */
const DEFLATE_LEVEL = 3
const CHUNK_BYTES = 256 * 1024
/** 1980-01-01: the same content makes the same bytes. */
const date = 0x21
const ZIP_VERSION = 20
const METHOD_DEFLATED = 8
/** Sizes and checksum follow the content; names are UTF-8. */
const flags = { streamed: 0x0808, whole: 0x0800 }
/** What a zip without its 64-bit extension can hold. */
const mostBytes = 0xffff_ffff

type WrittenEntry = {
  name: Buffer
  flags: number
  method: number
  checksum: number
  packed: number
  size: number
  at: number
}

/** The bytes of a zip, entry after entry. An entry's content is pulled only when its turn has come. */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory: WrittenEntry[] = []
  let at = 0
  for await (const { name, content } of entries) {
    const written: WrittenEntry = {
      name: Buffer.from(name),
      flags: 0,
      method: METHOD_DEFLATED,
      checksum: 0,
      packed: 0,
      size: 0,
      at,
    }
    for await (const bytes of entryBytes(written, content)) {
      at += bytes.length
      yield bytes
    }
    if (at > mostBytes || written.size > mostBytes) throw new Error('the workbook is larger than a zip can be')
    directory.push(written)
  }
  yield closing(directory, at)
}

function entryBytes(written: WrittenEntry, content: ZipEntry['content']) {
  if (Buffer.isBuffer(content)) return wholeEntry(written, content)
  return 'packed' in content ? packedEntry(written, content) : streamedEntry(written, content)
}

function* packedEntry(written: WrittenEntry, { packed, method, checksum, size }: Packed): Generator<Buffer> {
  Object.assign(written, { flags: flags.whole, method, checksum, packed: packed.length, size })
  yield localHeader(written)
  yield packed
}

function* wholeEntry(written: WrittenEntry, content: Buffer): Generator<Buffer> {
  const packed = deflateRawSync(content, { level: DEFLATE_LEVEL })
  Object.assign(written, { flags: flags.whole, checksum: crc32(content), packed: packed.length, size: content.length })
  yield localHeader(written)
  yield packed
}

async function* streamedEntry(written: WrittenEntry, content: AsyncIterable<string>): AsyncGenerator<Buffer> {
  written.flags = flags.streamed
  yield localHeader(written)
  const deflate = createDeflateRaw({ level: DEFLATE_LEVEL, chunkSize: CHUNK_BYTES })
  const packed = new PassThrough({ readableHighWaterMark: 4 * CHUNK_BYTES })
  // what goes wrong in the source arrives at the reader; deflating runs in a thread of its own meanwhile
  pipeline(Readable.from(measured(written, content), { objectMode: true, highWaterMark: 2 }), deflate, packed, () => {})
  for await (const bytes of packed) {
    written.packed += bytes.length
    yield bytes
  }
  const sizes = Buffer.alloc(16)
  sizes.writeUInt32LE(0x08074b50, 0)
  sizes.writeUInt32LE(written.checksum, 4)
  sizes.writeUInt32LE(written.packed, 8)
  sizes.writeUInt32LE(written.size, 12)
  yield sizes
}

async function* measured(written: WrittenEntry, content: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of content) {
    const bytes = Buffer.from(text)
    written.checksum = crc32(bytes, written.checksum)
    written.size += bytes.length
    yield bytes
  }
}

/** The 22 bytes that a local header and a directory entry share. */
function common({ flags: flag, method, checksum, packed, size, name }: WrittenEntry, streamedYet: boolean): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(ZIP_VERSION, 0)
  bytes.writeUInt16LE(flag, 2)
  bytes.writeUInt16LE(method, 4)
  bytes.writeUInt16LE(0, 6)
  bytes.writeUInt16LE(date, 8)
  if (streamedYet || flag !== flags.streamed) {
    bytes.writeUInt32LE(checksum, 10)
    bytes.writeUInt32LE(packed, 14)
    bytes.writeUInt32LE(size, 18)
  }
  bytes.writeUInt16LE(name.length, 22)
  return bytes
}

function localHeader(written: WrittenEntry): Buffer {
  return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common(written, false), written.name])
}

function closing(directory: readonly WrittenEntry[], at: number): Buffer {
  const entries = directory.map((written) => {
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(written.at, 10)
    return Buffer.concat([
      Buffer.from([0x50, 0x4b, 0x01, 0x02, ZIP_VERSION, 0]),
      common(written, true),
      rest.subarray(0, 14),
      written.name,
    ])
  })
  const listing = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([listing, end])
}

/** The files of a zip we made ourselves, unpacked. Not for anything a person sent: zip.ts is. */
export async function unzip(bytes: Buffer): Promise<{ name: string; bytes: Buffer }[]> {
  const opened = await yauzl.fromBufferPromise(bytes, { lazyEntries: true })
  const files: { name: string; bytes: Buffer }[] = []
  for await (const entry of opened.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    const chunks: Buffer[] = []
    for await (const chunk of await opened.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    files.push({ name: entry.fileName, bytes: Buffer.concat(chunks) })
  }
  return files
}
