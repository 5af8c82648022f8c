/** 作品评审, for hosts and the province: the list at the left, the work large, scores, votes and progress at the right. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type HttpError, useNotify, useStore } from 'react-admin'
import { forms } from '../../server/forms/index.ts'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { get, post, put } from '../http.ts'
import { type Campaign, type Me, rightsOf, useCampaign, useMe } from '../me.ts'
import { Ask } from '../parts/Ask.tsx'
import { Button, Field, Section, Tabs } from '../parts/controls.tsx'
import { Icon } from '../parts/icons.tsx'
import { download } from '../parts/links.ts'
import { useAll } from '../parts/queries.ts'
import { Mark, State, wordOf } from '../parts/states.tsx'
import { duration, Media, parts, type Score } from '../parts/Work.tsx'
import { count, shortDay } from '../parts/words.ts'
import { type Offer, offersFor, useMove } from './register/acting.ts'
import { Reason } from './register/Bulk.tsx'
import './register.css'
import './works.css'

const most = 1000
const views = [
  { key: 'submitted', label: '待受理', states: ['submitted'] },
  { key: 'accepted', label: '已受理', states: ['accepted'] },
  { key: 'shortlisted', label: '入围', states: ['shortlisted'] },
  { key: 'under_review', label: '评审中', states: ['under_review'] },
  { key: 'proposed', label: '拟奖', states: ['proposed', 'publicised', 'awarded', 'nominated'] },
  { key: 'all', label: '全部', states: [] as string[] },
]

/** All works of a collection that its host may see; counted and sorted here, they are some hundreds. */
function useWorks(collection: number | undefined, campaign: Campaign | undefined) {
  return useQuery({
    queryKey: ['works', collection, campaign?.id],
    enabled: collection !== undefined && campaign !== undefined,
    queryFn: async () => {
      const { data } = await dataProvider.getList<StoredRow>('submissions', {
        pagination: { page: 1, perPage: most },
        sort: { field: 'id', order: 'ASC' },
        filter: { collection_id: collection, campaign_id: campaign?.id },
      })
      return data.filter((row) => !['draft', 'returned', 'void'].includes(String(row.status)))
    },
  })
}

export default function Works() {
  const me = useMe()
  const campaign = useCampaign()
  const { data: collections } = useAll('collections', 'code', { campaign_id: campaign?.id }, campaign !== undefined)
  const [wanted, want] = useStore<number | null>('works.collection', null)
  const own = collections?.filter((each) => me?.role === 'province' || me?.hosted.includes(each.id)) ?? []
  const collection = own.find((each) => each.id === wanted) ?? own[0]
  if (!me || !campaign || !collections) return <div className="page" />
  if (!collection) return <p className="notice">您的单位没有承办征集活动。</p>
  return <Collection key={collection.id} me={me} campaign={campaign} collection={collection} own={own} onChoose={want} />
}

