/** Tables of units and numbers: who takes part, of what kind, with which quotas, and whether printed sums are the sums. */
import { cellAddress } from '../../workbook/cells.ts'
import { cellAt, type FactSource, type Table, textAt } from './document.ts'
import type { QuotaOfUnit, UnitFact } from './facts.ts'
import { amount } from './numbers.ts'
import { type ClassifiedTable, isDash, isNumber, isTotal, lastWord, partsOf } from './table_kinds.ts'

/** A column of a table of quotas: what it counts, in what, for whom; `printed` is the sum below it. */
type CountedColumn = {
  label: string
  measure: string | null
  quotas: QuotaOfUnit[]
  printed: number | null
  source: FactSource
}
export type QuotaTable = { table: ClassifiedTable; units: UnitFact[]; columns: CountedColumn[] }

export const sourceOfCell = (file: string, table: Table, row: number, column: number): FactSource => {
  const cell = cellAt(table, row, column)
  return {
    file,
    table: table.id,
    cell: cellAddress(cell?.column ?? column, table.from_row + (cell?.row ?? row) + 1),
    text: cell?.text ?? '',
  }
}

const MEASURE = /[（(]([^（()）]{1,6})[)）]$/
/** 线下活动任务数（场） counts 线下活动. */
const labelOf = (label: string) =>
  lastWord(label)
    .replace(MEASURE, '')
    .replace(/(?:任务数?|指标|数量)$/, '') || lastWord(label)

/** 单位：名 above the table. */
const measureAbove = ({ before }: ClassifiedTable) =>
  before
    .map(({ said }) => /^单位[:：]\s*([^\d\s]{1,4})$/.exec(said.trim())?.[1])
    .find((found) => found !== undefined) ?? null

/** Reads a table of quotas. Parts that stand side by side are read one after the other. */
export function quotaTableOf(found: ClassifiedTable): QuotaTable {
  const { table, shape, file } = found
  const units: UnitFact[] = []
  const columns = new Map<string, CountedColumn>()
  const above = measureAbove(found)
  for (const { unit, kind, counted } of partsOf(table, shape)) {
    for (let row = shape.headingRows; row < table.rows; row++) {
      const name = textAt(table, row, unit)
      const isSum = isTotal(name) || isTotal(textAt(table, row, 0))
      if (name === '' && !isSum) continue
      if (!isSum) {
        const ofKind = kind === undefined ? null : textAt(table, row, kind) || null
        units.push({ name, kind: ofKind, position: units.length + 1, source: sourceOfCell(file, table, row, unit) })
      }
      for (const column of counted) {
        const label = shape.labels[column] ?? ''
        if (isTotal(lastWord(label))) continue
        const known = columns.get(lastWord(label)) ?? {
          label: labelOf(label),
          measure: MEASURE.exec(label)?.[1] ?? above,
          quotas: [],
          printed: null,
          source: sourceOfCell(file, table, shape.headingRows - 1, column),
        }
        columns.set(lastWord(label), known)
        const text = textAt(table, row, column)
        if (!isNumber(text) || isDash(text)) continue
        const value = amount(text)
        if (isSum) known.printed = value
        else known.quotas.push({ unit: name, value, source: sourceOfCell(file, table, row, column) })
      }
    }
  }
  return { table: found, units, columns: [...columns.values()] }
}

export const sumOf = ({ quotas }: Pick<CountedColumn, 'quotas'>) => quotas.reduce((sum, { value }) => sum + value, 0)
