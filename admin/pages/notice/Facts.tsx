/** What was found in a notice, by kind, and what has to be asked; each confirmed or answered with one press. */
import { useEffect } from 'react'
import type { FactSource } from '../../../server/proposals/notice/document.ts'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { Button, Select } from '../../parts/controls.tsx'
import css from './FromNotice.module.css'
import { Group, type ShownFact } from './Group.tsx'

const tableKinds = { quotas: '任务分配', register: '登记表', collections: '征集活动', places: '名额', unused: '不用' }

type FactsProps = {
  proposal: NoticeProposal
  answers: Record<string, unknown>
  confirmed: readonly string[]
  onProposal: (proposal: NoticeProposal) => void
  onAnswer: (id: string, value: unknown) => void
  onConfirmed: (ids: readonly string[]) => void
  onOpen: (open: number) => void
  onShow: (source: FactSource) => void
  onKind: (id: string, kind: string) => void
}

type FactList = {
  id: 'days' | 'targets' | 'hosts'
  key: string
  title: string
  facts: ShownFact[]
}

function listsOf({ days, targets, hosts }: NoticeProposal): FactList[] {
  const hostsAt = (level: 'own' | 'above') =>
    hosts
      .filter((host) => host.level === level)
      .map(({ id, title, hosts: names, per_unit, until, source }) => ({
        id,
        label: title,
        words: [names.join('、'), per_unit ? `每单位${per_unit.says}` : '', until ? `${until} 止` : '']
          .filter(Boolean)
          .join('；'),
        source,
      }))
  const lists: FactList[] = [
    {
      id: 'days',
      key: 'days',
      title: '日程',
      facts: days.map(({ id, name, says, starts_on, ends_on, source }) => ({
        id,
        label: name,
        words: `${says} → ${ends_on ? [starts_on, ends_on].filter(Boolean).join(' 至 ') : '没有日子，见下面的问题'}`,
        source,
      })),
    },
    {
      id: 'targets',
      key: 'targets',
      title: '任务',
      facts: targets.map(({ id, label, measure, total, each, quotas, source }) => ({
        id,
        label,
        words: [
          total === null ? '' : `共 ${total} ${measure}`,
          each === null ? '' : `每单位至少 ${each} ${measure}`,
          quotas.length > 0 ? `分到 ${quotas.length} 个单位` : '',
        ]
          .filter(Boolean)
          .join('；'),
        source,
      })),
    },
    { id: 'hosts', key: 'own', title: '征集活动', facts: hostsAt('own') },
    { id: 'hosts', key: 'above', title: '上级的活动', facts: hostsAt('above') },
  ]
  return lists.filter(({ facts }) => facts.length > 0)
}

export function Facts({
  proposal,
  answers,
  confirmed,
  onProposal,
  onAnswer,
  onConfirmed,
  onOpen,
  onShow,
  onKind,
}: FactsProps) {
  const { campaign, tables, questions } = proposal
  const lists = listsOf(proposal)
  const used = tables.filter(({ kind }) => kind !== 'unused')
  const keys = [
    'campaign',
    ...used.map(({ id }) => id),
    ...lists.map(({ key }) => key),
    ...questions.map(({ id }) => id),
  ]
  const open = keys.filter((key) => !confirmed.includes(key)).length
  useEffect(() => onOpen(open), [open, onOpen])
  const press = (key: string) =>
    onConfirmed(confirmed.includes(key) ? confirmed.filter((each) => each !== key) : [...confirmed, key])
  const labelIn = { days: 'name', targets: 'label', hosts: 'title' } as const
  const changeList = (list: FactList['id'], id: string, label: string | undefined) =>
    onProposal({
      ...proposal,
      [list]: proposal[list].flatMap((fact) =>
        fact.id !== id ? [fact] : label === undefined ? [] : [{ ...fact, [labelIn[list]]: label }],
      ),
    })
  return (
    <>
      <Group
        title="通知"
        facts={[{ id: 'name', label: campaign.name, words: campaign.notice_number ?? '', source: campaign.source }]}
        isConfirmed={confirmed.includes('campaign')}
        onConfirm={() => press('campaign')}
        onShow={onShow}
        onMend={(_id, name) => onProposal({ ...proposal, campaign: { ...campaign, name } })}
      />
      <Tables tables={tables} confirmed={confirmed} press={press} onShow={onShow} onKind={onKind} />
      {lists.map(({ id, key, title, facts }) => (
        <Group
          key={key}
          title={`${title}（${facts.length}）`}
          facts={facts}
          isConfirmed={confirmed.includes(key)}
          onConfirm={() => press(key)}
          onShow={onShow}
          onDrop={(fact) => changeList(id, fact, undefined)}
          onMend={(fact, label) => changeList(id, fact, label)}
        />
      ))}
      <Questions
        questions={questions}
        answers={answers}
        confirmed={confirmed}
        onAnswer={onAnswer}
        onConfirmed={onConfirmed}
        press={press}
      />
    </>
  )
}

type QuestionsProps = Pick<FactsProps, 'answers' | 'confirmed' | 'onAnswer' | 'onConfirmed'> & {
  questions: NoticeProposal['questions']
  press: (id: string) => void
}

/** What the files do not say: answering is confirming, and the first answer may be confirmed as it stands. */
function Questions({ questions, answers, confirmed, onAnswer, onConfirmed, press }: QuestionsProps) {
  return questions.map(({ id, says, options }) => (
    <fieldset key={id} className={css.group}>
      <legend>{says}</legend>
      {options.map(({ value, label }, n) => (
        <label key={label}>
          <input
            type="radio"
            name={id}
            checked={Object.hasOwn(answers, id) ? answers[id] === value : n === 0}
            onChange={() => {
              onAnswer(id, value)
              if (!confirmed.includes(id)) onConfirmed([...confirmed, id])
            }}
          />
          {label}
        </label>
      ))}
      <Button small aria-pressed={confirmed.includes(id)} onClick={() => press(id)}>
        {confirmed.includes(id) ? '已确认' : '确认'}
      </Button>
    </fieldset>
  ))
}

type TablesProps = Pick<FactsProps, 'confirmed' | 'onShow' | 'onKind'> & {
  tables: NoticeProposal['tables']
  press: (id: string) => void
}

/** Each table with what it is taken for and why; saying that it is something else reads the files anew. */
function Tables({ tables, confirmed, press, onShow, onKind }: TablesProps) {
  return tables.map((table) => (
    <Group
      key={table.id}
      title={`${table.annex === null ? '' : `附件${table.annex} `}${table.title || '表格'}`}
      facts={[
        {
          id: table.id,
          label: tableKinds[table.kind],
          words: table.why,
          source: { file: table.file, table: table.id, text: '' },
        },
      ]}
      isConfirmed={table.kind === 'unused' || confirmed.includes(table.id)}
      onConfirm={() => press(table.id)}
      onShow={onShow}
    >
      <Select small aria-label="这张表是" value={table.kind} onChange={({ target }) => onKind(table.id, target.value)}>
        {Object.entries(tableKinds).map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </Select>
    </Group>
  ))
}
