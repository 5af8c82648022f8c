// The guarded reader: what every file of the fixtures gives, files of other writers, and zips no program would write.
import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { columnName, dateOfSerial, isDateFormat } from '../../server/workbook/cells.ts'
import {
  LIMITS,
  type Limits,
  readWorkbook,
  type SheetRow,
  type WorkbookCell,
  WorkbookRefused,
} from '../../server/workbook/read.ts'
import { fixture } from '../support/workbooks.ts'
import { makeWorkbook, makeZip } from '../support/zip.ts'

async function allRows(bytes: Buffer, name = '表.xlsx', limits?: Partial<Limits>): Promise<SheetRow[][]> {
  const workbook = await readWorkbook(bytes, name, { limits })
  const sheets: SheetRow[][] = []
  for (const sheet of workbook.sheets) {
    const rows: SheetRow[] = []
    for await (const batch of sheet.rows()) rows.push(...batch)
    sheets.push(rows)
  }
  return sheets
}

/** The values of the first sheet, row by row. */
async function values(bytes: Buffer, name?: string) {
  const [rows = []] = await allRows(bytes, name)
  return rows.map((row) => Array.from(row.cells, (cell) => (cell ? cell.value : undefined)))
}

async function refusal(bytes: Buffer, name = '表.xlsx', limits?: Partial<Limits>): Promise<WorkbookRefused> {
  const error = await allRows(bytes, name, limits).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(WorkbookRefused)
  return error as WorkbookRefused
}

const row1 = (cells: string) => `<sheetData><row r="1">${cells}</row></sheetData>`

describe('what clerks send', () => {
  const cases: [string, string, number, number, [number, number, Partial<WorkbookCell>][]][] = [
    ['附件1 2019年任务分配表.xlsx', '任务分配表', 20, 2, [[4, 2, { kind: 'number', value: 7 }]]],
    [
      '附件3 基层工会组织统计表（合肥）.xlsx',
      '基层工会组织',
      32,
      17,
      [
        [6, 7, { kind: 'date', value: '2019-06-20' }],
        [6, 3, { kind: 'text', value: '813401007709110469' }],
        [31, 5, { kind: 'formula_uncached', value: null }],
      ],
    ],
    [
      '线下活动汇总 合肥市(1).xlsx',
      'Sheet1',
      24,
      3,
      [
        [5, 1, { kind: 'date', value: '2019-06-21' }],
        [6, 1, { kind: 'number', value: 43696 }],
        [23, 5, { kind: 'number', value: 5101 }],
      ],
    ],
    [
      '附件6 签到表 合肥（5000人次）.xlsx',
      '签到',
      5004,
      2,
      [
        [6, 7, { kind: 'number', value: 15805203698, text: '15805203698' }],
        [6, 8, { kind: 'date', value: '2019-06-21T09:39' }],
      ],
    ],
  ]
  test.each(cases)('%s', async (file, sheet_name, row_count, merge_count, cells) => {
    const workbook = await readWorkbook(fixture(file), file)
    expect(workbook.sheets.map((sheet) => sheet.name)).toEqual([sheet_name])
    expect(workbook.sheets[0]?.merges).toHaveLength(merge_count)
    const [rows = []] = await allRows(fixture(file))
    expect(rows).toHaveLength(row_count)
    for (const [number, column, expected] of cells) {
      expect(rows.find((row) => row.number === number)?.cells[column]).toMatchObject(expected)
    }
  })

  test('附件4: two sheets, a hidden column, every spelling of a date', async () => {
    const workbook = await readWorkbook(fixture('附件4 职工好网民宣传员登记表（合肥）(2).xlsx'), '附件4.xlsx')
    expect(workbook.sheets.map((sheet) => sheet.name)).toEqual(['宣传员', '填表说明'])
    expect(workbook.sheets[0]?.hidden_columns).toEqual([{ from: 7, to: 7 }])
    const [rows = []] = await allRows(fixture('附件4 职工好网民宣传员登记表（合肥）(2).xlsx'))
    const dates = rows.filter((row) => row.number > 6 && row.number < 69).map((row) => row.cells[14]?.kind)
    expect(new Set(dates)).toEqual(new Set(['date', 'text', 'number']))
  })
})

