// 下载错误表: the sender's own workbook comes back with red cells, notes and 错误说明; where that can't be, a clean one of the
// rows at fault. Corrected, it is uploaded like any file.
import { writeFileSync } from 'node:fs'
import type ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blanked } from '../../server/forms/index.ts'
import { unzip } from '../../server/workbook/zip_write.ts'
import { binary } from '../support/matrix.ts'
import { type Cells, fixture, opened, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let hefei: Agent
/** Gets no file back whole that another unit sent: always the clean table. */
let province: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  province = await world.as('province')
  // 附件4 names the organizations of 附件3
  const file = '附件3 基层工会组织统计表（合肥）.xlsx'
  const checked = await hefei.upload('/organizations/imports', fixture(file), file)
  await hefei.post(`/imports/${checked.body.id}/apply`, { only_valid: true }).expect(200)
})
afterAll(() => world?.close())

async function fetched(agent: Agent, id: number): Promise<Buffer> {
  const answer = await binary(agent.get(`/imports/${id}/errors.xlsx`))
  expect(answer.status).toBe(200)
  expect(answer.headers['content-disposition']).toMatch(
    /^attachment; filename="errors.xlsx"; filename\*=UTF-8''.*%EF%BC%88/,
  )
  expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
  return answer.body
}

const textOf = (sheet: ExcelJS.Worksheet | undefined, row: number) => {
  const cells: string[] = []
  sheet?.getRow(row).eachCell((cell) => void cells.push(cell.isMerged && cell.master !== cell ? '' : cell.text))
  return cells
}
const noteOf = (cell: ExcelJS.Cell | undefined) =>
  typeof cell?.note === 'object' ? cell.note.texts?.map(({ text }) => text).join('') : cell?.note
const isRed = (cell: ExcelJS.Cell | undefined) =>
  cell?.fill?.type === 'pattern' && cell.fill.fgColor?.argb === 'FFFFC7CE'

/** What a sheet says, cell by cell. */
const cellsOf = (sheet: ExcelJS.Worksheet | undefined) => {
  const cells = new Map<string, { value: unknown; style: unknown }>()
  sheet?.eachRow({ includeEmpty: true }, (row) =>
    row.eachCell(
      { includeEmpty: true },
      (cell) => void cells.set(cell.address, { value: cell.value, style: cell.style }),
    ),
  )
  return cells
}

