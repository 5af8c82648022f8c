// Why an import is not written, in words.
import { Refusal } from '../errors.ts'
import type { WorkbookRefused } from '../workbook/read.ts'
import type { ImportOutcome } from './tell/outcome.ts'

export const NOT_WHOLE = '这次核对的明细已经不全，没有写入。请重新上传这个文件。'
export const GONE = '这次导入的文件已经不再保存，请重新上传这个文件。'
/** `rows`: how many. */
export const changedSince = (rows: number) =>
  new Refusal(
    409,
    `核对以后，有 ${rows} 行和系统里的不一样了：别人改过、登记过，或者删去了。整份都没有写入，已经重新核对，请看一遍再写入。`,
    { changed: rows },
  )
export const COLLIDED = new Refusal(409, '刚才有人在改同样的内容。整份都没有写入，已经重新核对，请看一遍再写入。')

/** What was checked by another definition is read and shown again before anything comes of it. */
export const REDEFINED = new Refusal(409, '这张表的栏目或规则刚改过。整份都没有写入，已经重新核对，请看一遍再写入。')

/** The rows that others have changed, as a refusal names them; none where PostgreSQL found that two wrote at once. */
export function changedIn(error: unknown): number[] | undefined {
  if (error instanceof Refusal) return error.body.changed as number[] | undefined
  const { code } = error as { code?: string }
  return code === '23505' || code === '23503' || code === '40001' || code === '40P01' ? [] : undefined
}

export const UNMAPPED = '有的列看不准是哪个栏目，请先核对“栏目对应”，再写入。'

/** 还有 3 行有错，2 行两边都改过，1 行和别的行重复: 整份都没有写入。 */
export function undecidedWords({ wrong, conflicts, undecided, error_count, table_errors }: ImportOutcome): string {
  if (table_errors[0]) return `${table_errors[0].message}整份都没有写入。`
  const doubled = undecided - wrong - conflicts
  const parts = [
    error_count > 0 ? `有 ${error_count} 格要改` : '',
    conflicts > 0 ? `有 ${conflicts} 行两边都改过，要选一个` : '',
    doubled > 0 ? `有 ${doubled} 行和文件里别的行是同一条，内容不同，要留一行` : '',
  ].filter(Boolean)
  return `${parts.join('；')}。整份都没有写入。改好再写入，或者只导入没有问题的行。`
}

/** A file in which no sheet has the form's heading, or no row below it, is reported as such. */
export function refuseEmpty(outcome: ImportOutcome): void {
  if (outcome.rows > 0) return
  const notes = outcome.sheets.flatMap((sheet) => sheet.notes).slice(0, 5)
  const message = outcome.sheets.some((sheet) => sheet.heading_row !== null)
    ? '表头下面没有数据行。'
    : (outcome.sheets.find(({ is_other }) => is_other)?.notes[0] ?? '没有找到这张表的表头。请对照模板看一看栏目名称。')
  throw new Refusal(422, message, { reason: 'empty', notes })
}

/** The statuses with which files are refused; others with 422. */
export const STATUS_OF: Partial<Record<WorkbookRefused['reason'], number>> = { too_large: 413, cancelled: 409 }
