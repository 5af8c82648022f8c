/** 变更记录: who changed what, old → new, one line each, newest first. */
import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { LinkBase as Link } from 'react-admin'
import { forms } from '../../../server/forms/index.ts'
import { get } from '../../http.ts'
import { useDensity } from '../../layout/Layout.tsx'
import { type Me, rightsOf, useCampaign, useMe } from '../../me.ts'
import { Button, PageHead, Segments } from '../../parts/controls.tsx'
import { actionWord, type Change, differencesOf, reasonOf, statusAfter } from '../../parts/history.tsx'
import { Icon } from '../../parts/icons.tsx'
import { rowsAt } from '../../parts/links.ts'
import { useUnits } from '../../parts/queries.ts'
import { Mark, toneOf } from '../../parts/states.tsx'
import { count, daysBetween, moment, weekday } from '../../parts/words.ts'
import { type Address, useAddress } from './address.ts'
import { filterOf, keyOf, mostShown, type Named, useChanges } from './change_rows.ts'
import './tables.css'

const actions = [
  ...[
    'create',
    'update',
    'remove',
    'restore',
    'submission',
    'withdrawal',
    'approval',
    'return',
    'archival',
    'annulment',
  ],
  ...['refusal', 'shortlisting', 'review', 'proposal', 'publicity', 'award', 'elimination', 'nomination'],
]
const narrowing = ['form', 'action', 'actor', 'unit', 'from', 'to', 'row', 'file']
const inLine = 4

type Person = { id: number; name: string; username: string }

const formLabel = (name: string) => forms[name]?.label ?? (name === 'users' ? '用户' : name)

export default function Changes() {
  const me = useMe()
  const campaign = useCampaign()
  const [address, change] = useAddress()
  if (!me || !campaign) return <div className="page" />
  return <List key={campaign.id} me={me} filter={filterOf(address, campaign)} address={address} change={change} />
}

type ListProps = {
  me: Me
  filter: Record<string, unknown>
  address: Address
  change: (changes: Record<string, string>) => void
}

function usePeople(me: Me) {
  const isProvince = me.role === 'province'
  const { data } = useQuery({
    queryKey: ['users'],
    queryFn: () => get('/users') as Promise<Person[]>,
    enabled: isProvince,
    staleTime: 60_000,
  })
  return isProvince ? (data ?? []) : [me]
}