describe('odd files', () => {
  test('kinds-1900: every kind of cell gives its value', async () => {
    const [rows = []] = await allRows(fixture('kinds-1900.xlsx'))
    const second = rows[1]?.cells ?? []
    expect(second.map((cell) => cell?.value)).toEqual([
      '王伟',
      '2026-01-01',
      2,
      '红字',
      true,
      null,
      undefined,
      '013800138000',
      ' a&b <c> 第一行\n第二行\nx ',
      '2026-01-01T12:00',
    ])
    expect(second[5]).toEqual({ kind: 'error', value: null, text: '#N/A' })
    expect(second[1]?.serial).toBe(46023)
    expect(rows[2]).toMatchObject({ number: 3, hidden: true })
    expect(rows[2]?.cells[2]?.value).toBe('隐藏行x')
    expect(rows[3]?.cells[0]?.value).toBe('内联 富文本')
    expect(rows[3]?.cells[2]).toMatchObject({ kind: 'formula_uncached', value: null })
  })

  test('prefix-x and no-refs read like any workbook', async () => {
    expect(await values(fixture('prefix-x.xlsx'))).toEqual([['姓名'], ['王伟']])
    expect(await values(fixture('no-refs.xlsx'))).toEqual([
      ['姓名', '手机号'],
      ['王伟', '013800138000'],
    ])
  })

  test('merge-deep: a merge over the whole sheet is a range, not 17 thousand million cells', async () => {
    const workbook = await readWorkbook(fixture('merge-deep.xlsx'), 'merge-deep.xlsx')
    expect(workbook.sheets[0]?.merges[0]).toEqual({ from_row: 1, from_column: 0, to_row: 1048576, to_column: 16383 })
  })

  test('gb18030.csv: the encoding is found', async () => {
    expect(await values(fixture('gb18030.csv'), 'gb18030.csv')).toEqual([
      ['姓名', '日期'],
      ['王伟', '2026-01-01'],
    ])
  })
})