function Collection({ me, campaign, collection, own, onChoose }: { me: Me; campaign: Campaign; collection: StoredRow; own: readonly StoredRow[]; onChoose: (id: number) => void }) {
  const { data: works } = useWorks(collection.id, campaign)
  const [view, setView] = useState<string | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const [seating, setSeating] = useState(false)
  const inState = (states: readonly string[]) => (works ?? []).filter((row) => states.length === 0 || states.includes(String(row.status)))
  const first = views.find((each) => inState(each.states).length > 0)?.key ?? 'submitted'
  const chosen = view ?? first
  const listed = inState(views.find(({ key }) => key === chosen)?.states ?? []).toSorted(
    (a, b) => Number(b.score ?? -1) - Number(a.score ?? -1) || Number(b.votes ?? 0) - Number(a.votes ?? 0),
  )
  const work = listed.find((row) => row.id === at) ?? listed[0]
  return (
    <div className="page">
      <header className="page-head sheet-head">
        {own.length > 1 ? (
          <select
            className="input small works-choice"
            aria-label="征集活动"
            value={collection.id}
            onChange={(event) => onChoose(Number(event.target.value))}
          >
            {own.map((each) => (
              <option key={each.id} value={each.id}>
                {String(each.code)}　{String(each.title)}
              </option>
            ))}
          </select>
        ) : (
          <h1 className="cut">{String(collection.title)}</h1>
        )}
        <span className="muted cut">
          {String(collection.code)} · {String(collection.host_unit_id_label)}承办
        </span>
        <Tabs
          label="按进展看"
          chosen={chosen}
          onChoose={(key) => {
            setView(key)
            setAt(null)
          }}
          tabs={views.map(({ key, label, states }) => ({ key, label, count: inState(states).length }))}
        />
        <span className="fill" />
        <Button icon="users" onClick={() => setSeating(true)}>
          评委
        </Button>
        <Button
          icon="download"
          onClick={() => download('/submissions/export.xlsx', { filter: { campaign_id: campaign.id, collection_id: collection.id } })}
        >
          导出附件8
        </Button>
      </header>
      <div className="works">
        <List rows={listed} chosen={work?.id} onChoose={setAt} />
        {work ? (
          <Work key={work.id} me={me} row={work} />
        ) : (
          <p className="notice works-none">这里还没有作品。{works && works.length > 0 && '换上面别的进展看看。'}</p>
        )}
      </div>
      {seating && <Jury collection={collection} onClose={() => setSeating(false)} />}
    </div>
  )
}

