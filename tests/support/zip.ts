// Zips made by hand, so that a test can write what no program would: lying sizes, wrong checksums, odd names.
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipEntry = {
  name: string
  bytes: Buffer | string
  /** What the directory claims instead of the truth. */
  claims?: { size?: number; crc?: number }
  stored?: boolean
  flags?: number
}

/** A zip of these entries. */
export function makeZip(entries: ZipEntry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes)
    const data = entry.stored ? bytes : deflateRawSync(bytes)
    const name = Buffer.from(entry.name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(entry.flags ?? 0, 2)
    fields.writeUInt16LE(entry.stored ? 0 : 8, 4)
    fields.writeUInt32LE(entry.claims?.crc ?? crc32(bytes), 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(entry.claims?.size ?? bytes.length, 18)
    fields.writeUInt16LE(name.length, 22)
    files.push(Buffer.from('PK\x03\x04', 'latin1'), fields, name, data)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, name)
    offset += 30 + name.length + data.length
  }
  const size = directory.reduce((total, part) => total + part.length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, ...directory, end])
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships'

type HandMade = {
  /** XML inside <worksheet>, or a whole document when it begins with `<?xml` or `<!`. */
  sheet: string
  strings?: string
  styles?: string
  /** Attributes of <workbookPr>. */
  workbook_pr?: string
  sheet_state?: string
  more?: ZipEntry[]
  change?: (entry: ZipEntry) => ZipEntry
}

/** A workbook of one sheet called 明细, written part by part. */
export function makeWorkbook(given: HandMade): Buffer {
  const whole = given.sheet.startsWith('<?xml') || given.sheet.startsWith('<!')
  const state = given.sheet_state ? ` state="${given.sheet_state}"` : ''
  const entries: ZipEntry[] = [
    { name: '_rels/.rels', bytes: relations([['rId1', 'officeDocument', 'xl/workbook.xml']]) },
    {
      name: 'xl/workbook.xml',
      bytes: `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr ${given.workbook_pr ?? ''}/><sheets><sheet name="明细" sheetId="1"${state} r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      bytes: relations([
        ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
        ['rId2', 'styles', '/xl/styles.xml'],
        ['rId3', 'sharedStrings', './sharedStrings.xml'],
      ]),
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      bytes: whole ? given.sheet : `<worksheet xmlns="${MAIN}">${given.sheet}</worksheet>`,
    },
    {
      name: 'xl/styles.xml',
      bytes: `<styleSheet xmlns="${MAIN}">${given.styles ?? '<cellXfs><xf numFmtId="0"/></cellXfs>'}</styleSheet>`,
    },
    { name: 'xl/sharedStrings.xml', bytes: `<sst xmlns="${MAIN}">${given.strings ?? ''}</sst>` },
    ...(given.more ?? []),
  ]
  return makeZip(given.change ? entries.map(given.change) : entries)
}

function relations(list: [string, string, string][]): string {
  const items = list.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${PACKAGE}">${items.join('')}</Relationships>`
}
