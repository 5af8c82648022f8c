// A workbook of plain text, put together here to go the way of one that somebody sends: sheet by sheet a table from A1.

import { cellAddress } from './cells.ts'
import { escapeText, textCellXml } from './rows.ts'
import { zip } from './zip_write.ts'

/** Rows of text; null is a blank cell. `name` need not be one that Excel allows: only our own reader reads it. */
export type TextSheet = { name: string; rows: readonly (readonly (string | null)[])[] }

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const attributeText = (text: string) => escapeText(text).replaceAll('"', '&quot;')

const sheetXml = ({ rows }: TextSheet): string => {
  const lines = rows.map((cells, row) => {
    const written = cells.map((text, column) => textCellXml(cellAddress(column, row + 1), 0, text))
    return `<row r="${row + 1}">${written.join('')}</row>`
  })
  return `${head}<worksheet xmlns="${main}"><sheetData>${lines.join('')}</sheetData></worksheet>`
}

function partsOf(sheets: readonly TextSheet[]): { name: string; xml: string }[] {
  const listed = sheets.map(
    ({ name }, n) => `<sheet name="${attributeText(name)}" sheetId="${n + 1}" r:id="r${n + 1}"/>`,
  )
  const relations = sheets.map(
    (_, n) => `<Relationship Id="r${n + 1}" Type="${office}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`,
  )
  const overrides = sheets.map(
    (_, n) => `<Override PartName="/xl/worksheets/sheet${n + 1}.xml" ContentType="${types}.worksheet+xml"/>`,
  )
  return [
    {
      name: '[Content_Types].xml',
      xml: `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>${overrides.join('')}</Types>`,
    },
    {
      name: '_rels/.rels',
      xml: `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      xml: `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${listed.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      xml: `${head}<Relationships xmlns="${packages}/relationships">${relations.join('')}</Relationships>`,
    },
    ...sheets.map((sheet, n) => ({ name: `xl/worksheets/sheet${n + 1}.xml`, xml: sheetXml(sheet) })),
  ]
}

/** The bytes of a workbook with these sheets. */
export async function textWorkbook(sheets: readonly TextSheet[]): Promise<Buffer> {
  async function* entries() {
    for (const { name, xml } of partsOf(sheets)) yield { name, content: Buffer.from(xml) }
  }
  const pieces: Buffer[] = []
  for await (const piece of zip(entries())) pieces.push(piece)
  return Buffer.concat(pieces)
}
