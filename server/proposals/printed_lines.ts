/**
 * The lines above and below a table as a form has them: what somebody filled in is taken out again, and where the system knows
 * what to fill in stands its word ({unit}, {year}, …, see forms/paper/paper.ts). Pure functions.
 */
import type { PrintedLine } from '../forms/index.ts'
import { type AnnexLine, type AnnexTable, bare } from './sheet_tables.ts'

/** What the lines of a form say of it. `title` without its year. */
export type SaidOnPaper = {
  title: string | undefined
  annex: number | undefined
  /** 填报单位, 推荐单位: what the reporting unit is called above the table. */
  unit: string | undefined
  reported: string[]
  notes: string[]
  sign_off: string[]
  above: PrintedLine[]
  below: PrintedLine[]
}

const ANNEX = /^(附\s*件\s*)(\d{1,3})(?=\s*[:：]?\s*$)/
const YEAR = /^(\d{4})(\s*年\s*度?)/
/** 填报单位（盖章）：, 联系电话： and the like, at any place of a text. */
const ASKED = /(\p{Script=Han}{2,10})\s*(?:[（(][^（）()]{1,12}[）)])?\s*[:：]/gu
const NOTE = /^\s*(填表说明|填报说明|填写说明|说明|注意事项|备注|附注|注)\s*[:：\d]|^\s*[*※]|^\s*\d{1,2}\s*[.、．]/
const UNIT = /单位$/
const PERSON = /(填报人|填表人|制表人|经办人)$/
const DAY = /(日期|时间)$/
const DAY_ALONE = /^\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?$/
const DAY_BLANK = '    年  月  日'

/** Reads the lines of a table. */
export function saidOnPaper({ above, below }: AnnexTable): SaidOnPaper {
  const titleRow = above.findLast(
    ({ cells }) => cells.some(({ text }) => isTitle(text)) && !cells.some(({ text }) => text.search(ASKED) >= 0),
  )
  const said: SaidOnPaper = {
    title: undefined,
    annex: undefined,
    unit: undefined,
    reported: [],
    notes: [],
    sign_off: [],
    above: [],
    below: [],
  }
  for (const line of above) said.above.push(line === titleRow ? titleLine(line, said) : lineAbove(line, said))
  for (const line of below) said.below.push(lineBelow(line, said))
  while (said.below.at(-1)?.cells.length === 0) said.below.pop()
  return said
}

const isTitle = (text: string) =>
  bare(text).length > 4 &&
  /\p{Script=Han}{2}/u.test(text) &&
  !/附\s*件\s*\d/.test(text) &&
  text.search(ASKED) < 0 &&
  !NOTE.test(text) &&
  !/[:：]\s*$/.test(text)

const printed = (line: AnnexLine, role: PrintedLine['role'], cells: PrintedLine['cells']): PrintedLine => ({
  role,
  ...(line.height === undefined ? {} : { height: line.height }),
  cells,
})

function titleLine(line: AnnexLine, said: SaidOnPaper): PrintedLine {
  const cells = line.cells.map((cell) => {
    if (!isTitle(cell.text)) return cell
    const text = cell.text.trim()
    const [dated, year, word] = YEAR.exec(text) ?? []
    const title = text.slice(dated?.length ?? 0).replace(/\s*\n\s*/g, '')
    said.title = title
    return { ...cell, text: dated ? `{year|${year}}${word}{title}` : '{title}' }
  })
  return printed(line, 'title', cells)
}

function lineAbove(line: AnnexLine, said: SaidOnPaper): PrintedLine {
  const annex = line.cells.map(({ text }) => ANNEX.exec(text.trim())).find((found) => found)
  if (annex) {
    said.annex = Number(annex[2])
    const cells = line.cells.map((cell) => ({ ...cell, text: cell.text.trim().replace(ANNEX, '$1{annex|$2}') }))
    return printed(line, 'annex', cells)
  }
  if (line.cells.some(({ text }) => text.search(ASKED) >= 0)) {
    said.reported.push(line.cells.map(({ text }) => text.trim()).join('  '))
    return printed(
      line,
      'meta',
      emptied(line, (unit) => (said.unit ??= unit)),
    )
  }
  return printed(line, 'note', line.cells)
}

function lineBelow(line: AnnexLine, said: SaidOnPaper): PrintedLine {
  const first = line.cells[0]?.text ?? ''
  if (line.cells.length === 0 || NOTE.test(first) || first.search(ASKED) < 0) {
    const cells = line.cells.filter(({ text }) => !DAY_ALONE.test(text.trim()))
    said.notes.push(...cells.map(({ text }) => text.trim()))
    return printed(line, 'note', cells)
  }
  const cells = emptied(line).filter(({ text }) => text.trim() !== '')
  said.sign_off.push(...cells.map(({ text }) => text.replace(/\{[^}]*\}/g, '').trim()))
  return printed(line, 'meta', cells)
}

/** The cells of a line that asks, without what was answered; `onUnit` is told what the unit is called. */
function emptied(line: AnnexLine, onUnit: (unit: string) => void = () => {}): PrintedLine['cells'] {
  let waiting: string | undefined
  return line.cells.map((cell, at) => {
    const asked = [...cell.text.matchAll(ASKED)]
    if (asked.length === 0) {
      const text = waiting === undefined ? cell.text : answerTo(waiting, cell.text, onUnit)
      waiting = undefined
      return { ...cell, text }
    }
    let text = cell.text.slice(0, asked[0]?.index)
    for (const [index, found] of asked.entries()) {
      const end = (found.index ?? 0) + found[0].length
      const answer = cell.text.slice(end, asked[index + 1]?.index)
      const isLast = index === asked.length - 1
      const next = line.cells[at + 1]
      const isBeside = isLast && answer.trim() === '' && next !== undefined && next.text.search(ASKED) < 0
      waiting = isBeside ? found[1] : undefined
      text += found[0] + (isBeside ? answer : answerTo(found[1] ?? '', answer, onUnit))
    }
    return { ...cell, text }
  })
}

/** What stands where an answer is wanted: a word of the system's, with the blanks that were there. */
function answerTo(asked: string, answer: string, onUnit: (unit: string) => void): string {
  const blanks = answer.length - answer.trimEnd().length
  const behind = answer.trim() === '' ? answer : answer.slice(answer.length - blanks)
  if (UNIT.test(asked)) {
    onUnit(asked)
    return `{unit}${behind}`
  }
  if (PERSON.test(asked)) return `{by}${behind}`
  if (!DAY.test(asked)) return behind
  const blank = /\d{1,2}\s*日/.test(answer) || DAY_ALONE.test(answer.trim()) ? DAY_BLANK : answer.replace(/[{}|]/g, '')
  return `{on|${blank}}`
}
