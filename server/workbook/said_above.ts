// What is said in the lines above a heading: the title, and labels with their values (填报单位：合肥市总工会), in one cell or
// in two beside each other. Pure functions over rows already read.
import type { Heading, HeadingRemark } from './heading.ts'
import type { SheetRow } from './sheet.ts'

const MAX_LINE = 1000

/** 填报单位： and the like, wherever in a text they stand. */
export const LABEL =
  /(填报单位|报送单位|上报单位|所属地?市|(?<!\p{Script=Han})单位|填报人|填表人|联系人|联系电话|填报日期|填报时间|填表日期|活动名称|活动主题|活动日期|活动时间|活动地点|征集活动|活动项目)\s*(?:[（(][^（）()]*[）)])?\s*[:：]/gu

const LABEL_ALONE = new RegExp(`^${LABEL.source.split('\\s*')[0]}(?:[（(][^（）()]*[）)])?$`, 'u')

/** What is said in the rows above a heading: 填报单位：…, 活动名称：…, and the title. */
export function aboveHeading(rows: readonly SheetRow[], headingRow: number): Pick<Heading, 'remarks' | 'title'> {
  const remarks: HeadingRemark[] = []
  let title: Heading['title']
  for (const row of rows) {
    if (row.number >= headingRow) break
    let waiting: string | undefined
    for (const [column, cell] of row.cells.entries()) {
      if (!cell) continue
      const text = cell.text.slice(0, MAX_LINE)
      const labels = [...text.matchAll(LABEL)]
      // 填报单位 in one cell and 合肥市总工会 in the next, without a colon
      const alone =
        waiting === undefined && labels.length === 0 ? LABEL_ALONE.exec(text.replace(/\s/g, ''))?.[1] : undefined
      if (alone) {
        waiting = alone
        continue
      }
      if (labels.length === 0) {
        if (waiting !== undefined) remarks.push({ label: waiting, value: text.trim(), row: row.number, column })
        else if (isTitle(text)) title = { text: text.replace(/\s+/g, ' ').trim(), row: row.number, column }
      }
      waiting = undefined
      for (const [index, label] of labels.entries()) {
        const from = (label.index ?? 0) + label[0].length
        const value = text.slice(from, labels[index + 1]?.index).trim()
        if (value !== '') remarks.push({ label: label[1] ?? '', value, row: row.number, column })
        else if (index === labels.length - 1) waiting = label[1]
      }
    }
  }
  return title ? { remarks, title } : { remarks }
}

function isTitle(text: string): boolean {
  return text.trim().length > 4 && !/^附件\s*\d/.test(text.trim())
}
