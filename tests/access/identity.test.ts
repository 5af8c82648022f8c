// Numbers of identity cards are kept nowhere: the whole database and every answer are searched for those of each file, in
// every state an import can be in. Other columns that are no field of ours go with the file when the import is over.
import { inflateRawSync } from 'node:zlib'
import { utils, write } from '@e965/xlsx'
import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { blanked, withoutIdentity } from '../../server/forms/index.ts'
import { unzip } from '../../server/workbook/zip_write.ts'
import { binary } from '../support/matrix.ts'
import { type Cells, fixture, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'
import { makeWorkbook } from '../support/zip.ts'

/** An invented number of the right shape. */
function identityNumber(n: number, region = '340100'): string {
  const digits = `${region}1986${String(1 + (n % 12)).padStart(2, '0')}0${1 + (n % 9)}${String(n).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0)
  return digits + '10X98765432'[sum % 11]
}

const spaced = (number: string) => `${number.slice(0, 6)} ${number.slice(6, 14)} ${number.slice(14)}`
const wide = (number: string) => number.replace(/[0-9X]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))

let world: World
let hefei: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

// Searching -----------------------------------------------------------------------------------------------------------

/** What lies in bytes: as they are, inflated, unzipped, in the encodings files have. */
async function textsIn(bytes: Buffer): Promise<string> {
  const texts = [bytes.toString('latin1'), bytes.toString('utf16le')]
  if (bytes[0] === 0x50) for (const part of await unzip(bytes)) texts.push(part.name, part.bytes.toString('utf8'))
  try {
    texts.push(inflateRawSync(bytes).toString('utf8'))
  } catch {}
  return texts.join('\n')
}

/** Everything the database holds, as text. */
async function everything(): Promise<string> {
  const columns = await world.owner<{ name: string; column: string; type: string }>(
    `select format('%I.%I', table_schema, table_name) as name, column_name as column, data_type as type
     from information_schema.columns where table_schema in ('public', 'app')`,
  )
  const texts: string[] = []
  for (const { name, column, type } of columns) {
    const as_text = type === 'bytea' ? `"${column}"` : `"${column}"::text`
    for (const row of await world.owner<{ value: string | Buffer }>(
      `select ${as_text} as value from ${name} where "${column}" is not null`,
    ))
      texts.push(typeof row.value === 'string' ? row.value : await textsIn(row.value))
  }
  return texts.join('\n')
}

/** A number in any of the spellings it was sent in. */
function expectNone(text: string, numbers: readonly string[]): void {
  const plain = text.replace(/[０-９Ｘ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
  const tight = plain.replace(/[ -]|<[^<>]*>/g, '')
  // what is left of a number by a sheet that keeps 15 digits is its owner all the same
  for (const number of numbers)
    for (const form of [number, number.slice(0, 17), number.slice(0, 15)])
      expect([number, plain.includes(form), tight.includes(form)]).toEqual([number, false, false])
}

async function expectNowhere(id: number, numbers: readonly string[]): Promise<void> {
  expectNone(await everything(), numbers)
  for (const path of ['/imports', `/imports/${id}`, `/imports/${id}/rows`]) {
    const answer = await hefei.get(path)
    expectNone(decodeURIComponent(answer.text.replace(/%(?![0-9a-f]{2})/gi, '%25')), numbers)
  }
  const table = await binary(hefei.get(`/imports/${id}/errors.xlsx`))
  expectNone(await textsIn(table.body), numbers)
}

// Files ---------------------------------------------------------------------------------------------------------------

const heading = ['姓名', '身份证号', '手机号', '工作单位及职务', '发展日期', '血型', '备注']

/** Rows with numbers under their heading (one mistyped, one of 15 digits, one a number), in another column, in remarks. */
function rowsOf(first: number): { rows: Cells[]; numbers: string[] } {
  const numbers = Array.from({ length: 9 }, (_, n) => identityNumber(first + n))
  const mistyped = `${numbers[7]?.slice(0, 17)}${numbers[7]?.endsWith('1') ? '2' : '1'}`
  const old = `${numbers[8]?.slice(0, 6)}${numbers[8]?.slice(8, 17)}`
  const on = '2019-06-18'
  const phone = (n: number) => `1380${String(first + n).padStart(7, '0')}`
  return {
    numbers: [...numbers.slice(0, 7), mistyped, old],
    rows: [
      heading,
      ['甲一', numbers[0], phone(1), '某厂 干事', on, 'A型', '无'],
      ['甲二', spaced(numbers[1] ?? ''), phone(2), '某厂 干事', on, 'B型', `身份证 ${wide(numbers[2] ?? '')}，已核`],
      ['甲三', mistyped, numbers[3], '某厂 干事', on, 'AB型', ''],
      ['甲四', Number(numbers[4]?.slice(0, 17).padEnd(18, '0')), phone(4), `某厂 ${numbers[5]}`, on, 'O型', numbers[6]],
      ['甲五', old, '1380', '某厂 干事', on, 'A型', '无'],
    ],
  }
}

const csvOf = (rows: readonly Cells[], separator = ',') =>
  rows.map((row) => row.map((cell) => cell ?? '').join(separator)).join('\r\n')

/** The same rows in a workbook that says the numbers once more wherever one can be said. */
async function richWorkbook(rows: Cells[], numbers: readonly string[]): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  book.creator = numbers[0] ?? ''
  const sheet = book.addWorksheet('宣传员', { headerFooter: { oddFooter: `&C${numbers[1]}` } })
  sheet.addRows(rows)
  const cell = sheet.getCell('G2')
  cell.note = {
    texts: [{ text: '见 ' }, { text: numbers[2]?.slice(0, 9) ?? '' }, { text: numbers[2]?.slice(9) ?? '' }],
  }
  cell.value = {
    richText: [{ text: numbers[3]?.slice(0, 6) ?? '' }, { font: { bold: true }, text: numbers[3]?.slice(6) ?? '' }],
  }
  sheet.getCell('G3').value = { formula: `"${numbers[4]}"&""`, result: numbers[4] ?? '' }
  sheet.getCell('F2').value = { text: 'A型', hyperlink: `http://example.com/${numbers[5]}`, tooltip: numbers[5] }
  book.addWorksheet('名单', { state: 'hidden' }).addRows([
    ['证件', '姓名'],
    ['号码', ''],
    [numbers[7], '甲三'],
    [numbers[8], '甲五'],
  ])
  return Buffer.from(await book.xlsx.writeBuffer())
}

const kinds: [string, (rows: Cells[], numbers: string[]) => Promise<Buffer>, string][] = [
  ['a workbook', (rows) => workbookOf({ 宣传员: rows }), '宣传员.xlsx'],
  ['a workbook with numbers in notes, formats, formulas, links, hidden sheets', richWorkbook, '宣传员.xlsx'],
  [
    'an Excel 97 workbook',
    async (rows) =>
      write(
        { SheetNames: ['宣传员'], Sheets: { 宣传员: utils.aoa_to_sheet(rows) } },
        { type: 'buffer', bookType: 'biff8' },
      ),
    '宣传员.xls',
  ],
  ['separated text in UTF-8', async (rows) => Buffer.from(csvOf(rows)), '宣传员.csv'],
  ['separated text in GB18030', async (rows) => iconv.encode(csvOf(rows), 'gb18030'), '宣传员.csv'],
  [
    'text with tabs in UTF-16',
    async (rows) => iconv.encode(csvOf(rows, '\t'), 'utf16le', { addBOM: true }),
    '宣传员.tsv',
  ],
]

describe.each(kinds)('of %s', (_kind, make, name) => {
  const first = 10 + 20 * kinds.findIndex(([kind]) => kind === _kind)
  const { rows, numbers } = rowsOf(first)
  const upload = async (fields = {}) => {
    const bytes = await make(rows, numbers)
    return hefei.upload('/propagandists/imports', bytes, `${numbers[0]}${name}`, fields)
  }

  test('no identity number is kept or answered, waiting, decided on, sent back, written, taken back, cancelled', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const checked = await upload()
    expect(checked.status, checked.text).toBe(200)
    const { id } = checked.body
    expectNone(checked.text, numbers)
    expect(checked.body).toMatchObject({ rows: 5, create: 3, wrong: 2 })
    const notes = checked.body.sheets.flatMap((sheet: { notes: string[] }) => sheet.notes)
    expect(notes).toContain('本活动不需要身份证号，这一列没有读取，号码也没有保存。')
    expect(notes.join()).toMatch(/文件里有 \d+ 处身份证号，收到时就抹去了/)
    await expectNowhere(id, numbers)

    const table = await binary(hefei.get(`/imports/${id}/errors.xlsx`))
    expect(await textsIn(table.body)).toContain(blanked)
    const joined = await hefei.upload('/propagandists/imports', table.body, '错误表.xlsx')
    expect([joined.status, joined.body.id]).toEqual([200, id])
    const decided = await hefei.patch(`/imports/${id}/rows`, {
      corrections: [{ n: 4, field: 'phone', value: '13900000001' }],
    })
    expect(decided.status, decided.text).toBe(200)
    await expectNowhere(id, numbers)

    await hefei.post(`/imports/${id}/apply`, { only_valid: true }).expect(200)
    await expectNowhere(id, numbers)
    const stored = await world.owner<{ remark: string }>(
      `select remark from propagandists where deleted_at is null and phone = '1380${String(first + 2).padStart(7, '0')}'`,
    )
    expect(stored).toEqual([
      { remark: name.endsWith('xlsx') && _kind.includes('notes') ? blanked : `身份证 ${blanked}，已核` },
    ])
    await hefei.post(`/imports/${id}/undo`).expect(200)
    await expectNowhere(id, numbers)

    const again = await upload()
    await hefei.delete(`/imports/${again.body.id}`).expect(200)
    await expectNowhere(again.body.id, numbers)
    expect(log.mock.calls).toEqual([])
    log.mockRestore()
  })
})

