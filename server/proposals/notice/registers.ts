/** Registers among the workbooks of a notice: the tables that are one get their definition, and what it leaves open is asked. */
import type { Surroundings } from '../../forms/index.ts'
import { cleanedInTurn } from '../../workbook/clean/whole.ts'
import { proposalsOf, type RegisterProposal } from '../register_proposal.ts'
import type { NoticeProposal, ProposedTable } from './proposal.ts'
import { withRowRules } from './row_rules.ts'

const isRegister = ({ table, form }: RegisterProposal) => table.kind === 'register' && form !== null

/** The proposal with the definitions of its registers. Each workbook with one is read once more, by who knows forms. */
export async function withRegisters(
  proposal: NoticeProposal,
  files: readonly { name: string; bytes: Buffer }[],
  { around, year }: { around: Surroundings; year: number },
): Promise<NoticeProposal> {
  const tables: ProposedTable[] = [...proposal.tables]
  const questions = [...proposal.questions]
  for (const { name, bytes } of files) {
    const places = tables.flatMap((table, n) =>
      table.file === name && table.kind === 'register' && !table.one_page ? [n] : [],
    )
    if (places.length === 0 || !/\.(?:xlsx?|xlsm|et)$/i.test(name)) continue
    const found = (await proposalsOf((await cleanedInTurn(bytes, name)).bytes, name, around, year)).filter(isRegister)
    for (const [n, at] of places.entries()) {
      const table = tables[at]
      const register = found[n]
      if (!table || !register) continue
      tables[at] = { ...table, form: register.form }
      for (const question of register.questions)
        questions.push({
          ...question,
          id: `form.${table.id}.${question.id}`,
          about: `tables.${table.id}.form.${question.about}`,
        })
    }
  }
  return withRowRules({ ...proposal, tables, questions })
}