describe('hostile and broken files are refused with a sentence', () => {
  test.each([
    ['bomb-one-cell-600mb.xlsx', 'too_large', '展开后太大'],
    ['truncated.xlsx', 'damaged', '这个文件不完整'],
    ['billion-laughs.xlsx', 'unsafe', '为安全起见'],
    ['xls-renamed.xlsx', 'old_format', '另存为 .xlsx'],
    ['encrypted.xlsx', 'encrypted', '工作簿有密码'],
  ])('%s', async (file, reason, words) => {
    const before = process.memoryUsage().rss
    const error = await refusal(fixture(file), file)
    expect(error.reason).toBe(reason)
    expect(error.message).toContain(words)
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6)
  })

  test.each([
    ['nothing', Buffer.alloc(0), '表.xlsx', 'empty'],
    ['an empty csv', Buffer.from('\ufeff,,\n\n'), '表.csv', 'empty'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), '表.xlsx', 'not_a_workbook'],
    ['a pdf', Buffer.from('%PDF-1.7 \n1 0 obj'), '表.xlsx', 'not_a_workbook'],
    ['a web page called .xls', Buffer.from('<html><table><tr><td>姓名</td></tr></table>'), '表.xls', 'old_format'],
    ['a Word file', makeZip([{ name: 'word/document.xml', bytes: '<document/>' }]), '表.xlsx', 'not_a_workbook'],
    ['an OpenDocument sheet', makeZip([{ name: 'mimetype', bytes: 'x', stored: true }]), '表.ods', 'old_format'],
    ['an unclosed quote', Buffer.from('姓名,单位\n"程雨桐,某厂\n'), '表.csv', 'damaged'],
  ])('%s', async (_what, bytes, name, reason) => {
    expect((await refusal(bytes, name)).reason).toBe(reason)
  })

  const good = row1('<c r="A1" t="inlineStr"><is><t>姓名</t></is></c>')
  const onSheet = (claims: object, more: object = {}) =>
    makeWorkbook({
      sheet: good,
      change: (entry) => (entry.name.includes('sheet1') ? { ...entry, ...more, claims } : entry),
    })

  test('a wrong checksum, sizes that lie, an encrypted part, half a document', async () => {
    expect((await refusal(onSheet({ crc: 1 }))).reason).toBe('damaged')
    expect((await refusal(onSheet({ size: 10 }))).reason).toBe('damaged')
    expect((await refusal(onSheet({ size: 10 ** 9 }))).reason).toBe('too_large')
    expect((await refusal(onSheet({}, { flags: 1 }))).reason).toBe('encrypted')
    expect((await refusal(makeWorkbook({ sheet: `<?xml version="1.0"?><worksheet>${good}` }))).reason).toBe('damaged')
    expect((await refusal(makeWorkbook({ sheet: '<sheetData><row></c></sheetData>' }))).reason).toBe('damaged')
    expect((await refusal(makeWorkbook({ sheet: row1('<c t="s"><v>7</v></c>') }))).reason).toBe('damaged')
    expect((await refusal(makeWorkbook({ sheet: row1('<c t="str"><v>&evil;</v></c>') }))).reason).toBe('damaged')
  })

  test('a bomb whose directory claims to be small', async () => {
    const bomb = Buffer.alloc(60e6, ' ')
    const bytes = makeWorkbook({
      sheet: `<sheetData/>${bomb.toString('latin1')}`,
      change: (entry) => (entry.name.includes('sheet1') ? { ...entry, claims: { size: 1000 } } : entry),
    })
    expect((await refusal(bytes)).reason).toBe('too_large')
  })

  test('20,000 entries, too many rows, columns, cells, merges, strings, letters', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ name: `x/${index}`, bytes: '', stored: true }))
    expect((await refusal(makeWorkbook({ sheet: good, more: many }))).reason).toBe('too_large')
    const rows = '<row><c><v>1</v></c></row>'.repeat(20)
    expect((await refusal(makeWorkbook({ sheet: `<sheetData>${rows}</sheetData>` }), 'x', { rows: 10 })).reason).toBe(
      'too_many_rows',
    )
    expect((await refusal(makeWorkbook({ sheet: row1('<c r="XFD1"><v>1</v></c>') }))).reason).toBe('too_many_columns')
    const blanks = `<sheetData><row r="1">${'<c s="0"/>'.repeat(1000)}</row></sheetData>`
    expect((await refusal(makeWorkbook({ sheet: blanks }), 'x', { cells: 900 })).reason).toBe('too_large')
    const merges = `<sheetData/><mergeCells>${'<mergeCell ref="A1:B2"/>'.repeat(LIMITS.merges + 1)}</mergeCells>`
    expect((await refusal(makeWorkbook({ sheet: merges }))).reason).toBe('too_large')
    const strings = '<si><t>工会</t></si>'.repeat(20)
    expect((await refusal(makeWorkbook({ sheet: good, strings }), 'x', { shared_text: 30 })).reason).toBe('too_large')
    const long = row1(`<c t="inlineStr"><is><t>${'长'.repeat(LIMITS.text + 1)}</t></is></c>`)
    expect((await refusal(makeWorkbook({ sheet: long }))).reason).toBe('too_large')
  })

  test('a million blank rows with a style are read past, not refused', async () => {
    const blank = Array.from({ length: 300_000 }, (_, index) => `<row r="${index + 2}" s="1" customFormat="1"/>`).join(
      '',
    )
    const bytes = makeWorkbook({ sheet: `<sheetData><row r="1"><c><v>7</v></c></row>${blank}</sheetData>` })
    expect(await values(bytes)).toEqual([[7]])
  })

  test('a read can be cancelled', async () => {
    const stop = new AbortController()
    stop.abort()
    await expect(readWorkbook(fixture('no-refs.xlsx'), 'x.xlsx', { signal: stop.signal })).rejects.toMatchObject({
      reason: 'cancelled',
    })
  })

  test('a bit flipped anywhere never does anything but read or refuse', async () => {
    const original = fixture('附件3 基层工会组织统计表（合肥）.xlsx')
    for (let at = 7; at < original.length; at += 97) {
      const bytes = Buffer.from(original)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      await allRows(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(WorkbookRefused))
      await allRows(original.subarray(0, at)).catch((error: unknown) => expect(error).toBeInstanceOf(WorkbookRefused))
    }
  })
})

