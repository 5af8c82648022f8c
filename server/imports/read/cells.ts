// Cells of a table, understood by the form's own vocabulary: each as itself or as the cell above, counted as its column is.
import {
  type Field,
  type Form,
  isDitto,
  isPicture,
  isPrintedNothing,
  type Parsed,
  readField,
} from '../../forms/index.ts'
import { hasLostDigits } from '../../workbook/cells.ts'
import { countedIn, inOwnUnits } from '../../workbook/counted.ts'
import type { Heading } from '../../workbook/heading.ts'
import type { WorkbookCell } from '../../workbook/read.ts'
import type { asideTeller } from './asides.ts'

const KEPT_ANSWERS = 1_000

/** Reads the cells of one table, row after row; what is to be said of them goes to `notes`. */
export function tableCells(form: Form, heading: Heading, year: number, notes: ReturnType<typeof asideTeller>) {
  const counted = countedIn(form, heading)
  const understand = cellReader(year)
  const above = new Map<number, WorkbookCell>()

  /** What a cell says: itself, or the cell above where it says 同上; nothing where it holds a picture or NULL. */
  function meaning(cell: WorkbookCell | undefined, column: number, field: Field): WorkbookCell | undefined {
    if (cell?.kind !== 'text') return cell
    if (isPicture(cell.text)) notes.picture(column)
    else if (isPrintedNothing(cell.text)) notes.nothing(column, cell.text.trim())
    else if (isDitto(cell.text) && mayRepeat(form, field)) {
      const before = above.get(column)
      if (before) notes.ditto(column)
      return before ?? cell
    } else return cell
    return undefined
  }

  return {
    /** The same, remembered for the row below. */
    meant(cell: WorkbookCell | undefined, column: number, field: Field): WorkbookCell | undefined {
      const said = meaning(cell, column, field)
      if (said) above.set(column, said)
      else above.delete(column)
      return said
    },

    /** What stands in the column of reporting units. */
    unit(cell: WorkbookCell | undefined, column: number): string | undefined {
      const said = cell && isDitto(cell.text) ? above.get(column) : cell
      if (said) above.set(column, said)
      return said?.text
    },

    /** The cell as the form understands it, counted as its column is. */
    read(field: Field, cell: WorkbookCell, column: number): Parsed {
      const unit = cell.kind === 'number' || cell.kind === 'text' ? counted.get(column) : undefined
      const own = unit && inOwnUnits(cell.value as string | number, unit)
      if (!unit || !own) return understand(field, cell)
      if ('error' in own) return { error: `${field.label}${own.error}` }
      if (own.value !== cell.value) notes.counted(column, unit, cell.text, own.value)
      return readField(field, own.value, { year })
    },
  }
}

/** 同上 may stand for what many rows share, not for what tells one from another. */
const mayRepeat = (form: Form, { name, type }: Field): boolean =>
  name !== form.names && !['phone', 'credit_code', 'url', 'integer', 'decimal'].includes(type)

/** Understands cells; the same words in the same column are understood once. */
function cellReader(year: number): (field: Field, cell: WorkbookCell) => Parsed {
  const answers = new Map<Field, Map<unknown, Parsed>>()
  return (field, cell) => {
    if (cell.kind === 'error') return { error: `这一格是错误值 ${cell.text}，请改成正确的内容。` }
    if (cell.kind === 'formula_uncached')
      return { error: '这一格的公式没有算出结果，请在 WPS 或 Excel 里打开，保存后再上传。' }
    if (hasLostDigits(cell)) return { error: `${field.label}被 Excel 变成了数字，第 15 位以后丢了，请按文本重填。` }
    const value =
      field.type === 'reference' || field.type === 'text' || field.type === 'long_text' ? words(cell) : plain(cell)
    let known = answers.get(field)
    if (!known) {
      known = new Map()
      answers.set(field, known)
    }
    const before = known.get(value)
    if (before) return before
    const parsed = readField(field, value, { year })
    // names and phones seldom come again; activities, workplaces and choices come early
    if (known.size < KEPT_ANSWERS) known.set(value, parsed)
    return parsed
  }
}

const plain = (cell: WorkbookCell) => cell.value as string | number | boolean
/** A number in a column of words is words: 12 in a reference is a name, not an id. */
const words = (cell: WorkbookCell) => (cell.kind === 'date' ? cell.text : String(cell.value))