describe('the own workbook', () => {
  const file = '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'

  test('comes back untouched but for red cells, a note on each, 错误说明 and a filter on it', async () => {
    const checked = await hefei.upload('/propagandists/imports', fixture(file), file)
    expect(checked.body.wrong).toBe(6)
    const bytes = await fetched(hefei, checked.body.id)
    if (process.env.SHOTS) writeFileSync(`${process.env.SHOTS}/errors-4.xlsx`, bytes)
    const before = await opened(fixture(file))
    const book = await opened(bytes)
    expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([
      ['宣传员', 'visible'],
      ['填表说明', 'visible'],
      ['_haowangmin', 'hidden'],
    ])
    expect(book.getWorksheet('_haowangmin')?.getCell('A1').text).toBe(`{"import":${checked.body.id}}`)
    const sheet = book.worksheets[0]
    const heading_row = checked.body.sheets[0].heading_row as number
    const errors = checked.body.errors as { cell: string; message: string }[]
    const wrong = new Map(errors.map(({ cell, message }) => [cell.split('!')[1] ?? '', message]))
    const after = cellsOf(sheet)
    for (const [address, cell] of cellsOf(before.worksheets[0])) {
      const is_identity = /^\d{17}[\dX]$/.test(String(cell.value))
      expect([address, after.get(address)?.value]).toEqual([address, is_identity ? blanked : cell.value])
      const red = isRed(sheet?.getCell(address))
      expect([address, red]).toEqual([address, wrong.has(address)])
      const { fill: _red, ...style } = (after.get(address)?.style ?? {}) as ExcelJS.Style
      const { fill: _plain, ...was } = cell.style as ExcelJS.Style
      expect([address, style]).toEqual([address, was])
    }
    const columns = before.worksheets[0]?.columnCount ?? 0
    expect([sheet?.getColumn(columns + 1).hidden, sheet?.getColumn(columns + 2).hidden]).toEqual([true, false])
    expect(sheet?.getCell(heading_row, columns + 2).text).toBe('错误说明')
    for (const [address, message] of wrong) {
      const cell = sheet?.getCell(address)
      const row = sheet?.getRow(Number(cell?.row))
      expect([noteOf(cell), row?.getCell(columns + 2).text, row?.hidden]).toEqual([message, message, false])
    }
    const seen = [...Array(sheet?.rowCount ?? 0).keys()].filter((at) => !sheet?.getRow(at + 1).hidden)
    expect(seen.filter((at) => at + 1 > heading_row && at + 1 < 67)).toHaveLength(6)
    expect(sheet?.autoFilter).toMatchObject(expect.stringMatching(new RegExp(`^A${heading_row}:Q\\d+$`)))
    // every row says which row of the file it is, wherever it is sorted to
    expect(sheet?.getCell(heading_row + 1, columns + 1).value).toBe(0)
    // the notes of the sender are there still
    const notes = (each: ExcelJS.Worksheet | undefined) => {
      const found: string[] = []
      each?.eachRow((row) => row.eachCell((cell) => void (cell.note && found.push(`${cell.address} ${noteOf(cell)}`))))
      return found
    }
    expect(notes(sheet)).toEqual(expect.arrayContaining(notes(before.worksheets[0])))
  })

  test('uploaded again as it is says the same; corrected, it goes in like any file', async () => {
    const checked = await hefei.upload('/propagandists/imports', fixture(file), file)
    await hefei.post(`/imports/${checked.body.id}/apply`, { only_valid: true }).expect(200)
    // the faulty rows of an applied import can still be fetched
    const bytes = await fetched(hefei, checked.body.id)
    const again = await hefei.upload('/propagandists/imports', bytes, '错误表.xlsx')
    expect(again.body).toMatchObject({ rows: checked.body.rows, wrong: 6, create: 0, update: 0 })
    expect(again.body.errors).toEqual(checked.body.errors)
    expect(again.body.sheets[0].ignored).toEqual(checked.body.sheets[0].ignored)
    expect(again.body.sheets[0].columns).toEqual(checked.body.sheets[0].columns)
    const book = await opened(bytes)
    const sheet = book.worksheets[0]
    const first = (again.body.errors[0].cell as string).split('!')[1] ?? ''
    expect(again.body.errors[0].field).toBe('phone')
    if (sheet) sheet.getCell(first).value = '13800001077'
    const corrected = Buffer.from(await book.xlsx.writeBuffer())
    const once_more = await hefei.upload('/propagandists/imports', corrected, '错误表.xlsx')
    expect(once_more.body).toMatchObject({ rows: checked.body.rows, wrong: 5, create: 1 })
    await hefei.post(`/imports/${once_more.body.id}/apply`, { only_valid: true }).expect(200)
    // the table of a table: one column 错误说明, the old words gone
    const third = (await opened(await fetched(hefei, once_more.body.id))).worksheets[0]
    expect(third?.columnCount).toBe(sheet?.columnCount)
    expect(third?.getCell(Number(sheet?.getCell(first).row), third.columnCount).text).toBe('')
    expect(noteOf(third?.getCell('I27'))).toBe(once_more.body.errors[0].message)
  })

  test('corrected and sent back, sorted or not, it joins its import until nothing is left', async () => {
    const rows: Cells[] = [
      ['姓名', '工作单位及职务', '手机号', '发展日期'],
      ['戌一', '某厂', '1380000109', '2019-06-18'],
      ['戌二', '某厂', '13800001092', '2019-06-18'],
      ['戌三', '某厂', '13800001093', '2019-02-30'],
      ['戌四', '某厂', '138', '2019-06-18'],
    ]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: { rows } }), '名单.xlsx')
    expect(checked.body).toMatchObject({ rows: 4, wrong: 3 })
    const first = await opened(await fetched(hefei, checked.body.id))
    const sheet = first.worksheets[0] as ExcelJS.Worksheet
    sheet.getCell('C2').value = '13800001091'
    const [above, below] = [sheet.getRow(2).values, sheet.getRow(5).values] as ExcelJS.CellValue[][]
    sheet.getRow(2).values = below ?? []
    sheet.getRow(5).values = above ?? []
    const again = await hefei.upload(
      '/propagandists/imports',
      Buffer.from(await first.xlsx.writeBuffer()),
      '错误表.xlsx',
    )
    expect(again.body).toMatchObject({ id: checked.body.id, rows: 4, wrong: 2 })
    // the next table of the same import says what was corrected, and asks for the rest
    const second = await opened(await fetched(hefei, checked.body.id))
    const left = second.worksheets[0] as ExcelJS.Worksheet
    expect(left.getCell('C2').text).toBe('13800001091')
    expect([2, 3, 4, 5].filter((row) => !left.getRow(row).hidden)).toEqual([4, 5])
    left.getCell('D4').value = '2019-02-28'
    left.getCell('C5').value = '13800001094'
    const done = await hefei.upload(
      '/propagandists/imports',
      Buffer.from(await second.xlsx.writeBuffer()),
      '错误表.xlsx',
    )
    expect(done.body).toMatchObject({ id: checked.body.id, rows: 4, wrong: 0, create: 4 })
    await hefei.post(`/imports/${checked.body.id}/apply`).expect(200)
    const found = await hefei.get('/propagandists', { filter: { name_like: '戌' }, sort: ['id', 'ASC'] })
    expect(found.body.map((row: { name: string; phone: string }) => [row.name, row.phone])).toEqual([
      ['戌一', '13800001091'],
      ['戌二', '13800001092'],
      ['戌三', '13800001093'],
      ['戌四', '13800001094'],
    ])
  })

  test('a row typed between, or copied and changed, is refused with its number: it would be taken for another row', async () => {
    const rows: Cells[] = [
      ['姓名', '工作单位及职务', '手机号', '发展日期'],
      ['亥一', '某厂', '1380000209', '2019-06-18'],
      ['亥二', '某厂', '13800002092', '2019-06-18'],
      ['亥三', '某厂', '13800002093', '2019-02-30'],
    ]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    const table = await fetched(hefei, checked.body.id)
    const sentBack = async (change: (sheet: ExcelJS.Worksheet) => void) => {
      const book = await opened(table)
      const sheet = book.worksheets[0] as ExcelJS.Worksheet
      sheet.getCell('C2').value = '13800002091'
      change(sheet)
      const bytes = Buffer.from(await book.xlsx.writeBuffer())
      return hefei.upload('/propagandists/imports', bytes, '错误表.xlsx')
    }
    const copyOf = (sheet: ExcelJS.Worksheet) => (sheet.getRow(3).values as ExcelJS.CellValue[]).slice(1)
    for (const row of [2, 4]) {
      const typed = await sentBack((sheet) => sheet.insertRow(row, ['新来', '某厂', '13800002099', '2019-06-18']))
      expect([typed.status, typed.body.message]).toEqual([400, expect.stringContaining(`名单第 ${row} 行是新加的`)])
    }
    const changed = await sentBack((sheet) => {
      sheet.insertRow(4, copyOf(sheet))
      sheet.getCell('C4').value = '13800002098'
    })
    expect([changed.status, changed.body.message]).toEqual([
      400,
      expect.stringContaining('名单第 3 行和第 4 行的“原行号”相同，内容不同'),
    ])
    const copied = await sentBack((sheet) => sheet.insertRow(4, copyOf(sheet)))
    expect(copied.body).toMatchObject({ id: checked.body.id, rows: 3, create: 2, wrong: 1 })
    const staged = await hefei.get(`/imports/${checked.body.id}/rows`)
    expect(staged.body.map(({ values }: { values: Record<string, string> }) => values.name)).toEqual([
      '亥一',
      '亥二',
      '亥三',
    ])
  })

  test('has no identity number in it, neither for the unit that sent it nor for others', async () => {
    const checked = await hefei.upload('/propagandists/imports', fixture(file), file)
    const holds = async (agent: Agent) => {
      const book = await opened(await fetched(agent, checked.body.id))
      return JSON.stringify(book.worksheets.map((sheet) => sheet.getSheetValues())).includes('34000')
    }
    expect([await holds(hefei), await holds(province)]).toEqual([false, false])
  })
})