describe('what is no field of ours', () => {
  const kept = () => everything().then((text) => text.includes('稀有血型'))
  const upload = async (phone: string) => {
    const rows = [
      ['姓名', '手机号', '工作单位及职务', '发展日期', '血型'],
      ['乙一', phone, '某厂', '2019-06-18', '稀有血型'],
    ]
    const answer = await hefei.upload('/propagandists/imports', await workbookOf({ 宣传员: rows }), '宣传员.xlsx')
    expect(answer.status, answer.text).toBe(200)
    return answer.body.id as number
  }

  test('stands in the own file while rows may be corrected, and goes with it when the import is over', async () => {
    const written = await upload('13800009001')
    expect(await kept()).toBe(true)
    await hefei.post(`/imports/${written}/apply`).expect(200)
    expect(await kept()).toBe(false)
    await hefei.post(`/imports/${written}/undo`).expect(200)

    const cancelled = await upload('13800009002')
    await hefei.delete(`/imports/${cancelled}`).expect(200)
    expect(await kept()).toBe(false)

    const partly = await upload('1380')
    await hefei.post(`/imports/${partly}/apply`, { only_valid: true }).expect(200)
    expect(await kept()).toBe(true)
    expect((await binary(hefei.get(`/imports/${partly}/errors.xlsx`))).status).toBe(200)
    await world.owner(`update imports set created_at = now() - interval '91 days' where id = $1`, [partly])
    await hefei.delete(`/imports/${await upload('13800009003')}`).expect(200)
    expect(await kept()).toBe(false)
    const gone = await hefei.get(`/imports/${partly}/errors.xlsx`)
    expect([gone.status, gone.body.message]).toEqual([409, '这次导入的文件已经不再保存，请重新上传这个文件。'])
  })

  test('nothing is kept of a file that can not be read', async () => {
    const number = identityNumber(900)
    const files: [Buffer, string][] = [
      [Buffer.concat([await workbookOf({ 名单: [['身份证号'], [number]] })]).subarray(0, 3000), '坏.xlsx'],
      [Buffer.from(`<html><table><tr><td>${number}</td></tr></table></html>`), '网页.xls'],
      [Buffer.from(`姓名,备注\n丁,"${number}`), '引号.csv'],
    ]
    for (const [bytes, name] of files) {
      const answer = await hefei.upload('/propagandists/imports', bytes, name)
      expect([name, answer.status, typeof answer.body.id]).toEqual([name, 422, 'number'])
      expectNone(await everything(), [number])
    }
    const [left] = await world.owner(
      'select count(*)::integer as n from imports where state = $1 and content is not null',
      ['failed'],
    )
    expect(left).toEqual({ n: 0 })
  })
})

