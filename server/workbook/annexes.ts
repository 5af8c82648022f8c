// The tables that are no form's own: annex 1 as the notice prints it, annex 2 as a table, and annex 1's shape widened by
// what has been done (任务完成情况).
import { countOf } from '../forms/index.ts'
import {
  type CellValue,
  headingHeights,
  headLines,
  type LayoutColumn,
  numbering,
  type SheetLayout,
  widthOf,
} from '../forms/paper/layout.ts'
import { document_margins, fillPage, heights, pageFor, table_margins } from '../forms/paper/styles.ts'
import { shareOf } from '../forms/share.ts'

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

/** A heading in two lines, as the notice prints them: 组织动员 | 工会组织, 发展 | 宣传员. */
function inTwoLines(label: string): string {
  const letters = [...label]
  const half = Math.floor(letters.length / 2)
  return letters.length < 5 ? label : `${letters.slice(0, half).join('')}\n${letters.slice(half).join('')}`
}

/** More tasks than this do not fit an upright page. */
const MAX_UPRIGHT_TASKS = 5

/** The notice, annex 1: 序号 | 单位 | a column a task, in the words and lines it prints. Rows: unit, a number a task. */
export function annexOne(title: string, tasks: readonly string[]): SheetLayout {
  const shares = fillPage([1.1, 2, ...tasks.map(() => 1.8)])
  const columns = [numbering, words('单位'), ...tasks.map((task) => number(inTwoLines(task)))].map(
    (column, index): LayoutColumn => ({ ...column, width: shares[index] ?? 10 }),
  )
  return {
    sheet: '附件1',
    lines: headLines('附件 1', title, columns),
    columns,
    heading: [48],
    blank_rows: 0,
    total: '合计',
    total_style: { formula: true, merged: true },
    foot: [],
    row_height: ANNEX_ROW_POINTS,
    size: ANNEX_FONT_POINTS,
    landscape: tasks.length > MAX_UPRIGHT_TASKS,
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

/** A column of 任务完成情况: of a task what is set, done and its share, else what is done. */
type ProgressColumn = { name: string; label: string; is_task: boolean }

/** 单位 | what each column counts, the tasks first. */
export function progressRow(unit: string, of: object, columns: readonly ProgressColumn[]): CellValue[] {
  return [
    unit,
    ...columns.flatMap(({ name, is_task }): CellValue[] => {
      const { target, done } = countOf(of, name)
      return is_task ? [target, done, shareOf(done, target)] : [done]
    }),
  ]
}

/** 任务完成情况, annex 1's shape widened. Rows as `progressRow` gives them; `notes` stand below the table. */
export function progressLayout(
  title: string,
  counted: readonly ProgressColumn[],
  notes: readonly string[],
): SheetLayout {
  const task = (group: string, target: number): LayoutColumn[] => [
    number('任务', group),
    number('完成', group),
    { ...number('%', group), kind: 'percent', sum: false, share: { done: target + 1, target } },
  ]
  const columns = [numbering, words('单位', { width: 18, wraps: true })]
  for (const { label, is_task } of counted) {
    if (is_task) columns.push(...task(label, columns.length))
    else columns.push({ ...number(inTwoLines(label)), width: 14 })
  }
  return {
    sheet: '任务完成情况',
    lines: headLines(undefined, title, columns),
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
