// The tables that are no form's own: annex 1 as the notice prints it, annex 2 as a table, and annex 1's shape widened by
// what has been done (任务完成情况).
import { shareOf } from '../forms/share.ts'
import {
  type CellValue,
  headingHeights,
  headLines,
  type LayoutColumn,
  numbering,
  type SheetLayout,
  widthOf,
} from './layout.ts'
import { document_margins, fillPage, heights, pageFor, table_margins } from './styles.ts'

const ANNEX_FONT_POINTS = 14
const ANNEX_ROW_POINTS = 28

const number = (heading: string, group?: string): LayoutColumn => ({
  heading,
  ...(group ? { group } : {}),
  width: 10,
  kind: 'number',
  align: 'center',
  sum: true,
})
const words = (heading: string, options: Partial<LayoutColumn> = {}): LayoutColumn => ({
  heading,
  width: 14,
  kind: 'text',
  align: 'center',
  ...options,
})

/** The notice, annex 1: 序号 | 单位 | three tasks, in the words and lines it prints. Rows: unit, three numbers. */
export function annexOne(year: number): SheetLayout {
  const shares = fillPage([1.1, 2, 1.8, 1.8, 1.8])
  const columns = [
    numbering,
    words('单位'),
    number('组织动员\n工会组织'),
    number('发展\n宣传员'),
    number('线下\n活动数'),
  ].map((column, index): LayoutColumn => ({ ...column, width: shares[index] ?? 10 }))
  return {
    sheet: '附件1',
    lines: headLines('附件 1', `${year} 年“好网民”活动“12351+” 计划任务分配表`, columns),
    columns,
    heading: [48],
    blank_rows: 0,
    total: '合计',
    total_style: { formula: true, merged: true },
    foot: [],
    row_height: ANNEX_ROW_POINTS,
    size: ANNEX_FONT_POINTS,
    landscape: false,
    margins: document_margins,
    frozen_columns: 2,
    to_fill: false,
  }
}

/** The notice, annex 2, as a table. Rows: project, content, host, entrance. */
export function annexTwo(): SheetLayout {
  const columns = [
    { ...numbering, width: 6 },
    words('活动项目', { width: 24, align: 'left', wraps: true }),
    words('项目内容', { width: 62, align: 'left', wraps: true }),
    words('承办单位', { width: 17, wraps: true }),
    words('平台入口', { width: 30, align: 'left', wraps: true }),
  ]
  return {
    sheet: '附件2',
    lines: headLines('附件 2', '活动项目内容及平台入口', columns),
    columns,
    heading: [32],
    blank_rows: 0,
    total_style: { formula: false, merged: true },
    foot: [],
    row_height: 40,
    size: 12,
    landscape: true,
    margins: table_margins,
    frozen_columns: 2,
    to_fill: false,
  }
}

type TargetCount = { target: number | null; done: number }
type QuotaLine = {
  unit: string
  organizations: TargetCount
  propagandists: TargetCount
  events: TargetCount
  people: { done: number }
  netizens: { done: number }
}

/** 单位 | three tasks: set, done, share | people met | people reached. */
export function progressRow(unit: QuotaLine): CellValue[] {
  const tasks = [unit.organizations, unit.propagandists, unit.events]
  const counts = tasks.flatMap(({ target, done }): CellValue[] => [target, done, shareOf(done, target)])
  return [unit.unit, ...counts, unit.people.done, unit.netizens.done]
}

/** 任务完成情况, annex 1's shape widened. Rows as `progressRow` gives them; `notes` stand below the table. */
export function progressLayout(year: number, notes: readonly string[]): SheetLayout {
  const task = (group: string, target: number): LayoutColumn[] => [
    number('任务', group),
    number('完成', group),
    { ...number('%', group), kind: 'percent', sum: false, share: { done: target + 1, target } },
  ]
  const columns = [
    numbering,
    words('单位', { width: 18, wraps: true }),
    ...task('组织动员工会组织', 2),
    ...task('发展宣传员', 5),
    ...task('线下活动', 8),
    { ...number('面对面\n人数'), width: 12 },
    { ...number('影响人数'), width: 14 },
  ]
  return {
    sheet: '任务完成情况',
    lines: headLines(undefined, `${year}年“好网民”活动“12351+”计划任务完成情况`, columns),
    columns,
    heading: headingHeights(columns),
    blank_rows: 0,
    total: '合计',
    total_style: { formula: true, merged: true },
    foot: notes,
    row_height: heights.row,
    size: 12,
    landscape: pageFor(widthOf(columns)).landscape,
    margins: table_margins,
    frozen_columns: 2,
    to_fill: false,
  }
}
