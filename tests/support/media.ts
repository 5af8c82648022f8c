/** Small files of the kinds that works are made of, each with somebody's name in every place where a device or program puts one. */
import { crc32 } from 'node:zlib'

export const trace = 'Zhang San'

const be32 = (n: number) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
const le32 = (n: number) => Buffer.from(be32(n)).reverse()
const ascii = (text: string) => Buffer.from(text, 'latin1')

/** Big-endian Exif: which way up, then the artist. */
const tiff = Buffer.concat([
  ascii('MM\0*'),
  be32(8),
  Buffer.from([0, 2]),
  Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]),
  Buffer.concat([Buffer.from([0x01, 0x3b, 0, 2]), be32(trace.length + 1), be32(38)]),
  be32(0),
  ascii(`${trace}\0`),
])

const segment = (marker: number, body: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body])
/** Two scans, an escaped byte and a restart within: what a reader must not stumble over. */
const scan = Buffer.concat([segment(0xda, Buffer.alloc(6, 1)), Buffer.from([1, 0xff, 0, 2, 0xff, 0xd0, 3])])
export const jpegParts = [
  segment(0xe0, ascii('JFIF\0')),
  segment(0xdb, Buffer.alloc(65, 7)),
  scan,
  segment(0xc4, Buffer.alloc(20, 5)),
  scan,
]
const jpeg = Buffer.concat([
  Buffer.from([0xff, 0xd8]),
  jpegParts[0] as Buffer,
  segment(0xe1, Buffer.concat([ascii('Exif\0\0'), tiff])),
  segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0${trace}`)),
  segment(0xed, ascii(`Photoshop 3.0\0${trace}`)),
  segment(0xfe, ascii(trace)),
  ...jpegParts.slice(1),
  Buffer.from([0xff, 0xd9]),
  ascii(`trailer ${trace}`),
])

const chunk = (name: string, body: Buffer) => {
  const named = Buffer.concat([ascii(name), body])
  return Buffer.concat([be32(body.length), named, be32(crc32(named))])
}
const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a', 'hex'),
  chunk('IHDR', Buffer.alloc(13, 1)),
  chunk('tEXt', ascii(`Author\0${trace}`)),
  chunk('iTXt', ascii(`XML:com.adobe.xmp\0\0\0\0\0${trace}`)),
  chunk('eXIf', tiff),
  chunk('IDAT', ascii('pixels')),
  chunk('IEND', Buffer.alloc(0)),
  ascii(trace),
])

const riff = (name: string, body: Buffer) =>
  Buffer.concat([ascii(name), le32(body.length), body, Buffer.alloc(body.length & 1)])
const webpBody = Buffer.concat([
  ascii('WEBP'),
  riff('VP8X', Buffer.from([0x0c, 0, 0, 0, 1, 0, 0, 1, 0, 0])),
  riff('VP8 ', ascii('pixels!')),
  riff('EXIF', tiff),
  riff('XMP ', ascii(trace)),
])
const webp = Buffer.concat([ascii('RIFF'), le32(webpBody.length), webpBody])

const block = (text: string) => Buffer.concat([Buffer.from([text.length]), ascii(text)])
const gif = Buffer.concat([
  ascii('GIF89a'),
  Buffer.from([1, 0, 1, 0, 0x80, 0, 0]),
  Buffer.alloc(6, 9),
  Buffer.from([0x21, 0xff]),
  block('NETSCAPE2.0'),
  Buffer.from([3, 1, 0, 0, 0]),
  Buffer.from([0x21, 0xfe]),
  block(trace),
  Buffer.from([0]),
  Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2]),
  block('pixels'),
  Buffer.from([0, 0x3b]),
  ascii(trace),
])

const mp3 = Buffer.concat([
  ascii('ID3\x03\0\0'),
  Buffer.from([0, 0, 0, trace.length]),
  ascii(trace),
  Buffer.from([0xff, 0xfb, 0x90, 0]),
  ascii('sound, and then silence'),
  ascii(`TAG${trace}`.padEnd(128, '\0')),
])

const box = (name: string, ...bodies: Buffer[]) => {
  const body = Buffer.concat(bodies)
  return Buffer.concat([be32(body.length + 8), ascii(name), body])
}
const mp4 = Buffer.concat([
  box('ftyp', ascii('isom')),
  box(
    'moov',
    box('mvhd', Buffer.concat([be32(0), be32(0x7a31a5c2), be32(0x7a31a5c2), Buffer.alloc(88, 1)])),
    box(
      'trak',
      box('tkhd', Buffer.alloc(84, 2)),
      box('udta', ascii(trace)),
      box('mdia', box('minf', box('stbl', box('stco', be32(1))))),
    ),
    box('udta', box('©xyz', ascii(`+31.8-117.2/${trace}`))),
    box('meta', ascii(trace)),
  ),
  box('uuid', ascii(trace.padEnd(16))),
  box('mdat', ascii('film and sound')),
])

export const media: Record<string, { type: string; bytes: Buffer; content: string }> = {
  jpg: { type: 'image/jpeg', bytes: jpeg, content: 'JFIF' },
  png: { type: 'image/png', bytes: png, content: 'pixels' },
  webp: { type: 'image/webp', bytes: webp, content: 'pixels!' },
  gif: { type: 'image/gif', bytes: gif, content: 'pixels' },
  mp3: { type: 'audio/mpeg', bytes: mp3, content: 'sound' },
  mp4: { type: 'video/mp4', bytes: mp4, content: 'film and sound' },
}