describe('what is an identity number', () => {
  test('is told from phones, codes, accounts, days and addresses', () => {
    const plain = [
      '91340100MA2N8R7T4X',
      '13900000001 13900000002',
      '6222 0212 3456 7890 123',
      'https://www.toutiao.com/a6712345678901234567/',
      '2019-06-18 09:30—2019-06-18 11:30',
      '340100198613011234',
      '110100189901011234',
      '0551-62999730、62999731、62999732',
      '姓名须与身份证一致',
      '20190618123456789',
      '35875911223344556677',
    ]
    for (const text of plain) expect(withoutIdentity(text)).toBe(text)
    const number = identityNumber(7)
    for (const text of [
      number,
      number.toLowerCase(),
      spaced(number),
      wide(number),
      `a${number}b`,
      `${number.slice(0, 6)}-${number.slice(6)}`,
    ])
      expect(withoutIdentity(`x ${text} y`)).toBe(text.startsWith('a') ? `x a${blanked}b y` : `x ${blanked} y`)
  })

  test('is refused where somebody types one', async () => {
    const number = identityNumber(8)
    for (const field of ['remark', 'job', 'name']) {
      const answer = await hefei.post('/propagandists', { ...sample.propagandists?.(80), [field]: `见 ${number}` })
      expect([field, answer.status, answer.body.errors?.[field]]).toEqual([
        field,
        422,
        expect.stringMatching(/里有身份证号，本系统不登记，请删去。$/),
      ])
    }
  })

  test('is refused in a comment, a reason and a correction, so that none of them keeps it', async () => {
    const number = identityNumber(9)
    const province = await world.as('province')
    const { id } = (await hefei.post('/propagandists', sample.propagandists?.(81)).expect(201)).body
    await hefei.post(`/propagandists/${id}/comments`, { text: `他是 ${number}` }).expect(422)
    await hefei.post(`/propagandists/${id}/submission`).expect(200)
    await province.post(`/propagandists/${id}/return`, { reason: `身份证 ${number} 不对` }).expect(422)
    const rows = [
      ['姓名', '手机号', '工作单位及职务', '发展日期'],
      ['己一', '13800009200', '某厂', '2019-06-18'],
    ]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 宣传员: rows }), '宣传员.xlsx')
    const corrections = [{ n: 0, field: 'job', value: number }]
    const refused = await hefei.patch(`/imports/${checked.body.id}/rows`, { corrections })
    expect([refused.status, refused.body.message]).toEqual([400, '改的内容里有身份证号，本系统不登记，请删去。'])
    expectNone(await everything(), [number])
  })

  test('is not read from a column of a heading that only mentions the card', async () => {
    const rows = [
      ['姓名（须与身份证一致）', '手机号', '工作单位及职务', '发展日期'],
      ['丙一', '13800009100', '某厂', '2019-06-18'],
    ]
    const answer = await hefei.upload('/propagandists/imports', await workbookOf({ 宣传员: rows }), '宣传员.xlsx')
    expect(answer.body).toMatchObject({ rows: 1, create: 1, wrong: 0 })
  })
})

