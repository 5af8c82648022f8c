// Somebody else's workbook patched into a table of errors: whatever the producer, only what must change changes, and what
// can't be patched is said to be so.
import ExcelJS from 'exceljs'
import { describe, expect, test } from 'vitest'
import { type Form, forms } from '../../server/forms/index.ts'
import { readImport } from '../../server/imports/read/file.ts'
import { type FaultsBySheet, patchSent, type SheetFaults } from '../../server/imports/tell/error_patch.ts'
import { parseRange } from '../../server/workbook/cells.ts'
import { withBoxes, withComments } from '../../server/workbook/patch/notes.ts'
import { openStyles } from '../../server/workbook/patch/styles.ts'
import { elementAt, nextTag, openRoot, withAttribute } from '../../server/workbook/raw_xml.ts'
import { readWorkbook, type SheetRow, WorkbookRefused } from '../../server/workbook/read.ts'
import { unzip, type ZipEntry, zip } from '../../server/workbook/zip_write.ts'
import { fixture } from '../support/workbooks.ts'

const form = forms.propagandists as Form

/** Faults as 'sheet!cell' → sentence. */
function faultsOf(said: Record<string, string>, above: Record<string, string> = {}): FaultsBySheet {
  const faults: FaultsBySheet = new Map()
  const sheetOf = (address: string) => {
    const [name = '', cell = ''] = address.split('!')
    const known: SheetFaults = faults.get(name) ?? { rows: new Map(), general: [] }
    faults.set(name, known)
    const place = parseRange(cell)
    return { known, row: place?.from_row ?? 0, column: place?.from_column ?? 0 }
  }
  for (const [address, message] of Object.entries(said)) {
    const { known, row, column } = sheetOf(address)
    known.rows.set(row, [...(known.rows.get(row) ?? []), { column, message }])
  }
  for (const [address, message] of Object.entries(above)) {
    const { known, row, column } = sheetOf(address)
    known.general.push({ row, column, message })
  }
  return faults
}

async function patched(bytes: Buffer, faults: FaultsBySheet, more: Partial<Parameters<typeof patchSent>[0]> = {}) {
  const pieces: Buffer[] = []
  let reason: string | undefined
  for await (const message of patchSent({ bytes, file_name: '甲.xlsx', form, import_id: 7, faults, ...more })) {
    if (message.kind === 'piece') pieces.push(Buffer.from(message.bytes))
    else reason = message.reason
  }
  return { bytes: Buffer.concat(pieces), reason }
}

async function opened(bytes: Buffer) {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  return book
}
const firstSheet = async (bytes: Buffer) => (await opened(bytes)).worksheets[0] as ExcelJS.Worksheet
const isRed = ({ fill }: ExcelJS.Cell) => fill?.type === 'pattern' && fill.fgColor?.argb === 'FFFFC7CE'
const redCells = (sheet: ExcelJS.Worksheet) => {
  const red: string[] = []
  sheet.eachRow({ includeEmpty: true }, (row) =>
    row.eachCell({ includeEmpty: true }, (cell) => void (isRed(cell) && red.push(cell.address))),
  )
  return red
}
const hiddenRows = (sheet: ExcelJS.Worksheet) =>
  Array.from({ length: sheet.rowCount }, (_, at) => at + 1).filter((row) => sheet.getRow(row).hidden)
const noteOf = ({ note }: ExcelJS.Cell) =>
  typeof note === 'object' ? note.texts?.map(({ text }) => text).join('') : note

/** The same workbook with its parts rewritten; null takes one out. */
async function rewritten(
  bytes: Buffer,
  change: (name: string, xml: string) => string | Buffer | null,
): Promise<Buffer> {
  const parts = await unzip(bytes)
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    for (const { name, bytes: content } of parts) {
      const text = change(name, content.toString('utf8'))
      if (text !== null) yield { name, content: typeof text === 'string' ? Buffer.from(text) : text }
    }
  }
  const pieces: Buffer[] = []
  for await (const piece of zip(entries())) pieces.push(piece)
  return Buffer.concat(pieces)
}

