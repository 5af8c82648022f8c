/** What was found in a notice, group by group, each with what it leaves open; one press confirms a group. */
import { useEffect, useRef } from 'react'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { Button, LinkButton, Select } from '../../parts/controls.tsx'
import { FactLine } from './FactLine.tsx'
import css from './FromNotice.module.css'
import { mended, shownFact, withoutFact } from './factFields.ts'
import { factKey } from './found.ts'
import { type FactGroup, groupsOf } from './groups.ts'
import { Units } from './Units.tsx'

const tableKinds = { quotas: '任务分配', register: '登记表', collections: '征集活动', places: '名额', unused: '不用' }

type FactsProps = {
  proposal: NoticeProposal
  answers: Record<string, unknown>
  confirmed: readonly string[]
  /** The fact that is shown on both sides. */
  shown: string | undefined
  onProposal: (proposal: NoticeProposal) => void
  onAnswer: (id: string, value: unknown) => void
  onConfirmed: (ids: readonly string[]) => void
  onShow: (fact: string) => void
  onKind: (id: string, kind: string) => void
}

export function Facts(props: FactsProps) {
  const { proposal, confirmed, shown, onConfirmed } = props
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (shown !== undefined) list.current?.querySelector('[data-shown]')?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  const press = (key: string) =>
    onConfirmed(confirmed.includes(key) ? confirmed.filter((each) => each !== key) : [...confirmed, key])
  return (
    <div ref={list}>
      {groupsOf(proposal).map((group) => (
        <Group
          key={group.key}
          {...props}
          group={group}
          isConfirmed={confirmed.includes(group.key)}
          onConfirm={() => press(group.key)}
        />
      ))}
      <Unused {...props} />
      <Unheld {...props} />
    </div>
  )
}

type GroupProps = FactsProps & { group: FactGroup; isConfirmed: boolean; onConfirm: () => void }

function Group(props: GroupProps) {
  const { group, proposal, answers, shown, isConfirmed, onConfirm, onProposal, onAnswer, onShow, onKind } = props
  const { key, title, table, facts, questions, hasUnits } = group
  const count = facts.length > 0 ? `（${facts.length}）` : ''
  return (
    <section className={css.group} aria-label={`${title}${count}`}>
      <h2>
        {title}
        {count}
        <span className="fill" />
        {table && <TableKind table={table} onKind={onKind} />}
        <Button small kind={isConfirmed ? undefined : 'primary'} aria-pressed={isConfirmed} onClick={onConfirm}>
          {isConfirmed ? '已确认' : '确认'}
        </Button>
      </h2>
      {table && (
        <p className="soft">
          {table.why}{' '}
          <LinkButton aria-label={`看原文：${title}`} onClick={() => onShow(table.id)}>
            原文
          </LinkButton>
        </p>
      )}
      {hasUnits && <Units proposal={proposal} onProposal={onProposal} />}
      <ul>
        {key === 'campaign' && <CampaignLine {...props} />}
        {facts.map((fact) => {
          const found = shownFact(fact, proposal)
          const of = factKey(fact.list, fact.id)
          return (
            found && (
              <FactLine
                key={of}
                id={of}
                {...found}
                isShown={shown === of}
                onShow={() => onShow(of)}
                onMend={(name, value) => onProposal(mended(proposal, fact, name, value))}
                onDrop={() => onProposal(withoutFact(proposal, fact))}
              />
            )
          )
        })}
      </ul>
      {questions.map((question) => (
        <Answering key={question.id} question={question} answers={answers} onAnswer={onAnswer} />
      ))}
    </section>
  )
}

function CampaignLine({ proposal, shown, onProposal, onShow }: FactsProps) {
  const { campaign } = proposal
  const of = factKey('campaign', 'name')
  return (
    <FactLine
      id={of}
      label="活动"
      words={campaign.issued_by.join('、')}
      fields={[
        { name: 'name', label: '名称', value: campaign.name, type: 'text' },
        { name: 'year', label: '年度', value: campaign.year, type: 'number' },
        { name: 'theme', label: '主题', value: campaign.theme, type: 'text', isMore: true },
        { name: 'notice_number', label: '文号', value: campaign.notice_number, type: 'text', isMore: true },
        { name: 'notice_title', label: '通知标题', value: campaign.notice_title, type: 'text', isMore: true },
      ]}
      isShown={shown === of}
      onShow={() => onShow(of)}
      onMend={(name, value) => onProposal({ ...proposal, campaign: { ...campaign, [name]: value } })}
    />
  )
}

type AnsweringProps = Pick<FactsProps, 'answers' | 'onAnswer'> & { question: NoticeProposal['questions'][number] }

/** What the files do not say; the first answer holds as long as nobody chooses another, and is confirmed with its group. */
function Answering({ question: { id, says, options }, answers, onAnswer }: AnsweringProps) {
  return (
    <fieldset className={css.question}>
      <legend>{says}</legend>
      {options.map(({ value, label }, n) => (
        <label key={label}>
          <input
            type="radio"
            name={id}
            checked={Object.hasOwn(answers, id) ? JSON.stringify(answers[id]) === JSON.stringify(value) : n === 0}
            onChange={() => onAnswer(id, value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}

type TableKindProps = Pick<FactsProps, 'onKind'> & { table: NoticeProposal['tables'][number] }

function TableKind({ table: { id, kind, title }, onKind }: TableKindProps) {
  return (
    <Select
      small
      className={css.choice}
      aria-label={`这张表是：${title || '表格'}`}
      value={kind}
      onChange={({ target }) => onKind(id, target.value)}
    >
      {Object.entries(tableKinds).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  )
}

/** Tables that nothing is made of: not confirmed, but they can be said to be something. */
function Unused({ proposal, onKind, onShow }: FactsProps) {
  const unused = proposal.tables.filter(({ kind }) => kind === 'unused')
  if (unused.length === 0) return null
  return (
    <section className={css.group} aria-label="不用的表">
      <h2>不用的表（{unused.length}）</h2>
      <ul>
        {unused.map((table) => (
          <li key={table.id}>
            <div className={css.line}>
              <span>
                {table.title ||
                  table.cells
                    .map(({ text }) => text)
                    .join(' ')
                    .slice(0, 30) ||
                  '表格'}
              </span>
              <span className="fill" />
              <TableKind table={table} onKind={onKind} />
              <LinkButton aria-label={`看原文：${table.title || '表格'}`} onClick={() => onShow(table.id)}>
                原文
              </LinkButton>
            </div>
            {table.why && <p className="soft">{table.why}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What the files say and no setting holds. */
function Unheld({ proposal, shown, onShow }: FactsProps) {
  if (proposal.unheld.length === 0) return null
  return (
    <section className={css.group} aria-label="写不进去的">
      <h2>写不进去的（{proposal.unheld.length}）</h2>
      <ul>
        {proposal.unheld.map(({ id, says }) => {
          const of = factKey('unheld', id)
          return (
            <li key={id} data-shown={shown === of ? '' : undefined}>
              <div className={css.line}>
                <span>{says}</span>
                <span className="fill" />
                <LinkButton aria-label={`看原文：${says.slice(0, 12)}`} onClick={() => onShow(of)}>
                  原文
                </LinkButton>
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