function List({ rows, chosen, onChoose }: { rows: readonly StoredRow[]; chosen: number | undefined; onChoose: (id: number) => void }) {
  const scored = rows.some((row) => row.score !== null)
  return (
    <nav className="works-list" aria-label="作品">
      <p className="muted">
        <span className="fill">{scored ? '按平均分' : '按票数'}</span>票数
      </p>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" aria-pressed={row.id === chosen} onClick={() => onChoose(row.id)}>
              {scored && <b className="works-score">{row.score === null ? '—' : Number(row.score).toFixed(1)}</b>}
              <span className="fill">
                <b className="cut">{String(row.title)}</b>
                <small>{String(row.number ?? '')}</small>
              </span>
              <small>{count(row.votes as number | null)}</small>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const shownFields = ['sub_theme', 'coauthors', 'duration_s', 'description', 'remark']

function Work({ me, row }: { me: Me; row: StoredRow }) {
  const form = forms.submissions
  const rights = rightsOf(me, 'submissions')
  const phone = rights.fields_hidden.includes('phone') ? undefined : row.phone
  const line = (label: string, value: unknown) =>
    value ? (
      <>
        <dt>{label}</dt>
        <dd>{String(value)}</dd>
      </>
    ) : null
  return (
    <>
      <article className="works-middle">
        <Media row={row} />
        <header>
          <h2>{String(row.title)}</h2>
          <State status={row.status} tag />
          <span className="fill" />
          <span className="muted">{String(row.number ?? '')}</span>
        </header>
        <div className="works-two">
          <dl>
            {line('单位', row.unit_id_label)}
            {line('第一作者', [row.author, row.author_workplace].filter(Boolean).join('　'))}
            {line('联系电话', phone)}
            {form?.fields
              .filter((field) => shownFields.includes(field.name))
              .map((field) => (
                <div key={field.name} className="works-pair">
                  {line(field.label, field.name === 'duration_s' ? duration(row.duration_s) : row[field.name])}
                </div>
              ))}
          </dl>
          <ul className="works-checks">
            <li>
              {row.is_original ? <Mark tone="ok">原创承诺已签</Mark> : <Mark tone="bad">没有原创承诺</Mark>}
            </li>
            <li>
              {row.files || row.url ? <Mark tone="ok">有文件或平台链接</Mark> : <Mark tone="back">没有文件，也没有链接</Mark>}
            </li>
            <li>
              <Mark tone="locked">承办单位不改作品内容；有问题请退回报送单位</Mark>
            </li>
          </ul>
        </div>
      </article>
      <Side me={me} row={row} />
    </>
  )
}

const steps = ['submitted', 'accepted', 'shortlisted', 'under_review', 'proposed', 'publicised', 'awarded', 'nominated']

function Side({ me, row }: { me: Me; row: StoredRow }) {
  const client = useQueryClient()
  const form = forms.submissions
  const { data: scores } = useQuery({
    queryKey: ['scores', row.id],
    queryFn: () => get(`/submissions/${row.id}/scores`) as Promise<Score[]>,
  })
  const [asking, setAsking] = useState<Offer | null>(null)
  const move = useMove(form as NonNullable<typeof form>, () => void client.invalidateQueries({ queryKey: ['works'] }))
  const offers = offersFor(me, rightsOf(me, 'submissions').actions, [row])
  const at = steps.indexOf(String(row.status))
  return (
    <aside className="works-side">
      <Section
        title="专家评分"
        aside={<b className="works-mean">{row.score === null || row.score === undefined ? '—' : Number(row.score).toFixed(1)}</b>}
      >
        {scores && scores.length > 0 ? (
          <table className="lines works-scores">
            <thead>
              <tr>
                <th>评委</th>
                {parts.map((part) => (
                  <th key={part.name} className="number">
                    {part.label} {part.weight}
                  </th>
                ))}
                <th className="number">得分</th>
              </tr>
            </thead>
            <tbody>
              {scores.map((score) => (
                <tr key={score.juror} title={score.opinion ?? undefined}>
                  <td>评委 {score.juror}</td>
                  {parts.map((part) => (
                    <td key={part.name} className="number">
                      {score[part.name]}
                    </td>
                  ))}
                  <td className="number">
                    <b>{Number(score.total).toFixed(1)}</b>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <p className="soft">{at >= 3 ? '还没有评委打分。' : '送评审以后，评委在这里打分。'}</p>
        )}
        <p className="muted works-blind">
          <Icon name="blind" small /> 评委看不到作者、电话和单位，也看不到彼此的分数。
        </p>
      </Section>
      <Votes row={row} mayAdd={me.role === 'province' || me.hosted.includes(Number(row.collection_id))} />
      <Section title="进展">
        <ol className="works-steps">
          {steps.map((step, index) => (
            <li key={step} className={index < at ? 'past' : index === at ? 'now' : undefined}>
              <i>{index < at && <Icon name="tick" small />}</i>
              {wordOf(step)}
            </li>
          ))}
        </ol>
        {at < 0 && <State status={row.status} tag />}
      </Section>
      <footer>
        {offers.map((offer, index) => (
          <Button
            key={offer.action}
            kind={index === 0 ? 'primary' : 'plain'}
            onClick={() => (offer.needs_reason ? setAsking(offer) : void move(offer.action, { ids: offer.ids }))}
          >
            {offer.label}
          </Button>
        ))}
        {offers.length === 0 && <span className="muted">现在没有要做的</span>}
      </footer>
      {asking && form && (
        <Reason
          form={form.name}
          fields={form.fields.filter((field) => !field.derived)}
          offer={asking}
          name={String(row.title)}
          onClose={() => setAsking(null)}
          onGo={(reason, fields) => {
            setAsking(null)
            void move(asking.action, { ids: asking.ids }, { reason, fields })
          }}
        />
      )}
    </aside>
  )
}

type Vote = { counted_on: string; votes: number }

/** Snapshots of the vote on the net as one line, and the next one to be written down. */
function Votes({ row, mayAdd }: { row: StoredRow; mayAdd: boolean }) {
  const client = useQueryClient()
  const notify = useNotify()
  const key = ['votes', row.id]
  const { data } = useQuery({ queryKey: key, queryFn: () => get(`/submissions/${row.id}/votes`) as Promise<Vote[]> })
  const [adding, setAdding] = useState(false)
  const [faults, setFaults] = useState<Record<string, string>>({})
  const votes = data ?? []
  const most_ = Math.max(1, ...votes.map((vote) => vote.votes))
  const points = votes.map((vote, at) => `${((at / Math.max(1, votes.length - 1)) * 280).toFixed(1)},${(44 - (vote.votes / most_) * 40).toFixed(1)}`)
  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const { counted_on, votes: number } = Object.fromEntries(new FormData(event.currentTarget))
    try {
      client.setQueryData(key, await post(`/submissions/${row.id}/votes`, { counted_on, votes: Number(number) }))
      void client.invalidateQueries({ queryKey: ['works'] })
      setAdding(false)
      setFaults({})
    } catch (error) {
      const { errors } = ((error as HttpError).body ?? {}) as { errors?: Record<string, string> }
      if (errors) setFaults(errors)
      else notify((error as HttpError).message, { type: 'error' })
    }
  }
  return (
    <Section title="网络投票" aside={<b>{votes.length > 0 ? count(votes.at(-1)?.votes) : '—'}</b>}>
      {votes.length > 1 && (
        <svg className="works-votes" viewBox="0 0 280 46" role="img" aria-label={`${votes.length} 次快照`}>
          <path className="line" d={`M${points.join('L')}`} />
        </svg>
      )}
      <p className="muted works-dates">
        {votes.length > 0 ? (
          <>
            {shortDay(votes[0]?.counted_on ?? '')}
            <span className="fill" />
            {shortDay(votes.at(-1)?.counted_on ?? '')}，共 {votes.length} 次快照
          </>
        ) : (
          '还没有票数。'
        )}
        {mayAdd && !adding && (
          <button type="button" className="link" onClick={() => setAdding(true)}>
            记票数
          </button>
        )}
      </p>
      {adding && (
        <form className="works-vote" onSubmit={add}>
          <Field label="统计日" fault={faults.counted_on}>
            <input className="input small" type="date" name="counted_on" required />
          </Field>
          <Field label="累计票数" fault={faults.votes}>
            <input className="input small" name="votes" inputMode="numeric" pattern="\d+" required />
          </Field>
          <Button submit>记下</Button>
          <Button kind="quiet" onClick={() => setAdding(false)}>
            取消
          </Button>
        </form>
      )}
    </Section>
  )
}

type Juror = { id: number; name: string; seated: boolean }

function Jury({ collection, onClose }: { collection: StoredRow; onClose: () => void }) {
  const notify = useNotify()
  const client = useQueryClient()
  const key = ['jury', collection.id]
  const { data } = useQuery({ queryKey: key, queryFn: () => get(`/collections/${collection.id}/jury`) as Promise<Juror[]> })
  const [seats, setSeats] = useState<number[] | null>(null)
  const chosen = seats ?? data?.filter((juror) => juror.seated).map((juror) => juror.id) ?? []
  async function save() {
    try {
      client.setQueryData(key, await put(`/collections/${collection.id}/jury`, { juror_ids: chosen }))
      notify(`已安排 ${chosen.length} 位评委。`, { type: 'info' })
      onClose()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    }
  }
  return (
    <Ask title={`${String(collection.title)}的评委`} verb={`安排 ${chosen.length} 位评委`} onGo={() => void save()} onClose={onClose}>
      <p className="soft">
        评委按 {parts.map((part) => `${part.label} ${part.weight}%`).join('、')} 打分，看到的是“作品 07”这样的编号。
      </p>
      <ul className="works-jury">
        {data?.map((juror) => (
          <li key={juror.id}>
            <label className="check">
              <input
                type="checkbox"
                className="box"
                checked={chosen.includes(juror.id)}
                onChange={(event) =>
                  setSeats(event.target.checked ? [...chosen, juror.id] : chosen.filter((id) => id !== juror.id))
                }
              />
              {juror.name}
            </label>
          </li>
        ))}
        {data?.length === 0 && <li className="muted">还没有评委账号，请省总网络工作部先在“用户”里新增。</li>}
      </ul>
    </Ask>
  )
}
