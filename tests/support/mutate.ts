// Ways to spoil a workbook, all drawn from one seed: bytes, XML inside a zip that is whole again, the zip around it, and
// the encodings and quotes of plain text.
import iconv from 'iconv-lite'
import { LIMITS } from '../../server/workbook/limits.ts'
import { openPackage } from '../../server/workbook/zip.ts'
import { makeZip, type ZipEntry } from './zip.ts'

type Random = {
  /** 0 ≤ n < below */
  below: (below: number) => number
  pick: <T>(items: readonly T[]) => T
}

/** Numbers that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(limit, 1)
  }
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}

/** Mostly once: a file spoilt in one place gets further than one spoilt in many. */
const times = (random: Random, most: number, work: () => void) => {
  for (let left = random.below(2) === 0 ? 1 : 1 + random.below(most); left > 0; left--) work()
}

/** Bytes changed, put in, cut out, doubled, or the end missing. */
export function spoilBytes(random: Random, given: Buffer): Buffer {
  let bytes = Buffer.from(given)
  times(random, 8, () => {
    const at = random.below(bytes.length)
    const length = 1 + random.below(random.pick([1, 4, 64, 2000]))
    const piece = bytes.subarray(at, at + length)
    switch (random.below(6)) {
      case 0:
        bytes[at] = random.below(256)
        break
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, random.below(256)), bytes.subarray(at)])
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, piece, bytes.subarray(at + length)])
        break
      default:
        bytes = bytes.subarray(0, Math.max(1, bytes.length - length))
    }
    if (bytes.length === 0) bytes = Buffer.from([random.below(256)])
  })
  return bytes
}

/** What stands in XML that means harm, or that some program once wrote. */
const pieces = [
  '<',
  '>',
  '&',
  '&amp',
  '&#x110000;',
  '&#xD800;',
  '&#0;',
  '&lol;',
  '"',
  "'",
  '/',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  '<?xml?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<x:c r="A1"/>',
  '<row r="1048577">',
  '<row r="0">',
  '<row r="-1">',
  '<row>',
  '</row>',
  '<c r="XFE1" t="s"><v>0</v></c>',
  '<c t="s"><v>99999999</v></c>',
  '<c t="s"><v>-1</v></c>',
  '<c t="s"><v>x</v></c>',
  '<c><v>1e999</v></c>',
  '<c><v>NaN</v></c>',
  '<c s="65536"><v>43617</v></c>',
  '<c s="-1"><v>1</v></c>',
  '<c t="d"><v>2019-13-45T99:99</v></c>',
  '<c t="e"><v>#REF!</v></c>',
  '<c t="inlineStr"><is><t>x</t></is></c>',
  '<c><f>A1</f></c>',
  '</sheetData>',
  '<sheetData>',
  '<sheetData/>',
  '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
  '<mergeCell ref="Z9:A1"/>',
  '<cols><col min="0" max="99999999" hidden="1"/></cols>',
  '<numFmt numFmtId="9" formatCode="yyyy"/>',
  '_x0000_',
  '_xD800_',
  '\u0000',
  '\ufffe',
  '合计',
  '姓名',
  '=1+1',
  '（清空）',
  '\u202e',
  '😀',
] as const

/** Text of a part, spoilt: pieces put in, slices cut out, doubled or moved, digits made large, one letter made another. */
function spoilText(random: Random, given: string): string {
  let text = given
  times(random, 6, () => {
    const at = random.below(text.length)
    const length = 1 + random.below(random.pick([1, 8, 80, 800]))
    switch (random.below(7)) {
      case 0:
      case 1:
        text = text.slice(0, at) + random.pick(pieces) + text.slice(at)
        break
      case 2:
        text = text.slice(0, at) + text.slice(at + length)
        break
      case 3:
        text =
          text.slice(0, at) +
          text.slice(at, at + length).repeat(2 + random.below(random.pick([1, 30]))) +
          text.slice(at + length)
        break
      case 4: {
        // whole tags changed about, so that the document may still be well formed
        const tags = text.match(/<[^<>]{1,200}>/g) ?? []
        if (tags.length > 1) text = text.replace(random.pick(tags), () => random.pick(tags))
        break
      }
      case 5: {
        const numbers = text.match(/\d+/g) ?? []
        const large = ['0', '-1', '4294967296', '9007199254740993', '1E+10', '9'.repeat(400), '']
        if (numbers.length > 0) text = text.replace(random.pick(numbers), () => random.pick(large))
        break
      }
      default:
        text = text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1)
    }
  })
  return text
}

async function unpack(bytes: Buffer): Promise<ZipEntry[]> {
  const zip = await openPackage(bytes, LIMITS)
  const entries: ZipEntry[] = []
  for (const part of zip.parts.values()) {
    const chunks: Buffer[] = []
    for await (const chunk of zip.unpack(part)) chunks.push(chunk)
    entries.push({ name: part.name, bytes: Buffer.concat(chunks) })
  }
  return entries
}

