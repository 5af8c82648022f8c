// Excel 97 (.xls): read like the .xlsx it was made from, under whatever name it comes; hostile ones are refused, quickly.
import { utils, type WorkBook, write } from '@e965/xlsx'
import { describe, expect, test } from 'vitest'
import { forms } from '../../server/forms/index.ts'
import { readImport } from '../../server/imports/read/file.ts'
import type { FileMessage } from '../../server/imports/read/file_row.ts'
import { cleanInThread } from '../../server/workbook/clean/clean.ts'
import { readWorkbook, WorkbookRefused } from '../../server/workbook/read.ts'
import { fixture, opened } from '../support/workbooks.ts'

/** The bytes that are kept of a file. */
async function kept(bytes: Buffer, file_name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const message of cleanInThread({ bytes, file_name })) {
    if (message.kind === 'piece') pieces.push(message.bytes)
    else return message.as_sent ? bytes : Buffer.concat(pieces)
  }
  throw new Error('a file without an end')
}

async function readAs(form_name: string, file: string, name: string): Promise<FileMessage[]> {
  const form = forms[form_name]
  if (!form) throw new Error(form_name)
  const messages: FileMessage[] = []
  for await (const message of readImport({ bytes: await kept(fixture(file), name), file_name: name, form, year: 2019 }))
    messages.push(message)
  return messages
}

const old = (book: WorkBook): Buffer => write(book, { type: 'buffer', bookType: 'biff8' })

describe('a workbook of Excel 97', () => {
  test.each([
    ['propagandists', '附件4（Excel 97）.xls', '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'],
    ['events', '线下活动（Excel 97）.xls', '线下活动汇总 合肥市(1).xlsx'],
  ])(
    '%s: titles, merges, types, dates, hidden columns and sheets are read like those of its .xlsx',
    async (form, file, as) => {
      const messages = await readAs(form, file, '表.xls')
      expect(messages.flatMap((message) => (message.kind === 'rows' ? message.rows : [])).length).toBeGreaterThan(15)
      const plain = (list: FileMessage[]) =>
        list.map((message) => (message.kind === 'sheet' ? { ...message.plan, rows_expected: 0 } : message))
      expect(plain(messages)).toEqual(plain(await readAs(form, as, '表.xls')))
      // its name says nothing
      expect(await readAs(form, file, '表.xlsx')).toEqual(messages)
    },
  )

  test('is kept as an .xlsx that other programs open', async () => {
    const book = await opened(await kept(fixture('线下活动（Excel 97）.xls'), '表.xls'))
    expect(book.worksheets[0]?.getCell('A1').text).toContain('附件5')
  })

  test('keeps errors, formulas, times, hidden rows, the calendar of 1904, a sheet’s name with quotes', async () => {
    const sheet = utils.aoa_to_sheet([
      ['姓名', '时间'],
      ['丁"一"&<二>', 0.5],
    ])
    sheet.B2 = { t: 'n', v: 42_172.5, z: 'yyyy-mm-dd hh:mm' }
    sheet.A3 = { t: 'e', v: 42 }
    sheet.B3 = { t: 'b', v: true }
    sheet['!ref'] = 'A1:B3'
    const hidden = utils.aoa_to_sheet([['甲']])
    const bytes = await kept(
      old({
        SheetNames: ['宣传员"&', '名单'],
        Sheets: { '宣传员"&': sheet, 名单: hidden },
        Workbook: { WBProps: { date1904: true }, Sheets: [{ Hidden: 0 }, { Hidden: 1 }] },
      }),
      '表.xls',
    )
    const { sheets } = await readWorkbook(bytes, '表.xls')
    expect(sheets.map(({ name, hidden: is_hidden }) => [name, is_hidden])).toEqual([
      ['宣传员"&', false],
      ['名单', true],
    ])
    const rows = []
    for await (const batch of sheets[0]?.rows() ?? []) rows.push(...batch)
    expect(rows.map(({ cells }) => cells.map((cell) => cell?.text))).toEqual([
      ['姓名', '时间'],
      ['丁"一"&<二>', '2019-06-18 12:00'],
      ['#N/A', '是'],
    ])
  })
})

describe('hostile old workbooks', () => {
  const refusal = async (bytes: Buffer): Promise<WorkbookRefused | undefined> => {
    try {
      await kept(bytes, '表.xls')
      return undefined
    } catch (error) {
      if (error instanceof WorkbookRefused) return error
      throw error
    }
  }

  test('truncated or with bytes changed anywhere: refused with a sentence, or read; the thread is there for the next', async () => {
    const good = fixture('附件4（Excel 97）.xls')
    for (const part of [0.1, 0.5, 0.9, 0.98])
      expect(await refusal(good.subarray(0, Math.floor(good.length * part)))).toMatchObject({ reason: 'damaged' })
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
      return seed / 0x7fffffff
    }
    for (let round = 0; round < 25; round++) {
      const bytes = Buffer.from(good)
      for (let n = 0; n < 1 + 20 * random(); n++) bytes[8 + Math.floor(random() * (bytes.length - 8))] = 256 * random()
      const refused = await refusal(bytes)
      if (refused) expect(refused.message).toMatch(/[。？]$/)
    }
    expect(await refusal(good)).toBeUndefined()
  })

  test('a merge over everything is read, too many columns are refused, one with a password says so', async () => {
    const merged = utils.aoa_to_sheet([['姓名', '手机号']])
    merged['!merges'] = [{ s: { r: 0, c: 0 }, e: { r: 65_535, c: 255 } }]
    expect(await refusal(old({ SheetNames: ['a'], Sheets: { a: merged } }))).toBeUndefined()
    expect(await refusal(fixture('encrypted.xlsx'))).toMatchObject({ reason: 'encrypted' })
    const word = Buffer.concat([
      fixture('附件4（Excel 97）.xls').subarray(0, 512),
      Buffer.from('WordDocument', 'utf16le'),
    ])
    expect(await refusal(word)).toMatchObject({ reason: 'not_a_workbook' })
  })
})
