/**
 * Sentences that become rules of a register: 单场不少于30人 is one of a row, 女性不少于25% one of all rows. Each is held against the
 * columns that the proposed registers have; where none speaks of it, that is told.
 */
import type { Question } from '../question.ts'
import type { CountedRows, ShareFact, UnheldFact } from './facts.ts'
import type { NoticeProposal, ProposedTable } from './proposal.ts'
import { shared } from './targets.ts'

type ProposedField = { name: string; label: string; type: string; choices?: string[] }
const fieldsOf = ({ form }: Pick<ProposedTable, 'form'>): ProposedField[] => {
  const fields = (form as { fields?: unknown } | null)?.fields
  return Array.isArray(fields) ? (fields as ProposedField[]) : []
}

const PER_ROW = 'rules.per_event'
/** About a row's column: `tables.f3t1.fields.visitors`. */
const ABOUT_FIELD = /^tables\.([^.]+)\.fields\.([^.]+)$/

/** The number of which a sentence says that a row has at least so many. */
const leastIn = (words: string): number | undefined => {
  const digits = /不(?:少于|低于)(\d+)人/.exec(words)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The column of which 单场参加人数不少于30人 speaks: the one with most of its words. */
function columnSaid(words: string, tables: readonly ProposedTable[]) {
  return tables
    .filter(({ kind }) => kind === 'register')
    .flatMap((table) => fieldsOf(table).map((field) => ({ table, field })))
    .filter(({ field }) => field.type === 'integer' && /人/.test(field.label))
    .map((each) => ({ ...each, length: shared(each.field.label, words) }))
    .filter(({ length }) => length >= 2)
    .sort((a, b) => b.length - a.length)[0]
}

/** Whom a share speaks of: 农民（含农民工） is two; 女性 and 女 are one. */
const partsOf = (subject: string) => subject.split(/[（）()、和及含]+/).filter((part) => part !== '')
const bare = (text: string) => text.replace(/(?:人员|干部|性)$/, '')
const choicesSaid = (subject: string, choices: readonly string[]): string[] | undefined => {
  const said = partsOf(subject).map((part) => choices.filter((choice) => bare(choice) === bare(part)))
  // a part that no choice is called for is a guess: the whole is left to a person
  return said.length > 0 && said.every((found) => found.length > 0) ? [...new Set(said.flat())] : undefined
}

function rowsSaid(share: ShareFact, tables: readonly ProposedTable[]): CountedRows | null {
  for (const table of tables) {
    const choosing = table.kind === 'register' ? fieldsOf(table).filter(({ choices }) => choices) : []
    const find = (subject: string) => {
      for (const { name, choices = [] } of choosing) {
        const found = choicesSaid(subject, choices)
        if (found) return { [name]: found }
      }
      return undefined
    }
    const of = find(share.subject)
    const among = share.of === null ? {} : find(share.of)
    if (of && among) return { table: table.id, of, among }
  }
  return null
}

/** The proposal with the columns its sentences speak of, once registers have any. */
export function withRowRules(proposal: NoticeProposal): NoticeProposal {
  const { tables, documents } = proposal
  const shares = proposal.shares.map((share) => ({ ...share, counted: rowsSaid(share, tables) }))
  const unheld: UnheldFact[] = [...proposal.unheld]
  const questions = proposal.questions.flatMap((question): Question[] => {
    if (question.id !== PER_ROW) return [question]
    const words = question.from ?? ''
    const column = columnSaid(words, tables)
    if (column) return [{ ...question, about: `tables.${column.table.id}.fields.${column.field.name}` }]
    for (const { file, blocks } of documents)
      for (const block of blocks)
        if (block.kind === 'paragraph' && block.text.includes(words))
          unheld.push({
            id: PER_ROW,
            says: `“${words}”：登记表里没有写人数的一栏，不按它提醒。`,
            source: { file, paragraph: block.n, text: words },
          })
    return []
  })
  return { ...proposal, shares, questions, unheld }
}

type TableRules = { rules: object[]; says: string[] }

/** Rules of one register, by what was confirmed; and what they say, for whoever looks before making. */
export function rulesOf(
  table: ProposedTable,
  confirmed: Pick<NoticeProposal, 'shares' | 'questions'>,
  answer: (id: string) => unknown,
): TableRules {
  const made: TableRules = { rules: [], says: [] }
  const fields = fieldsOf(table)
  const labelOf = (name: string) => fields.find((field) => field.name === name)?.label
  const asked = confirmed.questions.find(({ id }) => id === PER_ROW)
  const [, of, name = ''] = ABOUT_FIELD.exec(asked?.about ?? '') ?? []
  const least = leastIn(asked?.from ?? '')
  const answered = answer(PER_ROW)
  if (of === table.id && labelOf(name) && least !== undefined && answered !== 'none') {
    const severity = answered === 'must' ? 'must' : 'explain'
    made.rules.push({
      name: 'least_per_row',
      kind: 'not_less',
      field: name,
      value: least,
      severity,
      ...(severity === 'must' ? { when: 'submission' } : {}),
    })
    made.says.push(
      `《${table.title}》${labelOf(name)}少于 ${least} 的，${severity === 'must' ? '不能提交' : '提醒，仍可提交'}。`,
    )
  }
  for (const { id, subject, bound, percent, counted } of confirmed.shares) {
    if (counted?.table !== table.id || !Object.keys(counted.of).every(labelOf)) continue
    const per = answer('shares.over') === 'unit' ? 'unit' : 'campaign'
    made.rules.push({
      name: id,
      kind: 'share',
      field: Object.keys(counted.of)[0],
      of: counted.of,
      ...(Object.keys(counted.among).length > 0 ? { among: counted.among } : {}),
      [bound]: percent,
      per,
      severity: 'explain',
    })
    const rows = Object.entries(counted.of).map(([name, choices]) => `${labelOf(name)}是${choices.join('、')}的`)
    made.says.push(
      `《${table.title}》${subject}：${rows.join('、')}${bound === 'at_least' ? '不到' : '超过'} ${percent}% 时提醒（${per === 'unit' ? '每个单位' : '全部'}一起算）。`,
    )
  }
  return made
}