test('a workbook without any is kept byte for byte', async () => {
  for (const [form, file] of [
    ['organizations', '附件3 基层工会组织统计表（合肥）.xlsx'],
    ['events', '线下活动汇总 合肥市(1).xlsx'],
  ] as const) {
    const answer = await hefei.upload(`/${form}/imports`, fixture(file), file)
    const [kept] = await world.owner<{ content: Buffer }>('select content from imports where id = $1', [answer.body.id])
    expect(kept?.content.equals(fixture(file))).toBe(true)
  }
})

test('a sheet of a hand-made workbook is cleaned whatever its prefixes, missing addresses and references to characters', async () => {
  const [one, two, three] = [identityNumber(31), identityNumber(32), identityNumber(33)]
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`
  const refs = [...three].map((sign) => `&#${sign.charCodeAt(0)};`).join('')
  const bytes = makeWorkbook({
    sheet: `<sheetData><row>${['姓名', '身份证号', '手机号', '工作单位及职务', '发展日期'].map(cell).join('')}</row><row>${cell('丁一')}<c><v>${one}</v></c>${cell('1380')}${cell(refs)}${cell('2019-06-18')}</row></sheetData><headerFooter><oddHeader>${two}</oddHeader></headerFooter>`,
  })
  const answer = await hefei.upload('/propagandists/imports', bytes, '名单.xlsx')
  expect(answer.body, answer.text).toMatchObject({ rows: 1, wrong: 1 })
  await expectNowhere(answer.body.id, [one, two, three])
})
