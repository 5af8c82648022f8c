/** A paper as it is read, block by block, with what one asks of its cells: what is to be filled, what is a label. */
import type { Block, Table, TableCell } from '../proposals/notice/document.ts'
import { inOneLine } from '../proposals/notice/document.ts'

/** More cells are a list and no page. */
export const MAX_PAGE_CELLS = 3_000

const HINT = /^[（(][^（）()]*[）)]$/
const SEAL = /^(?:[（(](?:盖章|公章|签章|签字|签名|单位盖章)[^（）()]*[）)]|.{0,12}(?:签字|签名|签章|盖章)[:：]?_*)$/
/** Whose seal it is: 测试厂（盖章）. */
const SEALED_BY = /^.{1,20}[（(](?:盖章|公章|签章)[）)]$/
const DAY_TO_WRITE = /^_*年_*月_*日$/
const PICTURE = /^[（(贴粘]?.{0,6}(?:照片|相片|免冠照|证件照|近照)/
const MARKS = '□☐○◯◻▢☑■√✓✔☒●'
const BOX = new RegExp(`([${MARKS}])\\s*([^${MARKS}\\s]+(?: [^${MARKS}\\s]+)*)`, 'gu')
export const isTicked = (mark: string) => '☑■√✓✔☒●'.includes(mark)

const MAX_PICTURE_CHARS = 30

type BlankLook = 'blank' | 'opinion' | 'choices' | 'picture' | 'label'

/** Boxes of a text: their marks, the words behind them, and where each mark stands. */
export function boxesIn(text: string): { mark: string; words: string; at: number }[] {
  return [...text.matchAll(BOX)].map(({ 1: mark = '', 2: words = '', index }) => ({ mark, words, at: index }))
}

/** The words of a box without what is to be written behind them: 其他：____ is 其他. */
export const choiceIn = (words: string): string => inOneLine(words).replace(/[:：_＿].*$/su, '')

const isSealLine = (line: string) => SEAL.test(line) || DAY_TO_WRITE.test(line) || HINT.test(line)

/** What a cell of an empty paper is there for. */
export function lookOf(text: string): BlankLook {
  const lines = text
    .split('\n')
    .map(inOneLine)
    .filter((line) => line !== '')
  if (lines.every((line) => /^[_＿]*$/.test(line))) return 'blank'
  const whole = lines.join('')
  if (boxesIn(text).length > 1) return 'choices'
  if (whole.length <= MAX_PICTURE_CHARS && PICTURE.test(whole)) return 'picture'
  if (!lines.every(isSealLine)) return 'label'
  return lines.every((line) => HINT.test(line) && !SEAL.test(line)) ? 'blank' : 'opinion'
}

/** A line under an opinion that is no part of it: the seal, who signs, the day. */
export const isUnderOpinion = (line: string): boolean => {
  const plain = inOneLine(line)
  return isSealLine(plain) || SEALED_BY.test(plain) || /^_*\d{0,4}_*年_*\d{0,2}_*月_*\d{0,2}_*日$/.test(plain)
}

/** Cells of a table by their place; those that are merged under every place they cover. */
export function placesOf(table: Table): (row: number, column: number) => TableCell | undefined {
  const places = new Map<number, TableCell>()
  for (const cell of table.cells)
    for (let row = cell.row; row < cell.row + cell.rows; row++)
      for (let column = cell.column; column < cell.column + cell.columns; column++)
        places.set(row * table.columns + column, cell)
  return (row, column) => (column < 0 || column >= table.columns ? undefined : places.get(row * table.columns + column))
}

export const tablesIn = (blocks: readonly Block[]): Table[] => blocks.filter((block) => block.kind === 'table')

/** A blank in a line of words: its label, and where the room behind the colon begins and ends. */
type LineSlot = { label: string; from: number; to: number; text: string }

const LABEL = /([^\s　_＿:：,，。；;、]{1,24})[:：](?!\/\/)/gu

type LabelFound = { label: string; from: number; to: number }

/** Where these labels stand with a colon behind them; 单位： is none within 推荐单位：. */
function labelsKnown(line: string, known: ReadonlySet<string>): LabelFound[] {
  const found: LabelFound[] = []
  for (const label of known)
    for (const colon of ['：', ':'])
      for (let at = line.indexOf(label + colon); at >= 0; at = line.indexOf(label + colon, at + 1))
        found.push({ label, from: at, to: at + label.length + 1 })
  return found.filter((one) => !found.some((other) => other !== one && other.from < one.from && other.to >= one.to))
}

const labelsLikely = (line: string): LabelFound[] =>
  [...line.matchAll(LABEL)].map(({ 0: whole, 1: label = '', index }) => ({
    label,
    from: index,
    to: index + whole.length,
  }))

/** What stands behind each colon of a line, whether or not somebody has written there. `known`: the labels to look for. */
export function slotsOf(line: string, known?: ReadonlySet<string>): LineSlot[] {
  const labels = (known ? labelsKnown(line, known) : labelsLikely(line)).sort((a, b) => a.from - b.from)
  return labels.map(({ label, to }, n) => {
    const end = labels[n + 1]?.from ?? line.length
    return { label, from: to, to: end, text: line.slice(to, end) }
  })
}

/** Room that nobody has written into: blanks, underlines, 年 月 日 without numbers. */
export const isRoom = (text: string): boolean => /^(?:_*|年月日)$/.test(inOneLine(text).replace(/[_＿]+/g, ''))
