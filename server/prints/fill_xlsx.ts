/** A workbook filled by exceljs: each blank a cell of text, never a formula; several papers in one file are sheets behind each other. */
import type { PrintBlank } from '../forms/index.ts'
import { parseRange } from '../workbook/cells.ts'
import { ExcelJS } from '../workbook/exceljs.ts'
import { sheetName } from '../workbook/names.ts'
import { type Filling, fitted, inRoom, isChosen, writable } from './filling.ts'
import { boxesIn, choiceIn, isRoom, isTicked, slotsOf } from './grid.ts'

const PIXELS_A_LETTER = 7
const PIXELS_A_POINT = 96 / 72
const STANDARD = { width: 9, height: 15 }

/** What a cell says, however it is made up. */
const textOf = (cell: ExcelJS.Cell): string => (cell.value === null ? '' : cell.text)

/** Sheet and cell of a place: 登记表!B3, 登记表!A2#1. */
function partsOf(at: string): { sheet: string; cell: string; slot: boolean } {
  const [place = '', slot] = at.split('#')
  const bang = place.lastIndexOf('!')
  return { sheet: place.slice(0, bang), cell: place.slice(bang + 1), slot: slot !== undefined }
}

function ticked(text: string, value: string): string {
  let words = text
  for (const { mark, words: choice, at } of boxesIn(text))
    if (!isTicked(mark) && isChosen(choiceIn(choice), value)) words = `${words.slice(0, at)}☑${words.slice(at + 1)}`
  return words
}

function inSlot(text: string, label: string, labels: ReadonlySet<string>, value: string): string {
  const found = slotsOf(text, labels).find((slot) => slot.label === label && isRoom(slot.text))
  if (!found) return text
  return text.slice(0, found.from) + inRoom(value, found.text, found.to === text.length) + text.slice(found.to)
}

function fillSheet(sheet: ExcelJS.Worksheet, blanks: readonly PrintBlank[], { values, pictures }: Filling): void {
  const labels = new Set(blanks.filter(({ at }) => partsOf(at).slot).map(({ label }) => label))
  for (const blank of blanks) {
    const { cell: address, slot } = partsOf(blank.at)
    const cell = sheet.getCell(address)
    const picture = pictures[blank.at]
    const value = writable(values[blank.at] ?? '')
    if (picture) {
      place(sheet, address, picture)
      cell.value = null
    } else if (value === '') continue
    else if (slot) cell.value = inSlot(textOf(cell), blank.label, labels, value)
    else if (blank.kind === 'choices') cell.value = ticked(textOf(cell), value)
    else if (blank.kind === 'opinion') cell.value = `${value}\n${textOf(cell)}`
    else if (blank.kind === 'text') cell.value = value
    else continue
    if (!picture && value.includes('\n')) cell.alignment = { ...cell.alignment, wrapText: true }
  }
}

/** A picture in its cell, or in the cells that are merged there, as large as fits. */
function place(sheet: ExcelJS.Worksheet, address: string, picture: NonNullable<Filling['pictures'][string]>): void {
  const merges = (sheet.model as { merges?: string[] }).merges ?? []
  const range = parseRange(merges.find((each) => each.split(':')[0] === address) ?? address)
  if (!range) return
  let [width, height] = [0, 0]
  for (let column = range.from_column; column <= range.to_column; column++)
    width += (sheet.getColumn(column + 1).width ?? STANDARD.width) * PIXELS_A_LETTER
  for (let row = range.from_row; row <= range.to_row; row++)
    height += (sheet.getRow(row).height ?? STANDARD.height) * PIXELS_A_POINT
  const size = fitted(picture, { width: Math.max(20, width - 4), height: Math.max(20, height - 4) })
  const id = sheet.workbook.addImage({
    // its types ask for a buffer of older Node types
    buffer: Buffer.from(picture.bytes) as unknown as ExcelJS.Buffer,
    extension: picture.type === 'image/png' ? 'png' : 'jpeg',
  })
  sheet.addImage(id, { tl: { col: range.from_column + 0.05, row: range.from_row - 1 + 0.05 }, ext: size })
}

/** The same sheet once more, under a name of its own. */
function copied(book: ExcelJS.Workbook, sheet: ExcelJS.Worksheet, n: number): ExcelJS.Worksheet {
  const copy = book.addWorksheet(sheetName(sheet.name, n))
  const { id, name } = copy as ExcelJS.Worksheet & { id: number }
  const model = structuredClone(sheet.model) as ExcelJS.WorksheetModel & { merges: string[] }
  copy.model = Object.assign(model, { id, name, mergeCells: model.merges, media: [], tables: [] })
  return copy
}

/** The bytes of a workbook with these papers in it. */
export async function fillXlsx(
  bytes: Buffer,
  blanks: readonly PrintBlank[],
  papers: readonly Filling[],
): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ExcelJS.Buffer)
  const named = [...new Set(blanks.map(({ at }) => partsOf(at).sheet))]
  const sheets = named.flatMap((name) => book.getWorksheet(name) ?? [])
  const blanksOn = (sheet: string) => blanks.filter(({ at }) => partsOf(at).sheet === sheet)
  // copies are made of empty sheets, so the first paper is filled last
  for (const [n, paper] of papers.entries()) {
    if (n === 0) continue
    for (const sheet of sheets) fillSheet(copied(book, sheet, n + 1), blanksOn(sheet.name), paper)
  }
  const first = papers[0]
  if (first) for (const sheet of sheets) fillSheet(sheet, blanksOn(sheet.name), first)
  return Buffer.from(await book.xlsx.writeBuffer())
}