const heading = ['序号', '姓名', '工作单位及职务', '手机号', '发展日期']
const people = (count: number) =>
  Array.from({ length: count }, (_, n) => [n + 1, `辛${n}`, '某厂 工人', `1380000${1000 + n}`, '2019-06-18'])

async function made(change: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void = () => {}, count = 4) {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('名单')
  sheet.addRows([heading, ...people(count)])
  change(sheet, book)
  return Buffer.from(await book.xlsx.writeBuffer())
}
const one_fault = faultsOf({ '名单!D3': '手机号应是 11 位。' })

describe('a patched workbook', () => {
  test('parts that need no change are the same bytes, packed as they were', async () => {
    const file = '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'
    const before = fixture(file)
    const { bytes } = await patched(before, faultsOf({ '宣传员!I18': '末几位丢了。' }))
    const parts = new Map((await unzip(bytes)).map((part) => [part.name, part.bytes]))
    const changed = (await unzip(before))
      .filter((part) => !parts.get(part.name)?.equals(part.bytes))
      .map(({ name }) => name)
    expect(changed.sort()).toEqual([
      '[Content_Types].xml',
      'xl/_rels/workbook.xml.rels',
      'xl/comments1.xml',
      'xl/drawings/vmlDrawing1.vml',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ])
  })

  test('rows without a fault are filtered out, lines below the table are not', async () => {
    const bytes = await made((sheet) => {
      sheet.addRow(['合计', 4])
      sheet.addRow(['单位负责人（签字）：'])
      sheet.getRow(3).hidden = true
    })
    const sheet = await firstSheet((await patched(bytes, one_fault)).bytes)
    expect([redCells(sheet), hiddenRows(sheet)]).toEqual([['D3'], [2, 4, 5]])
    expect(sheet.getCell('G1').text).toBe('错误说明')
    expect(sheet.getCell('G3').text).toBe('手机号应是 11 位。')
    expect(sheet.autoFilter).toBe('A1:G5')
    expect([2, 3, 4, 5].map((row) => sheet.getCell(row, 6).value)).toEqual([0, 1, 2, 3])
  })

  test('a red cell keeps its font, border and number format', async () => {
    const bytes = await made((sheet) => {
      sheet.getCell('D3').numFmt = '0.00E+00'
      sheet.getCell('D3').font = { name: '黑体', size: 14, bold: true }
      sheet.getCell('D3').border = { top: { style: 'double' } }
      sheet.getCell('D4').style = sheet.getCell('D3').style
    })
    const sheet = await firstSheet((await patched(bytes, one_fault)).bytes)
    const { fill: _, ...style } = sheet.getCell('D3').style
    const { fill: _none, ...before } = (await firstSheet(bytes)).getCell('D3').style
    expect(style).toEqual(before)
    expect(isRed(sheet.getCell('D4'))).toBe(false)
  })

  test('an empty cell, a cell behind the last one and one of a formula turn red', async () => {
    const bytes = await made((sheet) => {
      sheet.getCell('C2').value = null
      sheet.getCell('E4').value = null
      sheet.getCell('D5').value = { formula: 'A5&"1"', result: '51' }
    })
    const faults = faultsOf({ '名单!C2': '必填。', '名单!E4': '必填。', '名单!D5': '不是手机号。' })
    const sheet = await firstSheet((await patched(bytes, faults)).bytes)
    expect(redCells(sheet)).toEqual(['C2', 'E4', 'D5'])
    expect(sheet.getCell('D5').formula).toBe('A5&"1"')
  })

  test('cells that were corrected meanwhile say so', async () => {
    const corrected = {
      corrections: [
        { n: 2, field: 'phone', value: '<138&>' },
        { n: 1, field: 'name', value: '改名' },
        { n: 3, field: 'nonsense', value: 'x' },
        { n: 0, field: 'job', value: null },
      ],
      replacements: [{ field: 'job', from: '某厂 工人', to: '某厂 电工' }],
    }
    const sheet = await firstSheet((await patched(await made(), one_fault, { corrected })).bytes)
    expect([sheet.getCell('D4').text, sheet.getCell('B3').text, sheet.getCell('D3').text]).toEqual([
      '<138&>',
      '改名',
      '13800001001',
    ])
    expect([2, 3, 4, 5].map((row) => sheet.getCell(row, 3).text)).toEqual(['', '某厂 电工', '某厂 电工', '某厂 电工'])
  })

  test('a fault above the table is every row’s', async () => {
    const bytes = await made((sheet) => sheet.insertRow(1, ['“某活动”签到表']))
    const sheet = await firstSheet((await patched(bytes, faultsOf({}, { '名单!A1': '没有这个活动。' }))).bytes)
    expect([redCells(sheet), hiddenRows(sheet)]).toEqual([['A1'], []])
    expect([3, 4, 5, 6].map((row) => sheet.getCell(row, 7).text)).toEqual(Array(4).fill('没有这个活动。'))
  })

  test('notes stand beside the sender’s; a cell with a note of its own keeps it', async () => {
    const bytes = await made((sheet) => {
      sheet.getCell('B2').note = '我的批注'
      sheet.getCell('D3').note = '也是我的'
    })
    const faults = faultsOf({ '名单!D3': '手机号应是 11 位。', '名单!D4': '也是 11 位。' })
    const sheet = await firstSheet((await patched(bytes, faults)).bytes)
    expect(['B2', 'D3', 'D4'].map((address) => noteOf(sheet.getCell(address)))).toEqual([
      '我的批注',
      '也是我的',
      '也是 11 位。',
    ])
  })

  test('our notes of an earlier round go, with their boxes', () => {
    const note = { row: 3, column: 3, text: '一' }
    const first = withComments(
      '<comments xmlns="x"><authors><author>甲</author></authors><commentList><comment ref="A1" authorId="0"><text><t>甲的</t></text></comment></commentList></comments>',
      [note],
    )
    const second = withComments(first.xml, [{ row: 5, column: 0, text: '二' }])
    expect([second.gone, second.fresh]).toEqual([[{ ...note, text: '' }], [{ row: 5, column: 0, text: '二' }]])
    expect([...second.xml.matchAll(/<comment ref="(\w+)"/g)].map(([, ref]) => ref)).toEqual(['A1', 'A5'])
    const boxes = withBoxes('<xml></xml>', first.fresh, [])
    const after = withBoxes(boxes, second.fresh, second.gone)
    expect([...after.matchAll(/<x:Row>(\d+)<\/x:Row>/g)].map(([, row]) => row)).toEqual(['4'])
    expect(after.match(/<v:shapetype/g)).toHaveLength(1)
    expect(new Set([...after.matchAll(/xmlns:\w+/g)].map(([name]) => name)).size).toBe(3)
  })

  test('a filter of the sender gives way, a table of its own keeps its filter', async () => {
    const filtered = await made((sheet) => {
      sheet.autoFilter = 'A1:E5'
    })
    const { bytes } = await patched(filtered, one_fault)
    const parts = new Map((await unzip(bytes)).map((part) => [part.name, part.bytes.toString('utf8')]))
    expect(parts.get('xl/worksheets/sheet1.xml')?.match(/<autoFilter/g)).toHaveLength(1)
    expect(parts.get('xl/workbook.xml')?.match(/_FilterDatabase/g)).toHaveLength(1)
    const tabled = await made((sheet) =>
      sheet.addTable({
        name: 'T',
        ref: 'A1',
        headerRow: true,
        columns: heading.map((name) => ({ name, filterButton: true })),
        rows: people(4),
      }),
    )
    const sheet = await firstSheet((await patched(tabled, one_fault)).bytes)
    expect([sheet.autoFilter ?? null, hiddenRows(sheet), redCells(sheet)]).toEqual([null, [], ['D3']])
  })

  test('things standing to the right of the table stay, our columns go where nothing stands', async () => {
    const bytes = await made((sheet) => {
      sheet.getCell('F4').value = '旁注'
      sheet.getCell('H2').value = '远处'
      sheet.mergeCells('I2:K3')
      sheet.getColumn(7).width = 33
    })
    const sheet = await firstSheet((await patched(bytes, one_fault)).bytes)
    expect([sheet.getCell('F4').text, sheet.getCell('H2').text]).toEqual(['旁注', '远处'])
    expect([sheet.getCell('G1').text, sheet.getCell('L1').text]).toEqual(['原行号（请勿改动）', '错误说明'])
    expect([sheet.getColumn(7).hidden, sheet.getColumn(12).width]).toEqual([true, 64])
  })

  test('sheets without a fault are marked only, sheets of other things are not touched', async () => {
    const bytes = await made((_sheet, book) => {
      book.addWorksheet('第二').addRows([heading, ...people(3)])
      book.addWorksheet('说明').addRow(['看一看'])
      book.addWorksheet('藏', { state: 'hidden' }).addRows([heading, ...people(2)])
    })
    const result = await patched(bytes, faultsOf({ '第二!D3': '手机号应是 11 位。' }))
    const book = await opened(result.bytes)
    const [first, second, third, fourth] = book.worksheets as [
      ExcelJS.Worksheet,
      ExcelJS.Worksheet,
      ExcelJS.Worksheet,
      ExcelJS.Worksheet,
    ]
    expect([first.getCell('F5').value, first.getCell('G1').value, hiddenRows(first)]).toEqual([3, null, []])
    expect([second.getCell('F2').value, second.getCell('G3').text, hiddenRows(second)]).toEqual([
      4,
      '手机号应是 11 位。',
      [2, 4],
    ])
    expect([third.columnCount, fourth.columnCount]).toEqual([1, 5])
  })

  test('read again it is the same table, and says which import and which rows it is', async () => {
    for (const bytes of [await made(), (await patched(await made(), one_fault)).bytes]) {
      const again = (await patched(bytes, one_fault)).bytes
      const messages = []
      for await (const message of readImport({ bytes: again, file_name: '甲.xlsx', form, year: 2019 }))
        messages.push(message)
      const rows = messages.flatMap((message) => (message.kind === 'rows' ? message.rows : []))
      expect(rows.map(({ place }) => place)).toEqual([0, 1, 2, 3])
      expect(rows.map(({ values }) => values.name)).toEqual(['辛0', '辛1', '辛2', '辛3'])
      expect(messages.filter(({ kind }) => kind === 'mark')).toEqual([{ kind: 'mark', import_id: 7 }])
      const sheet = messages.find((message) => message.kind === 'sheet')
      expect(sheet?.kind === 'sheet' && sheet.plan.notes).toEqual([])
      expect((await firstSheet(again)).columnCount).toBe(7)
    }
  })
})

