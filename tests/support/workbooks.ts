/** Workbooks for tests: those that clerks send, kept as files, and small ones written as rows. */
import { readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import { expect } from 'vitest'
import { binary } from './matrix.ts'
import type { Agent } from './world.ts'

export type Cells = (string | number | boolean | Date | null | undefined)[]
type SheetRows = Cells[] | { rows: Cells[]; merges?: string[] }

/** A file of fixtures/workbooks. */
export const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/workbooks/${name}`, import.meta.url))

/** A workbook of these sheets, by name. */
export async function workbookOf(sheets: Record<string, SheetRows>): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  for (const [name, given] of Object.entries(sheets)) {
    const { rows, merges = [] } = Array.isArray(given) ? { rows: given } : given
    const sheet = book.addWorksheet(name)
    sheet.addRows(rows)
    for (const range of merges) sheet.mergeCells(range)
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** A workbook as exceljs opens it. */
export async function opened(bytes: Buffer): Promise<ExcelJS.Workbook> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  return book
}

/** The bytes of a file that the server answers with. */
export async function fetched(agent: Agent, path: string, query?: Record<string, unknown>): Promise<Buffer> {
  const answer = await binary(agent.get(path, query))
  expect(answer.status).toBe(200)
  return answer.body
}