describe('odd spellings of the same things', () => {
  test('paths with backslashes, upper case, .. and a leading slash', async () => {
    const bytes = makeWorkbook({
      sheet: row1('<c t="inlineStr"><is><t>姓名</t></is></c>'),
      more: [{ name: '../../etc/passwd', bytes: 'x' }],
      change: (entry) => ({
        ...entry,
        name: entry.name.replace('xl/worksheets/sheet1.xml', '\\XL\\Worksheets\\Sheet1.xml'),
      }),
    })
    expect(await values(bytes)).toEqual([['姓名']])
  })

  test('UTF-16 parts, single quotes, CDATA, comments, character numbers', async () => {
    const sheet = `<?xml version='1.0' encoding='UTF-16'?><!-- 说明 > --><w:worksheet xmlns:w='m'><w:sheetData><w:row r = '3'><w:c\n r='B3' t='inlineStr' x="a>b"><w:is><w:t><![CDATA[甲<乙>]]>&#20057;&#x4e19;&lt;</w:t></w:is></w:c></w:row></w:sheetData></w:worksheet>`
    const bytes = makeWorkbook({
      sheet: '<!',
      change: (entry) =>
        entry.name.includes('sheet1') ? { ...entry, bytes: Buffer.from(`\ufeff${sheet}`, 'utf16le') } : entry,
    })
    const [rows = []] = await allRows(bytes)
    expect(rows).toMatchObject([{ number: 3 }])
    expect(rows[0]?.cells[1]?.value).toBe('甲<乙>乙丙<')
  })

  test('escapes, phonetic guides, control characters and halves of characters', async () => {
    const strings =
      '<si><t>第一行_x000D_\n第二行_x005F_x000D_</t></si><si><r><t>安</t></r><r><t>徽</t></r><rPh sb="0" eb="1"><t>アン</t></rPh></si><si><t>a_x0000_b_xD800_</t></si>'
    const bytes = makeWorkbook({
      sheet: row1('<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c>'),
      strings,
    })
    expect(await values(bytes)).toEqual([['第一行\n第二行_x000D_', '安徽', 'ab\ufffd']])
  })

  test('formulas: a stored 0 and a stored empty text are results, a missing one is told', async () => {
    const bytes = makeWorkbook({
      sheet: row1(
        '<c><f>A1</f><v>0</v></c><c t="str"><f>A1</f><v></v></c><c><f>A1</f><v/></c><c><f>A1</f></c><c><f t="shared" si="0"/><v>5</v></c>',
      ),
    })
    const [rows = []] = await allRows(bytes)
    expect(Array.from(rows[0]?.cells ?? [], (cell) => cell?.kind)).toEqual([
      'number',
      undefined,
      'formula_uncached',
      'formula_uncached',
      'number',
    ])
    expect(rows[0]?.cells[0]?.value).toBe(0)
  })

  test('the 1904 calendar, ISO dates, Chinese date formats and times of day', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="176" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="177" formatCode="0.00&quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="20"/></cellXfs>'
    const cells =
      '<c><v>43634</v></c><c s="1"><v>43634</v></c><c s="2"><v>43634.41666666</v></c><c s="3"><v>43634</v></c><c s="4"><v>0.5</v></c><c t="d"><v>2019-06-18T00:00:00</v></c>'
    const day = '2019-06-18'
    expect(await values(makeWorkbook({ sheet: row1(cells), styles }))).toEqual([
      [43634, day, `${day}T10:00`, 43634, '12:00', day],
    ])
    const later = await values(makeWorkbook({ sheet: row1(cells), styles, workbook_pr: 'date1904="1"' }))
    expect(later[0]?.[1]).toBe('2023-06-19')
  })

  test('knows serial numbers and number formats', () => {
    expect([1, 59, 60, 61, 25569, 43634, 2958465].map((serial) => dateOfSerial(serial, false))).toEqual([
      '1900-01-01',
      '1900-02-28',
      undefined,
      '1900-03-01',
      '1970-01-01',
      '2019-06-18',
      '9999-12-31',
    ])
    expect([-1, 2958466, Number.NaN].map((serial) => dateOfSerial(serial, false))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    for (const format of ['yyyy\\-mm\\-dd', 'm"月"d"日"', '[h]:mm', 'h:mm AM/PM', '[DBNum1][$-804]yyyy年m月']) {
      expect(isDateFormat(format), format).toBe(true)
    }
    for (const format of [
      'General',
      '0.00E+00',
      '#,##0"天 day"',
      '[Red]0',
      '@',
      '0_d',
      '0\\s',
      'G/通用格式',
      '"¥"#,##0.00',
    ]) {
      expect(isDateFormat(format), format).toBe(false)
    }
    expect([0, 25, 26, 701, 702, 16383].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD'])
  })

  test('separated text: encodings, quotes, line ends, tabs', async () => {
    const text = '姓名,单位\r\n"程雨桐","某厂, ""一""车间\n二组"\r\n\r\n="013800001027",x\r\n'
    const expected = [
      ['姓名', '单位'],
      ['程雨桐', '某厂, "一"车间\n二组'],
      ['013800001027', 'x'],
    ]
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
      iconv.encode(text, 'gb18030'),
    ]) {
      expect(await values(bytes, '表.csv')).toEqual(expected)
    }
    expect((await allRows(Buffer.from(text), '表.csv'))[0]?.map((row) => row.number)).toEqual([1, 2, 4])
    expect(await values(Buffer.from('姓名\t单位, 部门\n程雨桐\t某厂'), '表.tsv')).toEqual([
      ['姓名', '单位, 部门'],
      ['程雨桐', '某厂'],
    ])
    expect(await values(Buffer.from('姓名\t单位\n程雨桐\t某厂'), '导出.xls')).toHaveLength(2)
  })
})

