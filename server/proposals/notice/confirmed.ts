/** A proposal as a person has confirmed it: what was dropped is not in it, what was mended is, and each question has its answer. */
import { badRequest } from '../../errors.ts'
import { isRecord } from '../../requests.ts'
import type { NoticeProposal } from './proposal.ts'

type ConfirmedAnswers = Record<string, unknown>
export type ConfirmedProposal = Pick<
  NoticeProposal,
  'campaign' | 'tables' | 'units' | 'days' | 'hosts' | 'targets' | 'shares' | 'unheld' | 'questions'
> & { answers: ConfirmedAnswers }

const LISTS = {
  tables: ['id', 'title', 'kind'],
  units: ['name'],
  days: ['id', 'name', 'content'],
  hosts: ['id', 'title', 'medium', 'level', 'content'],
  targets: ['id', 'label', 'measure'],
  shares: ['id', 'subject', 'bound'],
  unheld: ['says'],
  questions: ['id'],
} as const
/** Lists of texts within a fact. */
const WITHIN = { hosts: ['hosts', 'sub_themes', 'tags'], days: ['annexes'], targets: ['quotas'] } as const
const MAX_FACTS = 2_000

const areChoices = (columns: unknown) => isRecord(columns) && Object.values(columns).every(Array.isArray)
const areCountedRows = (counted: unknown) => isRecord(counted) && areChoices(counted.of) && areChoices(counted.among)

const isList = (value: unknown) => value === undefined || Array.isArray(value)
/** What answers are set in. What the definition says is checked with the package. */
const isForm = (form: unknown) =>
  form === null ||
  form === undefined ||
  (isRecord(form) &&
    isRecord(form.paper ?? {}) &&
    isList((form.paper as { columns?: unknown } | undefined)?.columns) &&
    ['fields', 'keys', 'add', 'rules'].every((name) => isList(form[name])) &&
    [form.fields ?? [], form.add ?? []].flat().every((field) => isRecord(field) && typeof field.label === 'string') &&
    ((form.keys ?? []) as unknown[]).every(Array.isArray))

/** The body of a request; 400 where it is no proposal. What its facts say is checked when the package is. */
export function readConfirmed(body: unknown): ConfirmedProposal {
  if (!isRecord(body) || !isRecord(body.proposal)) throw badRequest('应是 {"proposal":…,"answers":…}。')
  const { proposal, answers = {} } = body
  if (!isRecord(answers) || !isRecord(proposal.campaign))
    throw badRequest('proposal 要有 campaign，answers 按问题的编号。')
  for (const [name, texts] of Object.entries(LISTS)) {
    const facts = proposal[name] ?? []
    const lists = (WITHIN as Record<string, readonly string[]>)[name] ?? []
    const isFact = (fact: unknown) =>
      isRecord(fact) &&
      texts.every((text) => typeof fact[text] === 'string') &&
      lists.every((list) => Array.isArray(fact[list]))
    if (!Array.isArray(facts) || facts.length > MAX_FACTS || !facts.every(isFact))
      throw badRequest(`proposal.${name} 不是读出来的样子。`)
    proposal[name] = facts
  }
  const hosts = proposal.hosts as Record<string, unknown>[]
  if (!hosts.every(({ limits }) => isRecord(limits))) throw badRequest('proposal.hosts 不是读出来的样子。')
  const tables = proposal.tables as Record<string, unknown>[]
  if (!tables.every(({ form }) => isForm(form))) throw badRequest('proposal.tables 不是读出来的样子。')
  const shares = proposal.shares as Record<string, unknown>[]
  if (!shares.every(({ counted }) => counted === null || areCountedRows(counted)))
    throw badRequest('proposal.shares 不是读出来的样子。')
  return { ...(proposal as unknown as NoticeProposal), answers }
}

/** What somebody answered to a question, undefined where nobody did. */
export const answeredTo = ({ answers }: ConfirmedProposal, id: string): unknown =>
  Object.hasOwn(answers, id) ? answers[id] : undefined

/** The answer to a question; what nobody has answered is as its first option says. */
export function answerTo({ questions, answers }: ConfirmedProposal, id: string): unknown {
  return Object.hasOwn(answers, id) ? answers[id] : questions.find((each) => each.id === id)?.options?.[0]?.value
}
