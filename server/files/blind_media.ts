/**
 * What a picture, a film or a sound says of who made it and where, taken out: what is left looks and sounds the same.
 * JPEG, PNG, GIF, WebP and MP3 lose the parts that hold it, MP4 and M4A have them overwritten where they lie, so that no
 * address inside shifts. Other types are given back as they are.
 */

/** Bytes of a file of this type without names, places, times, devices and comments. Never throws; what can't be read stays. */
export function withoutTraces(bytes: Buffer, type: string): Buffer {
  try {
    return cleaners[type]?.(bytes) ?? bytes
  } catch {
    return bytes
  }
}

const text = (bytes: Buffer, from: number, length = 4) => bytes.toString('latin1', from, from + length)

/** Which way up a JPEG is to be shown, from its Exif; 1 where it is not said. */
function orientationOf(segment: Buffer): number {
  const tiff = segment.subarray(10)
  const isLittle = text(tiff, 0, 2) === 'II'
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const first = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let n = 0; n < short(first); n++) {
    const at = first + 2 + n * 12
    if (short(at) === 0x0112) return short(at + 8)
  }
  return 1
}

/** An Exif segment that says which way up, and nothing else. */
function exifOf(orientation: number): Buffer {
  const head = 'ffe100224578696600004d4d002a00000008000101120003000000010000000000000000'
  const segment = Buffer.from(head, 'hex')
  segment.writeUInt16BE(orientation, 28)
  return segment
}

/** Segments up to the end of the picture, without APP1 (Exif, XMP) to APP13 (but colours), comments, and what lies behind. */
function jpeg(bytes: Buffer): Buffer {
  if (bytes.readUInt16BE(0) !== 0xffd8) return bytes
  const kept: Buffer[] = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return bytes
    const marker = bytes[at + 1] as number
    if (marker === 0xff) at += 1
    else if (marker === 0xd9) return Buffer.concat([...kept, bytes.subarray(at, at + 2)])
    else {
      let end = at + 2 + bytes.readUInt16BE(at + 2)
      const segment = bytes.subarray(at, end)
      const isColours = marker === 0xe2 && text(segment, 4, 11) === 'ICC_PROFILE'
      const isTold = marker > 0xe0 && marker < 0xee && !isColours
      if (marker === 0xe1 && text(segment, 4) === 'Exif') {
        const orientation = orientationOf(segment)
        if (orientation > 1 && orientation <= 8) kept.push(exifOf(orientation))
      }
      // behind the head of a scan its data, up to the next marker that is neither a restart nor an escaped byte
      if (marker === 0xda) while (end + 1 < bytes.length && !isMarker(bytes, end)) end += 1
      if (!isTold && marker !== 0xfe && marker !== 0xef) kept.push(bytes.subarray(at, end))
      at = end
    }
  }
  return Buffer.concat([...kept, bytes.subarray(at)])
}

const isMarker = (bytes: Buffer, at: number) => {
  const next = bytes[at + 1] as number
  return bytes[at] === 0xff && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)
}

const toldByPng = new Set(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME'])

function png(bytes: Buffer): Buffer {
  if (text(bytes, 1, 3) !== 'PNG') return bytes
  const kept: Buffer[] = [bytes.subarray(0, 8)]
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at)
    const name = text(bytes, at + 4)
    if (!toldByPng.has(name)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  return Buffer.concat(kept)
}

function webp(bytes: Buffer): Buffer {
  if (text(bytes, 0) !== 'RIFF' || text(bytes, 8) !== 'WEBP') return bytes
  const kept: Buffer[] = []
  for (let at = 12; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32LE(at + 4)
    const name = text(bytes, at)
    const chunk = Buffer.from(bytes.subarray(at, end + (end & 1)))
    if (name === 'VP8X') chunk.writeUInt8((chunk[8] as number) & ~0x0c, 8) // neither Exif nor XMP
    if (name !== 'EXIF' && name !== 'XMP ') kept.push(chunk)
    at = end + (end & 1)
  }
  const body = Buffer.concat(kept)
  const head = Buffer.from(bytes.subarray(0, 12))
  head.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([head, body])
}

/** Blocks without comments and application data, but the one that says how often it is played. */
function gif(bytes: Buffer): Buffer {
  if (text(bytes, 0, 3) !== 'GIF') return bytes
  const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  const afterBlocks = (at: number) => {
    let end = at
    while (bytes[end]) end += 1 + (bytes[end] as number)
    return end + 1
  }
  let at = 13 + colours(bytes[10] as number)
  const kept: Buffer[] = [bytes.subarray(0, at)]
  while (at < bytes.length && bytes[at] !== 0x3b) {
    const isExtension = bytes[at] === 0x21
    if (!isExtension && bytes[at] !== 0x2c) return bytes
    const label = bytes[at + 1]
    const end = afterBlocks(isExtension ? at + 2 : at + 11 + colours(bytes[at + 9] as number))
    const isTold = isExtension && (label === 0xfe || (label === 0xff && text(bytes, at + 3, 11) !== 'NETSCAPE2.0'))
    if (!isTold) kept.push(bytes.subarray(at, end))
    at = end
  }
  return Buffer.concat([...kept, Buffer.from([0x3b])])
}

/** Without the ID3 tags before and behind. */
function mp3(bytes: Buffer): Buffer {
  let from = 0
  while (text(bytes, from, 3) === 'ID3') {
    const size = [6, 7, 8, 9].reduce((sum, n) => sum * 128 + ((bytes[from + n] as number) & 0x7f), 0)
    from += 10 + size + ((bytes[from + 5] as number) & 0x10 ? 10 : 0)
  }
  const isTagged = text(bytes, bytes.length - 128, 3) === 'TAG'
  return bytes.subarray(from, isTagged ? bytes.length - 128 : bytes.length)
}

const boxesWithin = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'moof', 'traf'])
const boxesTold = new Set(['udta', 'meta', 'uuid', 'free', 'skip'])
const boxesDated = new Set(['mvhd', 'tkhd', 'mdhd'])

/** Boxes that tell something become empty space of the same length; times of making become none. */
function mp4(bytes: Buffer): Buffer {
  const clean = Buffer.from(bytes)
  const walk = (from: number, to: number) => {
    for (let at = from; at + 8 <= to; ) {
      const short = clean.readUInt32BE(at)
      const head = short === 1 ? 16 : 8
      const size = short === 1 ? Number(clean.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short
      if (size < head || at + size > to) return
      const name = text(clean, at + 4)
      if (boxesTold.has(name)) {
        clean.write('free', at + 4, 'latin1')
        clean.fill(0, at + head, at + size)
      } else if (boxesDated.has(name)) clean.fill(0, at + head + 4, at + head + (clean[at + head] === 1 ? 20 : 12))
      else if (boxesWithin.has(name)) walk(at + head, at + size)
      at += size
    }
  }
  if (text(clean, 4) !== 'ftyp') return bytes
  walk(0, clean.length)
  return clean
}

const cleaners: Record<string, (bytes: Buffer) => Buffer> = {
  'image/jpeg': jpeg,
  'image/png': png,
  'image/gif': gif,
  'image/webp': webp,
  'audio/mpeg': mp3,
  'audio/mp4': mp4,
  'video/mp4': mp4,
}