describe('any producer', () => {
  const withPrefix = (xml: string) =>
    xml
      .replace(/<(\/?)([a-zA-Z])/g, '<$1x:$2')
      .replace(
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
        'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
      )

  const cases: [string, (bytes: Buffer) => Promise<Buffer>][] = [
    [
      'with prefixes',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          /xl\/(worksheets\/sheet|styles|workbook\.xml|sharedStrings)/.test(name) ? withPrefix(xml) : xml,
        ),
    ],
    [
      'without references',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('worksheets/sheet') ? xml.replace(/(<(?:c|row)\b[^>]*?) r="[A-Z]*\d+"/g, '$1') : xml,
        ),
    ],
    [
      'with single quotes and blanks',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('worksheets/sheet')
            ? xml.replace(/ (r|s|t)="([^"]*)"/g, "\n $1 = '$2'").replace('<dimension', '<!-- <row> --><dimension')
            : xml,
        ),
    ],
    [
      'with backslashes in names',
      async (bytes) => {
        const entries = async function* (): AsyncGenerator<ZipEntry> {
          for (const part of await unzip(bytes)) yield { name: part.name.replaceAll('/', '\\'), content: part.bytes }
        }
        const pieces: Buffer[] = []
        for await (const piece of zip(entries())) pieces.push(piece)
        return Buffer.concat(pieces)
      },
    ],
    [
      'with columns described to the end of the sheet',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('worksheets/sheet')
            ? xml.replace(
                '<sheetData>',
                '<cols><col min="2" max="3" width="9"/><col min="4" max="16384" width="7.5" style="0"/></cols><sheetData>',
              )
            : xml,
        ),
    ],
  ]
  test.each(cases)('%s', async (_name, change) => {
    const bytes = await change(await made())
    const result = await patched(bytes, one_fault)
    expect(result.reason).toBeUndefined()
    const { sheets } = await readWorkbook(result.bytes, 'x.xlsx')
    expect(sheets.map(({ name, hidden }) => [name, hidden])).toEqual([
      ['名单', false],
      ['_haowangmin', true],
    ])
    const rows: SheetRow[] = []
    for await (const batch of sheets[0]?.rows() ?? []) rows.push(...batch)
    expect(rows.map((row) => [row.number, row.hidden, row.cells[1]?.text, row.cells[6]?.text])).toEqual([
      [1, false, '姓名', '错误说明'],
      [2, true, '辛0', undefined],
      [3, false, '辛1', '手机号应是 11 位。'],
      [4, true, '辛2', undefined],
      [5, true, '辛3', undefined],
    ])
    expect(sheets[0]?.hidden_columns).toEqual([{ from: 5, to: 5 }])
    const styles = (await unzip(result.bytes)).find(({ name }) => name.endsWith('styles.xml'))?.bytes.toString('utf8')
    expect(styles?.match(/FFFFC7CE/g)).toHaveLength(1)
  })

  const impossible: [string, (bytes: Buffer) => Promise<Buffer>][] = [
    [
      'macros',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.startsWith('[Content') ? xml.replace('sheet.main+xml', 'sheet.macroEnabled.main+xml') : xml,
        ),
    ],
    [
      'a strict workbook',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name === 'xl/workbook.xml' ? xml.replace('<sheets>', '<!-- http://purl.oclc.org/ooxml --><sheets>') : xml,
        ),
    ],
    ['no styles', (bytes) => rewritten(bytes, (name, xml) => (name === 'xl/styles.xml' ? '<styleSheet/>' : xml))],
    [
      'a comment among the rows',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('sheet1.xml') && !name.includes('rels')
            ? xml.replace('<row r="3"', '<!-- x --><row r="3"')
            : xml,
        ),
    ],
    [
      'CDATA in a row',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('sheet1.xml') && !name.includes('rels')
            ? xml.replace('</row>', '<c r="H1" t="inlineStr"><is><t><![CDATA[<row>]]></t></is></c></row>')
            : xml,
        ),
    ],
    [
      'UTF-16',
      (bytes) =>
        rewritten(bytes, (name, xml) =>
          name.includes('sheet1.xml') && !name.includes('rels')
            ? Buffer.from(`\ufeff${xml.replace('UTF-8', 'UTF-16')}`, 'utf16le')
            : xml,
        ),
    ],
  ]
  test.each(impossible)('%s: said to be impossible, nothing half', async (_name, change) => {
    expect((await patched(await change(await made()), one_fault)).reason).toBeTypeOf('string')
  })

  test('separated text is no workbook to patch', async () => {
    const bytes = Buffer.from('姓名,工作单位及职务,手机号,发展日期\n甲,某厂,138,2019-06-18\n')
    expect((await patched(bytes, faultsOf({ '甲!C2': '短。' }), { file_name: '甲.csv' })).reason).toBe('format')
  })

  test('spoilt parts: a workbook that can be read again, or none', async () => {
    // the same spoilings in every run
    let state = 20_190_618
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const whole = await made((sheet) => {
      sheet.getCell('B2').note = '我的批注'
      sheet.autoFilter = 'A1:E5'
    })
    const names = (await unzip(whole))
      .map(({ name }) => name)
      .filter((name) => /sheet1|styles|workbook|comments|vml|Types/.test(name))
    const ends = { patched: 0, impossible: 0, refused: 0 }
    for (let n = 0; n < 150; n++) {
      const target = names[n % names.length]
      const bytes = await rewritten(whole, (name, xml) => {
        if (name !== target) return xml
        const tags = [...xml.matchAll(/<[^>]+>/g)]
        const tag = tags[random(tags.length)]
        const at = tag?.index ?? 0
        const end = at + (tag?.[0].length ?? 0)
        const way = random(4)
        if (way === 0) return xml.slice(0, at) + xml.slice(end)
        if (way === 1) return xml.slice(0, end) + tag?.[0] + xml.slice(end)
        if (way === 2) return xml.slice(0, at) + tag?.[0].replace(/\d+/, '999999999') + xml.slice(end)
        return xml.slice(0, at) + tag?.[0].replace(/\s\w+="[^"]*"/, '') + xml.slice(end)
      })
      try {
        const result = await patched(bytes, one_fault)
        if (result.reason !== undefined) ends.impossible++
        else {
          ends.patched++
          const before = await readWorkbook(bytes, 'x.xlsx')
          const after = await readWorkbook(result.bytes, 'x.xlsx')
          expect(after.sheets.map(({ name }) => name)).toEqual([
            ...before.sheets.map(({ name }) => name),
            '_haowangmin',
          ])
          const count = async (sheet: (typeof after.sheets)[0] | undefined) => {
            let rows = 0
            for await (const batch of sheet?.rows() ?? []) rows += batch.length
            return rows
          }
          expect(await count(after.sheets[0])).toBe(await count(before.sheets[0]))
        }
      } catch (error) {
        if (!(error instanceof WorkbookRefused)) throw error
        ends.refused++
      }
    }
    expect(ends.patched).toBeGreaterThan(20)
    expect(ends.refused + ends.impossible).toBeGreaterThan(20)
  })

  test('what the reader refuses is refused here', async () => {
    for (const name of ['truncated.xlsx', 'encrypted.xlsx', 'billion-laughs.xlsx', 'bomb-one-cell-600mb.xlsx'])
      await expect(patched(fixture(name), one_fault)).rejects.toThrow(WorkbookRefused)
  })
})

