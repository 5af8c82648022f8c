/** 变更记录: who changed what, old → new, one line each, newest first. */
import { trailKinds } from '../../../server/forms/index.ts'
import { useForms } from '../../forms.ts'
import { type Me, rightsOf, useCampaign, useMe } from '../../me.ts'
import { Button, Chip, Fault, KeptInput, LinkButton, Page, PageHead, Segments, Select } from '../../parts/controls.tsx'
import { actionWord, formWord } from '../../parts/history.tsx'
import { Icon } from '../../parts/icons.tsx'
import { useUnits } from '../../parts/queries.ts'
import { count } from '../../parts/words.ts'
import { type Address, useAddress } from './address.ts'
import { type ChangeAuthor, Rows } from './ChangeLines.tsx'
import { filterOf, MAX_SHOWN_ROWS, useChanges } from './change_rows.ts'
import css from './list.module.css'
import { useUsers } from './useUsers.ts'

const actions = [
  ...[
    'create',
    'update',
    'remove',
    'restore',
    'undo',
    'submission',
    'withdrawal',
    'approval',
    'return',
    'archival',
    'annulment',
  ],
  ...[
    'refusal',
    'shortlisting',
    'review',
    'proposal',
    'publicity',
    'award',
    'elimination',
    'nomination',
    'comment',
    'vote',
  ],
]
const narrowing = ['form', 'action', 'actor', 'unit', 'from', 'to', 'row', 'file']

export default function Changes() {
  const me = useMe()
  const campaign = useCampaign()
  const [address, change] = useAddress()
  const forms = useForms()
  if (!me || !campaign) return <Page />
  return (
    <List key={campaign.id} me={me} filter={filterOf(forms, address, campaign)} address={address} change={change} />
  )
}

type ListProps = {
  me: Me
  filter: Record<string, unknown>
  address: Address
  change: (changes: Record<string, string>) => void
}

function usePeople(me: Me) {
  const isProvince = me.role === 'province'
  const { data } = useUsers(isProvince)
  return isProvince ? (data ?? []) : [me]
}

function List({ me, filter, address, change }: ListProps) {
  const seesMany = me.role === 'province' || (me.role === 'cac' && me.unit_id === null)
  const people = usePeople(me)
  const list = useChanges(me, filter)
  const { changes, total, error, hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const isNarrowed = narrowing.some((name) => address[name])
  return (
    <Page>
      <PageHead title="变更记录" />
      <Tools me={me} people={people} seesMany={seesMany} address={address} change={change} isNarrowed={isNarrowed} />
      {error && <Fault>{(error as Error).message}</Fault>}
      <div className={css.page}>
        <div className={css.scroll}>
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
      <footer className={css.foot}>
        <span>{total === undefined ? '—' : `${count(total)} 条`}</span>
        {changes.length < (total ?? 0) && <span>已列出 {count(changes.length)} 条</span>}
        <span className="fill" />
        {changes.length >= MAX_SHOWN_ROWS && !hasNextPage && changes.length < (total ?? 0) && (
          <span>一次最多列 {count(MAX_SHOWN_ROWS)} 条，请按日期或登记表缩小范围</span>
        )}
      </footer>
    </Page>
  )
}

const Clear = ({ change }: { change: ListProps['change'] }) => (
  <LinkButton onClick={() => change(Object.fromEntries(narrowing.map((name) => [name, ''])))}>清除筛选</LinkButton>
)

/** What of the history is no row of a form, and this person may look up. */
function kindsOf(me: Me): string[] {
  if (me.role === 'province') return Object.keys(trailKinds)
  if (me.role === 'cac') return []
  const ofHosts = me.hosted.length > 0 ? ['jury'] : []
  return [...ofHosts, ...Object.keys(trailKinds).filter((name) => !['users', 'scores', 'jury'].includes(name))]
}

type ToolsProps = Pick<ListProps, 'me' | 'address' | 'change'> & {
  people: readonly ChangeAuthor[]
  seesMany: boolean
  isNarrowed: boolean
}

function Tools({ me, people, seesMany, address, change, isNarrowed }: ToolsProps) {
  const campaign = useCampaign()
  const { data: units } = useUnits(seesMany)
  const forms = useForms()
  const readable = Object.values(forms).filter(({ name }) => rightsOf(me, name).read)
  const pick = (name: string, all: string, options: readonly (readonly [string, string])[]) => (
    <Select
      small
      className={css.narrow}
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
    </Select>
  )
  const date = (name: 'from' | 'to', label: string) => (
    <KeptInput
      small
      className={css.narrow}
      type="date"
      aria-label={label}
      title={label}
      max={name === 'from' ? address.to : undefined}
      min={name === 'to' ? address.from : undefined}
      kept={address[name] ?? ''}
      tell={(day) => change({ [name]: day })}
    />
  )
  const listed = [
    ...readable.map(({ name, label }) => [name, label] as const),
    ...kindsOf(me).map((name) => [name, formWord(forms, name)] as const),
  ]
  return (
    <div className={css.tools}>
      {pick('form', '全部登记', listed)}
      {pick(
        'action',
        '全部动作',
        actions.map((action) => [action, actionWord(action, address.form)] as const),
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
        <Chip onClick={() => change({ row: '' })}>
          只看这一行
          <Icon name="cross" small />
        </Chip>
      )}
      {address.file && (
        <Chip onClick={() => change({ file: '' })}>
          只看这次导入
          <Icon name="cross" small />
        </Chip>
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
