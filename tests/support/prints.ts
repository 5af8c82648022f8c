/** Papers for tests of print templates: registers whose one-page forms there are, and the papers read by other programs than ours. */
import { readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import mammoth from 'mammoth'
import { expect } from 'vitest'
import type { Form, PrintBlank } from '../../server/forms/index.ts'
import { unzip } from '../../server/workbook/zip_write.ts'
import { publish } from './designs.ts'
import type { Agent, World } from './world.ts'
import { makeZip } from './zip.ts'

const NOTICES = 'tests/fixtures/notices'
export const approvalPaper = readFileSync(`${NOTICES}/2025劳模推荐/附件3推荐审批表.docx`)
export const accountPaper = readFileSync(`${NOTICES}/2024陕西/附件2网络达人推荐表.docx`)

type OwnRegister = { name: string; fields: { name: string }[]; rules?: unknown[] } & Record<string, unknown>

/** 推荐对象 and 推荐审批 of the package of 2025, in force in the world's campaign. */
export async function publishNominees(province: Agent, world: World): Promise<void> {
  const { forms } = JSON.parse(readFileSync('seeds/packages/2025-laomo.json', 'utf8')) as { forms: OwnRegister[] }
  for (const [n, name] of ['nominees', 'approval_forms'].entries()) {
    const found = forms.find((form) => form.name === name) as OwnRegister
    await publish(province, world, { ...found, annex: 40 + n, rules: [] })
  }
}

export const nominee = (n = 1) => ({
  honour: '劳动模范',
  name: `丁${'一二三四五六七八九十'[n - 1] ?? n}`,
  gender: n % 2 ? '男' : '女',
  ethnicity: '汉族',
  born_in: '1986-04',
  political_status: '中共党员',
  education: '本科',
  workplace: '测试<厂>&“一”',
  post: '班长',
  rank_title: '技师',
  category: '产业工人',
  award_name: '劳动奖章',
  award_by: '测试市总工会',
  award_in: '2018-05',
  phone: `1990000${String(n).padStart(4, '0')}`,
  address: '测试路 1 号',
  deeds: '=1+1 带头攻关。',
})

export const approval = (nomineeId: number, photo: { id: number; name: string }[] = []) => ({
  nominee_id: nomineeId,
  native_place: '安徽合肥',
  working_since: '2008-07',
  photo,
  resume: '2008.07 进厂\n2015.03 班长',
  honours: '2018年 劳动奖章',
  deeds_in_full: '攻关十项。',
  congress_opinion: '同意推荐。',
})

/** Text of a document as mammoth reads it, paragraph by paragraph, cell by cell. */
export const textOfDocx = async (bytes: Buffer): Promise<string> =>
  (await mammoth.extractRawText({ buffer: bytes })).value

/** Cells of a workbook's sheets as exceljs reads them: 登记表!B3 → words. */
export async function cellsOfXlsx(bytes: Buffer): Promise<Record<string, unknown>> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ExcelJS.Buffer)
  const cells: Record<string, unknown> = {}
  for (const sheet of book.worksheets)
    sheet.eachRow((row) => {
      row.eachCell((cell) => {
        if (cell.master === cell) cells[`${sheet.name}!${cell.address}`] = cell.value
      })
    })
  return cells
}

/** The files of a zip, by name. */
export const filesOfZip = async (bytes: Buffer): Promise<Map<string, Buffer>> =>
  new Map((await unzip(bytes)).map((file) => [file.name, file.bytes]))

/** 线下活动登记表 as a sheet: labels on the left and above, boxes to tick, a line for the unit. */
export async function eventPaper(): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('登记表')
  const rows = [
    ['线下活动登记表', null, null, null],
    ['填报单位：', null, null, null],
    ['活动名称', null, '活动日期', null],
    ['活动形式', null, '参加人数', null],
    ['活动地点', null, '是否与网信部门联合', '□是　□否'],
    ['活动简介', null, null, null],
    [null, null, null, null],
  ]
  for (const [row, cells] of rows.entries())
    for (const [column, text] of cells.entries()) if (text) sheet.getCell(row + 1, column + 1).value = text
  for (const range of ['A1:D1', 'A2:D2', 'A6:D6', 'A7:D7']) sheet.mergeCells(range)
  return Buffer.from(await book.xlsx.writeBuffer())
}

export type StoredTemplate = { id: number; version: number; blanks: PrintBlank[]; name: string }

/** What the province does with templates of the world's campaign. */
export const templatesIn = ({ campaign_id }: Pick<World, 'campaign_id'>, province: Agent) => {
  const send = (bytes: Buffer, name: string, form: string, query = '') =>
    province.upload(`/print_templates${query}`, bytes, name, { form, campaign_id: String(campaign_id) })
  return {
    send,
    make: async (bytes: Buffer, name: string, form: string): Promise<StoredTemplate> => {
      const answer = await send(bytes, name, form)
      expect(answer.status, answer.text).toBe(201)
      return answer.body
    },
    /** Gives blanks, by their labels, to columns. */
    correct: async ({ id, version, blanks }: StoredTemplate, columns: Record<string, string | null>) => {
      const given = blanks
        .filter(({ label }) => label in columns)
        .map(({ at, label }) => ({ at, field: columns[label] }))
      const answer = await province.put(`/print_templates/${id}`, { version, blanks: given })
      expect(answer.status, answer.text).toBe(200)
      return answer.body as StoredTemplate
    },
  }
}

/** A printed document with some of its words changed, as somebody would in Word. */
export async function rewordedDocx(bytes: Buffer, from: string, to: string): Promise<Buffer> {
  const parts = [...(await filesOfZip(bytes))].map(([name, content]) => ({
    name,
    bytes: name === 'word/document.xml' ? content.toString().replace(from, to) : content,
  }))
  return makeZip(parts)
}

/** A sheet with every label of a register on the left and its blank on the right. */
export async function paperOf({ title, fields }: Pick<Form, 'title' | 'fields'>): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('登记表')
  sheet.getCell('A1').value = title
  sheet.mergeCells('A1:B1')
  for (const [n, { label }] of fields.entries()) sheet.getCell(n + 2, 1).value = label
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** Rows of a register as somebody reads them, the first one first. */
export const rowsOf = async (agent: Agent, form: string, query: object = {}) =>
  (await agent.get(`/${form}`, { sort: ['id', 'ASC'], ...query }).expect(200)).body as Record<string, unknown>[]