describe('files of exceljs', () => {
  test('reads back what both of its writers wrote, with no character lost', async () => {
    const line = (index: number) => [
      `第${index}行 职工好网民 𠮷`,
      13_800_001_027,
      new Date(Date.UTC(2019, 5, 18, 8, 30)),
      index % 2 === 0,
    ]
    const in_memory = new ExcelJS.Workbook()
    const sheet = in_memory.addWorksheet('名单')
    sheet.getColumn(3).numFmt = 'yyyy-mm-dd hh:mm'
    for (let index = 0; index < 3000; index++) sheet.addRow(line(index))
    const one = Buffer.from(await in_memory.xlsx.writeBuffer())

    const chunks: Buffer[] = []
    const { PassThrough } = await import('node:stream')
    const stream = new PassThrough()
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const streaming = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useStyles: true })
    const streamed = streaming.addWorksheet('名单')
    streamed.getColumn(3).numFmt = 'yyyy-mm-dd hh:mm'
    for (let index = 0; index < 3000; index++) streamed.addRow(line(index)).commit()
    await streaming.commit()

    for (const bytes of [one, Buffer.concat(chunks)]) {
      const rows = await values(bytes)
      expect(rows).toHaveLength(3000)
      for (const [index, row] of rows.entries()) {
        expect(row).toEqual([`第${index}行 职工好网民 𠮷`, 13_800_001_027, '2019-06-18T08:30', index % 2 === 0])
      }
    }
  })
})
describe('separators', () => {
  const rowsIn = async (text: string | Buffer, name = '表.csv') => {
    const { sheets } = await readWorkbook(Buffer.from(text), name)
    const rows: (string | undefined)[][] = []
    for await (const batch of sheets[0]?.rows() ?? [])
      rows.push(...batch.map(({ cells }) => Array.from(cells, (cell) => cell?.text)))
    return rows
  }
  const wanted = [
    ['姓名', '单位', '手机号'],
    ['程雨桐', '某厂', '13800000001'],
    ['陈雪琴', '某厂', '13800000002'],
  ]

  test.each([',', '\t', ';', '|', '，', '、'])(
    '%j is found, with titles above and other ones in texts',
    async (separator) => {
      const other = separator === '，' ? '、' : '，'
      const text = `2019年签到表${other}共两人\n${wanted.map((row) => row.join(separator)).join('\r\n')}\n`
      expect((await rowsIn(text)).slice(1)).toEqual(wanted)
    },
  )

  test('sep= names it and is no row, cells that end in tabs are cells without', async () => {
    expect(await rowsIn(`sep=|\r\n${wanted.map((row) => row.join('|')).join('\r\n')}`)).toEqual(wanted)
    const ended = wanted.map((row) => row.map((cell) => `${cell}\t`).join(',')).join('\r\n')
    expect(await rowsIn(ended)).toEqual(wanted)
    const quoted = wanted.map((row) => row.map((cell) => `"${cell}\t"`).join(',')).join('\r\n')
    expect(await rowsIn(quoted)).toEqual(wanted)
    expect((await rowsIn(fixture('B16a-签到-每格尾随制表符-马鞍山.csv'))).every((row) => row.length === 5)).toBe(true)
  })

  test('where none is found a sentence says so', async () => {
    await expect(rowsIn('姓名 单位\n程雨桐 某厂\n')).rejects.toThrow('看不出栏目之间用什么隔开')
  })
})