function List({ me, filter, address, change }: ListProps) {
  const seesMany = me.role === 'province' || (me.role === 'cac' && me.unit_id === null)
  const people = usePeople(me)
  const list = useChanges(me, filter)
  const { changes, total, error, hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const isNarrowed = narrowing.some((name) => address[name])
  return (
    <div className="page">
      <PageHead title="变更记录" note="谁在什么时候改了什么，改前改后都在" />
      <Tools me={me} people={people} seesMany={seesMany} address={address} change={change} isNarrowed={isNarrowed} />
      {error && (
        <p className="strip bad" role="alert">
          <Icon name="warning" small />
          {(error as Error).message}
        </p>
      )}
      <div className="list-page">
        <div className="list-scroll">
          <Rows me={me} changes={changes} names={list.names} people={people} seesMany={seesMany} />
          {total === 0 && (
            <p className="soft">
              {isNarrowed ? '没有符合这些条件的变更。' : '还没有变更。'}
              {isNarrowed && <Clear change={change} />}
            </p>
          )}
          {hasNextPage && (
            <p>
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {isFetchingNextPage ? '正在读取' : '加载更多'}
              </Button>
            </p>
          )}
        </div>
      </div>
      <footer className="list-foot">
        <span>{total === undefined ? '—' : `${count(total)} 条`}</span>
        {changes.length < (total ?? 0) && <span>已列出 {count(changes.length)} 条</span>}
        <span className="fill" />
        {changes.length >= mostShown && !hasNextPage && changes.length < (total ?? 0) && (
          <span>一次最多列 {count(mostShown)} 条，请按日期或登记表缩小范围</span>
        )}
      </footer>
    </div>
  )
}

const Clear = ({ change }: { change: ListProps['change'] }) => (
  <button
    type="button"
    className="link"
    onClick={() => change(Object.fromEntries(narrowing.map((name) => [name, ''])))}
  >
    清除筛选
  </button>
)

type ToolsProps = Pick<ListProps, 'me' | 'address' | 'change'> & {
  people: readonly Person[]
  seesMany: boolean
  isNarrowed: boolean
}

function Tools({ me, people, seesMany, address, change, isNarrowed }: ToolsProps) {
  const campaign = useCampaign()
  const { data: units } = useUnits(seesMany)
  const readable = Object.values(forms).filter(({ name }) => rightsOf(me, name).read)
  const pick = (name: string, all: string, options: readonly (readonly [string, string])[]) => (
    <select
      className="input small"
      aria-label={all}
      value={address[name] ?? ''}
      onChange={(event) => change({ [name]: event.target.value, row: '' })}
    >
      <option value="">{all}</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  )
  const date = (name: 'from' | 'to', label: string) => (
    <input
      type="date"
      className="input small"
      aria-label={label}
      title={label}
      max={name === 'from' ? address.to : undefined}
      min={name === 'to' ? address.from : undefined}
      value={address[name] ?? ''}
      onChange={(event) => change({ [name]: event.target.value })}
    />
  )
  const listed = readable.map(({ name, label }) => [name, label] as const)
  return (
    <div className="list-tools">
      {pick('form', '全部登记', me.role === 'province' ? [...listed, ['users', '用户']] : listed)}
      {pick(
        'action',
        '全部动作',
        actions.map((action) => [action, actionWord(action)] as const),
      )}
      {pick(
        'actor',
        '所有人',
        people.map(({ id, name }) => [String(id), id === me.id ? `${name}（我）` : name] as const),
      )}
      {seesMany &&
        pick(
          'unit',
          '全部单位',
          (units ?? []).map((unit) => [String(unit.id), String(unit.short_name)] as const),
        )}
      {date('from', '从哪天起')}
      <span className="muted">至</span>
      {date('to', '到哪天止')}
      {address.row && (
        <button type="button" className="chip" onClick={() => change({ row: '' })}>
          只看这一行
          <Icon name="cross" small />
        </button>
      )}
      {address.file && (
        <button type="button" className="chip" onClick={() => change({ file: '' })}>
          只看这次导入
          <Icon name="cross" small />
        </button>
      )}
      {isNarrowed && <Clear change={change} />}
      <span className="fill" />
      <Segments
        label="哪个年度"
        chosen={address.years === 'all' ? 'all' : 'one'}
        onChoose={(key) => change({ years: key === 'all' ? 'all' : '' })}
        choices={[
          ['one', `${campaign?.year} 年度`],
          ['all', '全部'],
        ]}
      />
    </div>
  )
}

type RowsProps = {
  me: Me
  changes: readonly Change[]
  names: ReadonlyMap<string, Named>
  people: readonly Person[]
  seesMany: boolean
}

function dayWords(on: string, now: string) {
  const [year, month, date] = on.split('-').map(Number)
  const ago = daysBetween(on, now)
  const near = ago === 0 ? '今天' : ago === 1 ? '昨天' : ''
  return { words: `${year} 年 ${month} 月 ${date} 日`, near: [weekday(on), near].filter(Boolean).join('　') }
}

function Rows({ me, changes, names, people, seesMany }: RowsProps) {
  const { height } = useDensity()
  const columns = seesMany ? 7 : 6
  // Changes are told by the real clock, which a rehearsed campaign's day does not follow.
  const now = moment(new Date().toISOString()).slice(0, 10)
  const days = changes.map(({ at }) => moment(at).slice(0, 10))
  return (
    <table className="list" style={{ '--row': `${height}px` } as React.CSSProperties}>
      <colgroup>
        <col style={{ width: 76 }} />
        <col style={{ width: 92 }} />
        {seesMany && <col style={{ width: 76 }} />}
        <col style={{ width: 136 }} />
        <col style={{ width: 250 }} />
        <col />
        <col style={{ width: 84 }} />
      </colgroup>
      <thead>
        <tr>
          <th>时间</th>
          <th>人</th>
          {seesMany && <th>单位</th>}
          <th>动作</th>
          <th>记录</th>
          <th>改了什么</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {changes.map((each, at) => {
          const on = days[at] ?? ''
          const { words, near } = dayWords(on, now)
          return (
            <Fragment key={each.id}>
              {on !== days[at - 1] && (
                <tr className="day">
                  <th colSpan={columns} scope="rowgroup">
                    {words}
                    <span>{near}</span>
                  </th>
                </tr>
              )}
              <Row me={me} change={each} named={names.get(keyOf(each))} people={people} seesMany={seesMany} />
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

type RowProps = Omit<RowsProps, 'changes' | 'names'> & { change: Change; named: Named | undefined }

function Row({ me, change, named, people, seesMany }: RowProps) {
  const [open, setOpen] = useState(false)
  const differences = differencesOf(change)
  const isNew = change.action === 'create'
  const told = isNew ? differences.filter(({ after }) => after) : differences
  const reason = reasonOf(change)
  return (
    <tr className={open ? 'open' : undefined}>
      <td className="muted" title={moment(change.at)}>
        {moment(change.at).slice(11)}
      </td>
      <td>{change.actor ?? <span className="muted">系统</span>}</td>
      {seesMany && <td>{change.unit_id_label}</td>}
      <td>
        <Mark tone={toneOf(statusAfter[change.action] ?? 'submitted')}>{actionWord(change.action)}</Mark>
        {change.import_id !== null && me.role !== 'cac' && (
          <>
            {' '}
            <Link to={`/imports/${change.import_id}/show`}>导入 {change.import_id}</Link>
          </>
        )}
      </td>
      <td>
        <span className="muted">{formLabel(change.form)}　</span>
        <Name change={change} named={named} people={people} />
      </td>
      <td className="change-words">
        {reason && <span className="soft">“{reason}”</span>}
        {told.slice(0, open ? undefined : inLine).map(({ name, label, before, after }) => (
          <span key={name} className="each" title={isNew ? after : `${before || '空'} → ${after || '空'}`}>
            <span className="soft">{label}</span> {!isNew && <s>{before || '空'}</s>}
            {!isNew && ' → '}
            <b>{after || '空'}</b>
          </span>
        ))}
      </td>
      <td className="number">
        {told.length > inLine && (
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? '收起' : `共 ${told.length} 栏`}
          </button>
        )}
      </td>
    </tr>
  )
}

/** The row's name as a link to it, or to the 回收站 where it lies now. */
function Name({ change, named, people }: { change: Change; named: Named | undefined; people: readonly Person[] }) {
  const form = forms[change.form]
  if (change.form === 'users') {
    const user = people.find(({ id }) => id === change.row_id)
    return <Link to={`/users?open=${change.row_id}`}>{user?.name ?? `编号 ${change.row_id}`}</Link>
  }
  if (!form || change.row_id === null) return null
  const told = change.after?.[form.names] ?? change.before?.[form.names]
  const name = named?.name || (typeof told === 'string' && told) || `编号 ${change.row_id}`
  if (!named) return <span>{name}</span>
  if (named.deleted)
    return (
      <Link to={`/bin?form=${form.name}`} title="现在在回收站">
        <s>{name}</s>
      </Link>
    )
  return (
    <Link to={rowsAt(form.name, {}, change.row_id)} title={name}>
      {name}
    </Link>
  )
}
