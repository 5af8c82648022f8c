/** What each table of a notice is taken for, and why: 任务分配, 登记表, 征集活动, 名额 or 不用. */
import { inOneLine, type Table, textAt } from './document.ts'
import type { NoticeTable } from './frame.ts'

export const NOTICE_TABLE_KINDS = ['quotas', 'register', 'collections', 'places', 'unused'] as const
/** quotas: 任务分配; places: 名额; unused: 不用. */
export type NoticeTableKind = (typeof NOTICE_TABLE_KINDS)[number]

/** Columns of a table with the words over them, and where its rows begin and end. */
type TableShape = { headingRows: number; labels: string[] }

const MAX_HEADING_ROWS = 4

/** How many rows the heading has: the first, with what is merged down from it. */
function shapeOf(table: Table): TableShape {
  let headingRows = 1
  for (let row = 0; row < headingRows && row < MAX_HEADING_ROWS; row++)
    for (const cell of table.cells)
      if (cell.row === row && cell.row + cell.rows > headingRows && cell.column > -1) {
        // a first column merged over its group is no heading: only what others are merged beside is
        const isHeading =
          cell.rows <= MAX_HEADING_ROWS && table.cells.some(({ row: at, columns }) => at === row && columns > 1)
        if (isHeading) headingRows = cell.row + cell.rows
      }
  const labels = Array.from({ length: table.columns }, (_, column) => {
    const words = Array.from({ length: headingRows }, (_, row) => textAt(table, row, column)).filter(
      (word) => word !== '',
    )
    return words.filter((word, n) => words.indexOf(word) === n).join('/')
  })
  return { headingRows, labels }
}

/** The last words of a label: 名额/劳动模范 is 劳动模范. */
export const lastWord = (label: string) => label.split('/').pop() ?? label

export const isNumber = (text: string) => /^\d[\d,]*(?:\.\d+)?$/.test(text)
/** No quota is printed as a dash. */
export const isDash = (text: string) => /^[-—–－/]+$/.test(text)
export const isTotal = (text: string) => /^(?:合计|总计|小计|共计|总数)$/.test(inOneLine(text))
const isUnitLabel = (label: string) =>
  /^(?:填报|推荐|参加|申报)?单位(?:名称)?$|^(?:各?市|地市|市州|州市|区县|地区)(?:名称)?$/.test(lastWord(label))
const isSerial = (label: string) => /^(?:序号|编号)$/.test(lastWord(label))
const isRemark = (label: string) => /^备注$|^说明$/.test(lastWord(label))
const isKindLabel = (label: string) => /类别|类型|片区|系统$/.test(lastWord(label))

/** A table's part that stands for itself: its unit column, what is counted, what groups its units. Two halves are two parts. */
type TablePart = { unit: number; kind: number | undefined; counted: number[] }

/** Parts of a table of units and numbers, from left to right. */
export function partsOf(table: Table, { headingRows, labels }: TableShape): TablePart[] {
  const units = labels.flatMap((label, column) => (isUnitLabel(label) ? [column] : []))
  return units.map((unit, n) => {
    const to = units[n + 1] ?? table.columns
    const from = n === 0 ? 0 : unit
    const kind = labels.findIndex((label, column) => column >= from && column < unit && isKindLabel(label))
    const counted = labels.flatMap((label, column) => {
      if (column <= unit || column >= to || isSerial(label) || isRemark(label)) return []
      const texts = Array.from({ length: table.rows - headingRows }, (_, row) =>
        textAt(table, row + headingRows, column),
      )
      const filled = texts.filter((text) => text !== '')
      const numbers = filled.filter((text) => isNumber(text) || isDash(text))
      return filled.length > 0 && numbers.length >= filled.length * 0.7 ? [column] : []
    })
    return { unit, kind: kind < 0 ? undefined : kind, counted }
  })
}

export type ClassifiedTable = NoticeTable & {
  shape: TableShape
  kind: NoticeTableKind
  why: string
  isOnePage: boolean
}