describe('the pieces', () => {
  test('tags are found whatever stands between them', () => {
    const xml = `<?xml version="1.0"?><!-- <a> --><r a='>' b="/"><x:c/><![CDATA[<d>]]><e>1</e></r>`
    const opened = openRoot(xml)
    expect([opened?.root.name, opened?.root.attributes, opened?.children.map(({ name }) => name)]).toEqual([
      'r',
      ` a='>' b="/"`,
      ['x:c', 'e'],
    ])
    for (const broken of ['', 'x', '<', '<a', '<a b="', '<!--', '<![CDATA[', '<?x', '</a>', '<a><b>'])
      expect([broken, elementAt(broken, 0)]).toEqual([broken, undefined])
    expect(nextTag('<a>', 1)).toBeUndefined()
  })

  test('attributes are set, added and taken out', () => {
    expect(withAttribute(' r="A1" s="3"', 's', 9)).toBe(' r="A1" s="9"')
    expect(withAttribute(` spans='1:3' r="2"`, 'spans', null)).toBe(' r="2"')
    expect(withAttribute('', 'hidden', 1)).toBe(' hidden="1"')
    expect(withAttribute(' spans="1:3"', 's', 1)).toBe(' spans="1:3" s="1"')
  })

  test('styles past what a workbook may hold are refused', () => {
    const formats = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'.repeat(63_998)
    const styles = openStyles(`<styleSheet><fills><fill/></fills><cellXfs>${formats}</cellXfs></styleSheet>`)
    styles?.red(0)
    expect(styles?.xml()).toContain('count="64000"')
    styles?.red(1)
    expect(styles?.xml()).toBeUndefined()
  })
})