/** One or two parts spoilt inside; the zip is whole again, and its checksums are right more often than wrong. */
export async function spoilXml(random: Random, given: Buffer): Promise<Buffer> {
  const entries = await unpack(given)
  const xml = entries.filter(({ name }) => /\.(xml|rels)$/.test(name))
  // the sheet and what it needs are spoilt more often than what nobody reads
  const near = xml.filter(({ name }) => /sheet\d*\.xml|strings|styles|workbook/i.test(name))
  times(random, 2, () => {
    const entry = random.pick(random.below(4) > 0 ? near : xml)
    entry.bytes = spoilText(random, entry.bytes.toString())
    if (random.below(5) === 0)
      entry.claims = random.pick([{ crc: random.below(2 ** 31) }, { size: random.below(2 ** 31) }])
    if (random.below(12) === 0)
      entry.bytes = iconv.encode(entry.bytes, random.pick(['utf16le', 'utf16be', 'gb18030']), {
        addBOM: random.below(2) === 0,
      })
  })
  return makeZip(entries)
}

/** Parts missing, doubled, renamed, stored, marked as encrypted; or the directory spoilt. */
export async function spoilZip(random: Random, given: Buffer): Promise<Buffer> {
  const entries = await unpack(given)
  times(random, 3, () => {
    const at = random.below(entries.length)
    const entry = entries[at] as ZipEntry
    switch (random.below(8)) {
      case 0:
        if (entries.length > 1) entries.splice(at, 1)
        break
      case 1:
        entries.push({ ...entry })
        break
      case 2:
        entry.name = random.pick(['../../', '/', '\\', 'C:\\', '\u0000', '', 'xl/', 'XL/WORKSHEETS/']) + entry.name
        break
      case 3:
        entry.stored = true
        break
      case 4:
        entry.flags = random.pick([1, 8, 64, 2048, 65_535])
        break
      case 5:
        entry.claims = { size: random.pick([0, 1, 2 ** 31, 4_294_967_295]) }
        break
      case 6:
        for (let n = 0; n < random.pick([1, 300, 6_000]); n++) entries.push({ name: `xl/media/${n}.png`, bytes: '' })
        break
      default:
        entry.bytes = Buffer.alloc(random.pick([0, 1, 300_000, 30_000_000]), random.below(256))
    }
  })
  const zip = makeZip(entries)
  // the last bytes are the directory: names, sizes and places of everything
  return random.below(2) === 0 ? zip : Buffer.concat([zip.subarray(0, -400), spoilBytes(random, zip.subarray(-400))])
}

/** A table as text in some encoding, its letters, quotes and bytes spoilt. */
export function spoilCsv(random: Random, rows: readonly (readonly string[])[]): Buffer {
  const separator = random.pick([',', '\t', ';', '，'])
  const quote = (cell: string) => (random.below(4) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell)
  let text = rows.map((cells) => cells.map(quote).join(separator)).join(random.pick(['\r\n', '\n', '\r']))
  if (random.below(3) > 0) text = spoilText(random, text)
  if (random.below(6) === 0)
    text =
      text.slice(0, random.below(text.length)) +
      random.pick(['"', '""', '\0', '="']) +
      text.slice(random.below(text.length))
  const encoding = random.pick(['utf8', 'gb18030', 'utf16le', 'utf16be', 'big5', 'shiftjis'])
  const bytes = iconv.encode(text, encoding, { addBOM: random.below(2) === 0 })
  return random.below(3) === 0 ? spoilBytes(random, bytes) : bytes
}

const odd_values = [
  '',
  ' ',
  '0',
  '-1',
  '1e308',
  '-1e308',
  '999999999999',
  '2147483648',
  '0.1',
  'NaN',
  'Infinity',
  'true',
  '是',
  '否',
  '男',
  '2019-06-18',
  '2019-02-30',
  '0000-00-00',
  '9999-12-31',
  '2019-06-18 25:61',
  '6月18日',
  '43617',
  '43617.375',
  '-43617',
  '1900-01-01',
  '13800001027',
  '138 0000 1027',
  '１３８００００１０２７',
  '1.38E+10',
  '91340100MA2MRGCN0X',
  'http://[',
  'https://a.cn/?q=\u{1F600}',
  'javascript:1',
  '\u0000',
  '\ufffe',
  '\ud800',
  '\u202e\u2066',
  '\u200b',
  '\t',
  '\n',
  '"',
  "'",
  '\\',
  '\\x',
  '{',
  '}',
  '{}',
  '[]',
  'null',
  '$1',
  '%s',
  '合计',
  '（清空）',
  "'; drop table events; --",
  '=HYPERLINK("x")',
  '@SUM(1)',
  '机关',
  '国企',
  '知识竞赛',
  '网络安全知识竞赛',
  '其他',
  '字'.repeat(40),
  '字'.repeat(501),
  'x'.repeat(40_000),
] as const

/** Good rows, of which some cells hold what no clerk would type, and some would: most get as far as PostgreSQL. */
export function oddRows(random: Random, labels: readonly string[], good: (n: number) => readonly string[]): string[][] {
  const rows = Array.from({ length: 1 + random.below(12) }, (_, n) => [...good(n)])
  for (let left = random.below(rows.length * 2); left > 0; left--) {
    const row = random.pick(rows)
    row[random.below(row.length)] = random.pick(odd_values)
  }
  return [[...labels], ...rows]
}

/** The same as a text file that is well formed. */
export const csvOf = (rows: readonly (readonly string[])[]) =>
  Buffer.from(
    `\ufeff${rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')}`,
  )