describe('a clean table of errors', () => {
  const file = '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'

  test('holds the heading and the rows at fault only, red cells with a note, 错误说明 at the end with a filter', async () => {
    const checked = await hefei.upload('/propagandists/imports', fixture(file), file)
    const book = await opened(await fetched(province, checked.body.id))
    expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([
      ['宣传员', 'visible'],
      ['_haowangmin', 'hidden'],
    ])
    const sheet = book.worksheets[0]
    const heading_row = checked.body.sheets[0].heading_row as number
    expect(sheet?.rowCount).toBe(heading_row + 6)
    const last = (sheet?.columnCount ?? 0) - 1
    expect([sheet?.getCell(heading_row, last).text, sheet?.getColumn(last + 1).hidden]).toEqual(['错误说明', true])
    const errors = checked.body.errors as { cell: string; message: string }[]
    for (const [index, { cell, message }] of errors.entries()) {
      const [, letters = '', number] = /!([A-Z]+)(\d+)$/.exec(cell) ?? []
      const wrong = sheet?.getCell(`${letters}${heading_row + index + 1}`)
      expect([isRed(wrong), noteOf(wrong)]).toEqual([true, message])
      expect(sheet?.getCell(heading_row + index + 1, last).text).toBe(`第 ${number} 行：${message}`)
    }
    const red = [...Array(6).keys()].map((index) => {
      let count = 0
      sheet?.getRow(heading_row + index + 1).eachCell({ includeEmpty: true }, (cell) => {
        if (isRed(cell)) count++
      })
      return count
    })
    expect(red).toEqual([1, 1, 1, 1, 1, 1])
    expect(sheet?.autoFilter).toMatchObject(
      expect.stringMatching(new RegExp(`^A${heading_row}:[A-Z]+${heading_row + 6}$`)),
    )
  })

  test('keeps every cell as sent, as text: nothing becomes a formula, no digit is won or lost', async () => {
    const rows: Cells[] = [
      ['组织全称', '类型', '动员日期', '统一社会信用代码', '职工人数', '联系人', '联系电话', '备注'],
      [
        '=HYPERLINK("http://x","y")',
        '国企',
        new Date(Date.UTC(2019, 5, 18)),
        913401001234567000,
        300,
        '+cmd|x',
        '05516',
        '<b>&amp; 甲',
      ],
      ['甲厂工会委员会', '国企', '2019-06-18', undefined, 'abc', '@丁', 13800001027, '@SUM(A1)\n二行'],
    ]
    const checked = await hefei.upload('/organizations/imports', await workbookOf({ "O'一": { rows } }), '一.xlsx')
    expect(checked.body.wrong).toBe(2)
    const bytes = await fetched(province, checked.body.id)
    const xml = Object.fromEntries((await unzip(bytes)).map((each) => [each.name, each.bytes.toString('utf8')]))
    const cells = [...(xml['xl/worksheets/sheet1.xml'] ?? '').matchAll(/<c [^>]*>/g)].map(([cell]) => cell)
    expect(cells.filter((cell) => !cell.endsWith('/>') && !cell.includes('t="inlineStr"'))).toEqual([])
    expect(Object.values(xml).join('')).not.toMatch(/<f[ >]|externalLink|TargetMode/)
    const sheet = (await opened(bytes)).worksheets[0]
    expect(sheet?.name).toBe("O'一")
    expect(textOf(sheet, 2).slice(0, 8)).toEqual([
      '=HYPERLINK("http://x","y")',
      '国企',
      '2019-06-18',
      '9.13401E+17',
      '300',
      '+cmd|x',
      '05516',
      '<b>&amp; 甲',
    ])
    expect(sheet?.getCell('H3').text).toBe('@SUM(A1)\n二行')
    expect(sheet?.getCell('G3').text).toBe('13800001027')
    expect(sheet?.getCell('E3').numFmt).toBe('@')
  })

  test('headings of two rows, merges, titles and lines above stay, so that it is read as before', async () => {
    const rows: Cells[] = [
      ['附件4'],
      ['职工好网民宣传员登记表'],
      ['填报单位：合肥市总工会'],
      ['姓名', '单位及职务', '联系方式', undefined, '发展日期', '工会'],
      [undefined, undefined, '手机', '微信', undefined, undefined],
      ['程雨桐', '某厂 电工', '13800001051', 'a', '2019-06-18'],
      ['周砚', '某厂 电工', '1380000105', 'b', '2019-06-18'],
      ['顾一', undefined, '138000010', 'c', '2019-06-18'],
      ['合计', undefined, undefined, undefined, undefined],
    ]
    const merges = ['A2:F2', 'A3:C3', 'A4:A5', 'B4:B5', 'C4:D4', 'E4:E5', 'F4:F5', 'B7:B8']
    const checked = await hefei.upload(
      '/propagandists/imports',
      await workbookOf({ 名单: { rows, merges } }),
      '名单.xlsx',
    )
    expect(checked.body).toMatchObject({ rows: 3, wrong: 2 })
    const bytes = await fetched(province, checked.body.id)
    const sheet = (await opened(bytes)).worksheets[0]
    expect(sheet?.rowCount).toBe(7)
    expect(sheet?.getCell('B7').text).toBe('某厂 电工')
    expect([sheet?.getCell('G4').text, sheet?.getCell('G5').master.address]).toEqual(['错误说明', 'G4'])
    // an import that is over is not joined any more
    await hefei.delete(`/imports/${checked.body.id}`).expect(200)
    const again = await hefei.upload('/propagandists/imports', bytes, '错误表.xlsx')
    expect(again.body).toMatchObject({ rows: 2, wrong: 2 })
    expect(again.body.sheets[0]).toMatchObject({ ...checked.body.sheets[0], rows: 2, columns: expect.anything() })
    const read = (body: { sheets: { columns: { heading: string; field: string }[] }[] }) =>
      body.sheets[0]?.columns.map(({ heading, field }) => [heading, field])
    expect(read(again.body)).toEqual(read(checked.body))
  })

  test('a fault above the heading is every row’s: all of them come back, and the title is red', async () => {
    const rows: Cells[] = [
      ['“不存在的活动”签到表'],
      ['姓名', '单位', '手机号'],
      ['程雨桐', '某厂', '13800001027'],
      ['周砚', '某厂', '13800001028'],
    ]
    const good: Cells[] = [['姓名', '单位', '手机号', '活动名称']]
    const checked = await hefei.upload(
      '/attendance/imports',
      await workbookOf({ 签到: { rows }, 空: { rows: good } }),
      '签到.xlsx',
    )
    const book = await opened(await fetched(province, checked.body.id))
    expect(book.worksheets.map(({ name }) => name)).toEqual(['签到', '_haowangmin'])
    const sheet = book.worksheets[0]
    expect([isRed(sheet?.getCell('A1')), sheet?.rowCount]).toEqual([true, 4])
    expect(sheet?.getCell('D3').text).toBe(`第 3 行：${checked.body.errors[0].message}`)
    if (sheet) sheet.getCell('A1').value = '“甲赛”签到表'
    await hefei
      .post('/events', { title: '甲赛', kind: '培训', held_on: '2019-07-10', place: '礼堂', headcount: 2 })
      .expect(201)
    const again = await hefei.upload('/attendance/imports', Buffer.from(await book.xlsx.writeBuffer()), '签到.xlsx')
    expect(again.body).toMatchObject({ rows: 2, wrong: 0, create: 2 })
  })

  test('separated text comes back as a workbook; 错误说明 is never taken for a field', async () => {
    const csv = '征集活动,作品标题,作者,作者单位,原创,错误说明\nC5,标题,己一,测试厂,也许,旧话\n'
    const checked = await hefei.upload('/submissions/imports', Buffer.from(csv), '作品.csv')
    expect(checked.body).toMatchObject({ rows: 1, wrong: 1 })
    expect(checked.body.sheets[0].ignored).toEqual([])
    const sheet = (await opened(await fetched(hefei, checked.body.id))).worksheets[0]
    expect(textOf(sheet, 1).slice(0, 6)).toEqual(['征集活动', '作品标题', '作者', '作者单位', '原创', '错误说明'])
    expect(textOf(sheet, 2)[5]).toMatch(/^第 2 行：/)
    expect(sheet?.getCell('F2').text).not.toContain('旧话')
  })

  test('of more faults than are listed still all rows come back', async () => {
    const people = Array.from(
      { length: 2_500 },
      (_, n): Cells => [`辛${n}`, '某厂', String(1_350_000_000 + n), '2019-06-18'],
    )
    const rows = [['姓名', '工作单位及职务', '手机号', '发展日期'], ...people]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: { rows } }), '名单.xlsx')
    expect([checked.body.error_count, checked.body.errors.length]).toEqual([2_500, 2_000])
    const refused = await hefei.post(`/imports/${checked.body.id}/apply`)
    expect([refused.status, refused.body.errors.length]).toEqual([422, 2_000])
    const bytes = await fetched(province, checked.body.id)
    const sheet = (await opened(bytes)).worksheets[0]
    expect(sheet?.rowCount).toBe(2_501)
    expect([noteOf(sheet?.getCell('C1001')), noteOf(sheet?.getCell('C1002')), isRed(sheet?.getCell('C2501'))]).toEqual([
      expect.stringContaining('手机号'),
      undefined,
      true,
    ])
  })

  test('is for whoever may read the import, and only where there is something to correct', async () => {
    const rows: Cells[] = [
      ['姓名', '工作单位及职务', '手机号', '发展日期'],
      ['顾一', '某厂', '138', '2019-06-18'],
    ]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: { rows } }), '名单.xlsx')
    const path = `/imports/${checked.body.id}/errors.xlsx`
    await (await world.as('wuhu')).get(path).expect(404)
    await (await world.as('province')).get(path).expect(200)
    expect((await (await world.as('cac')).get(path)).status).toBeGreaterThanOrEqual(403)
    await world.anonymous.get(path).expect(401)
    await hefei.get('/imports/999999/errors.xlsx').expect(404)
    const good: Cells[] = [rows[0] ?? [], ['顾一', '某厂', '13800001066', '2019-06-18']]
    const fine = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: { rows: good } }), '名单.xlsx')
    const answer = await hefei.get(`/imports/${fine.body.id}/errors.xlsx`)
    expect([answer.status, answer.body.message]).toEqual([409, '这次导入没有要改的格。'])
  })
})