/** Share of cells below the heading that are blank. */
function blankShare(table: Table, headingRows: number): number {
  const cells = table.cells.filter(({ row }) => row >= headingRows)
  return cells.length === 0 ? 0 : cells.filter(({ text }) => inOneLine(text) === '').length / cells.length
}

function judge(found: NoticeTable, shape: TableShape): { kind: NoticeTableKind; why: string; isOnePage?: boolean } {
  const { table, title, annex } = found
  const { headingRows, labels } = shape
  const all = table.cells.map(({ text }) => inOneLine(text))
  const isSigned = all.some((text) => /印发$|^抄送|联系人[:：]?|联系电话|^\d{4}年\d{1,2}月\d{1,2}日$/.test(text))
  const isImprint = table.rows <= 4 && all.some((text) => /印发$|^抄送/.test(text))
  if ((annex === null && isSigned) || isImprint) return { kind: 'unused', why: '落款、抄送或联系人，不是要填的表。' }
  const host = labels.find((label) => /(?:承办|主办)单位$/.test(lastWord(label)))
  const project = labels.find((label) => /项目|征集/.test(label))
  if (host && project && blankShare(table, headingRows) < 0.5)
    return { kind: 'collections', why: `表头有“${lastWord(project)}”和“${lastWord(host)}”，每行一个项目。` }
  const parts = partsOf(table, shape).filter(({ counted }) => counted.length > 0)
  if (parts.length > 0) {
    const isPlaces = /名额/.test(title) || labels.some((label) => /名额/.test(label))
    const said = isPlaces ? '名额' : '任务数'
    return {
      kind: isPlaces ? 'places' : 'quotas',
      why: `一行一个单位，各列是${said}${parts.length > 1 ? '；左右两半接着排' : ''}。`,
    }
  }
  const blank = blankShare(table, headingRows)
  const below = Array.from({ length: table.rows - headingRows }, (_, row) => row + headingRows)
  const isList = labels.filter((label) => label !== '').length >= 3 && below.length > 0
  const blankRows = below.filter((row) =>
    labels.every((label, column) => isSerial(label) || textAt(table, row, column) === ''),
  )
  if (isList && blankRows.length >= Math.max(1, below.length * 0.5))
    return { kind: 'register', why: `表头下面是空行，要各单位填“${title || labels.slice(0, 3).join('、')}”。` }
  if (blank >= 0.25 && table.cells.length >= 8)
    return { kind: 'register', why: '空格在栏目旁边，一人（件）一张。', isOnePage: true }
  if (isList && labels.some(isSerial)) return { kind: 'register', why: '有序号和栏目，是填好的登记表。' }
  return { kind: 'unused', why: '看不出要填什么，只是说明。' }
}

/** A table with what it is taken for; `asked` is what a person said it is. */
export function classify(found: NoticeTable, asked?: NoticeTableKind): ClassifiedTable {
  const shape = shapeOf(found.table)
  const judged = judge(found, shape)
  const isOnePage = judged.isOnePage ?? false
  if (asked && asked !== judged.kind) return { ...found, shape, kind: asked, why: '按您选的。', isOnePage }
  return { ...found, shape, ...judged, isOnePage }
}

/** Of tables with the same columns one is the form, the emptiest; the others are it filled, to be imported once it is there. */
export function withoutFilled(tables: readonly ClassifiedTable[]): ClassifiedTable[] {
  const columns = ({ shape, kind }: ClassifiedTable) => (kind === 'register' ? shape.labels.join('|') : undefined)
  const share = ({ table, shape }: ClassifiedTable) => blankShare(table, shape.headingRows)
  return tables.map((each) => {
    const same = tables.filter((other) => other.kind === 'register' && columns(other) === columns(each))
    const form = same.reduce((best, other) => (share(other) > share(best) ? other : best), each)
    return each.kind !== 'register' || form === each
      ? each
      : { ...each, kind: 'unused' as const, why: `是填好的“${form.title}”：建好登记表以后，到里面导入。` }
  })
}
