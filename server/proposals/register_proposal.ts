/** A workbook as proposed registers: each table that was found, the definition it comes to, and what has to be asked. */
import type { Definition, Surroundings } from '../forms/index.ts'
import type { Question, TableKind } from './question.ts'

export type RegisterProposal = {
  table: { kind: TableKind; sheet: string }
  form: Definition | null
  questions: Question[]
}

/** The tables of a cleaned workbook. Throws `WorkbookRefused`. */
export async function proposalsOf(
  _bytes: Buffer,
  _fileName: string,
  _around: Surroundings,
): Promise<RegisterProposal[]> {
  return []
}
