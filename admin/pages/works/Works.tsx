/** 作品评审: the host of a collection goes through its works, one large at a time, and takes them a step further. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate, useStore } from 'react-admin'
import { scoringItemsOf } from '../../../server/forms/index.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { useForms } from '../../forms.ts'
import { type Campaign, type Me, useCampaign, useMe } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { Button, Notice, Page, Segments, Select, Strip, Tabs } from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { useAll, useProgress } from '../../parts/queries.ts'
import { count } from '../../parts/words.ts'
import { WideHead } from '../register/WideHead.tsx'
import { Actions } from './Actions.tsx'
import { Scores, Steps, Votes } from './Aside.tsx'
import { Content } from './Content.tsx'
import { List, type Order, orders, sorted } from './List.tsx'
import { useArrows } from './moving.ts'
import { Prizes } from './Prizes.tsx'
import {
  listedWorks,
  MAX_WORKS,
  useHistory,
  useJury,
  useLiveWorks,
  useScores,
  useVotes,
  useWorks,
  type WorkRow,
} from './queries.ts'
import { Seats } from './Seats.tsx'
import { faultsOf, inTab, stepsOf, tabs } from './stages.ts'
import css from './works.module.css'

export default function Works() {
  const me = useMe()
  const campaign = useCampaign()
  const { data: all } = useAll('collections', 'code', { campaign_id: campaign?.id }, campaign !== undefined)
  useEffect(() => {
    document.title = '作品评审 · 好网民台账'
  }, [])
  if (!me || !campaign || !all) return <Page />
  const collections = me.role === 'province' ? all : all.filter((each) => me.hosted.includes(each.id))
  if (collections.length === 0) return <Notice>这一年没有由本单位承办的征集活动，所以没有要评审的作品。</Notice>
  return <Review me={me} campaign={campaign} collections={collections} />
}

/** Which collection, tab and work are looked at, kept in the address. */
function useLooking() {
  const { search } = useLocation()
  const navigate = useNavigate()
  const query = new URLSearchParams(search)
  const look = (next: { collection?: number; tab?: string; open?: number }) =>
    navigate(
      `/works?${new URLSearchParams(Object.entries(next).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))}`,
      { replace: true },
    )
  return {
    collection: Number(query.get('collection')) || undefined,
    tab: query.get('tab') ?? undefined,
    open: Number(query.get('open')) || undefined,
    look,
  }
}

type ReviewProps = { me: Me; campaign: Campaign; collections: StoredRow[] }

function Review({ me, campaign, collections }: ReviewProps) {
  const { collection: asked, tab: askedTab, open, look } = useLooking()
  const [order, setOrder] = useStore<Order>('works.order', 'score')
  const collection = (collections.find((each) => each.id === asked) ?? collections[0]) as StoredRow
  const { data, total = 0, error } = useWorks(campaign.id, collection.id)
  useLiveWorks(campaign.id)
  const works = data ?? []
  const tab = askedTab ?? tabs.find(({ key }) => key !== 'all' && inTab(key, works).length > 0)?.key ?? 'all'
  const listed = sorted(inTab(tab, works), order)
  // A work that was moved leaves the list: the one that takes its place is next.
  const place = useRef(0)
  const found = listed.findIndex((work) => work.id === open)
  const at = found >= 0 ? found : Math.min(place.current, listed.length - 1)
  place.current = Math.max(0, at)
  const work = listed[at]
  const choose = (id: number) => look({ collection: collection.id, tab, open: id })
  useArrows((step) => {
    const next = listed[at + step]
    if (next) choose(next.id)
  })
  return (
    <Page className={css.page}>
      <Head
        {...{ campaign, collection, collections, works, tab }}
        onCollection={(id) => look({ collection: id })}
        onTab={(key) => {
          place.current = 0
          look({ collection: collection.id, tab: key })
        }}
      />
      <div className={css.body}>
        <aside className={css.left} aria-label="作品">
          <header>
            <Segments className={css.order} label="排序" choices={orders} chosen={order} onChoose={setOrder} />
            <span className="fill" />
            <span className={classes('muted', css.many)}>
              {count(listed.length)} 件<span className={css.keys}>　↑ ↓ 换一件</span>
            </span>
          </header>
          {total > MAX_WORKS && (
            <Strip tone="warn">
              只列出前 {count(MAX_WORKS)} 件，共 {count(total)} 件。
            </Strip>
          )}
          <List works={listed} chosen={work?.id} withStates={tab === 'all'} onChoose={choose} />
          {error && <Notice>{(error as Error).message}</Notice>}
          {data && listed.length === 0 && <Notice>这里没有作品。</Notice>}
        </aside>
        {work ? <OneWork key={work.id} {...{ me, campaign, collection, work, works }} /> : <div className={css.work} />}
      </div>
    </Page>
  )
}

type HeadProps = {
  campaign: Campaign
  collection: StoredRow
  collections: StoredRow[]
  works: WorkRow[]
  tab: string
  onCollection: (id: number) => void
  onTab: (key: string) => void
}

function Head({ campaign, collection, collections, works, tab, onCollection, onTab }: HeadProps) {
  const [seating, setSeating] = useState(false)
  const { data: jury } = useJury(collection.id)
  const seated = jury?.filter((juror) => juror.seated).length
  return (
    <WideHead>
      {collections.length > 1 ? (
        <>
          <h1 className="unseen">作品评审：{String(collection.title)}</h1>
          <Select
            small
            className={css.which}
            aria-label="征集活动"
            value={collection.id}
            onChange={(event) => onCollection(Number(event.target.value))}
          >
            {collections.map((each) => (
              <option key={each.id} value={each.id}>
                {String(each.code)}　{String(each.title)}
              </option>
            ))}
          </Select>
        </>
      ) : (
        <h1 className="cut" title={String(collection.title)}>
          {String(collection.title)}
        </h1>
      )}
      <span className="muted">
        {collections.length === 1 && `${String(collection.code)} · `}
        {String(collection.host_unit_id_label ?? '')}承办
      </span>
      <Tabs
        label="按进展看"
        chosen={tab}
        onChoose={onTab}
        tabs={tabs.map(({ key, label }) => ({ key, label, count: inTab(key, works).length }))}
      />
      <span className="fill" />
      <Button icon="users" disabled={!jury} onClick={() => setSeating(true)}>
        评委{seated !== undefined && ` ${seated}`}
      </Button>
      <Button
        icon="download"
        onClick={() =>
          download('/submissions/export.xlsx', { filter: { campaign_id: campaign.id, collection_id: collection.id } })
        }
      >
        导出附件8
      </Button>
      {seating && jury && (
        <Seats
          collection_id={collection.id}
          items={scoringItemsOf(collection)}
          jury={jury}
          onClose={() => setSeating(false)}
        />
      )}
    </WideHead>
  )
}

type OneProps = { me: Me; campaign: Campaign; collection: StoredRow; work: WorkRow; works: readonly WorkRow[] }

function OneWork({ me, campaign, collection, work, works }: OneProps) {
  const client = useQueryClient()
  const { data: scores } = useScores(work.id)
  const { data: votes } = useVotes(work.id)
  const { data: jury } = useJury(collection.id)
  const { data: changes } = useHistory(work)
  const { data: progress } = useProgress()
  const seated = jury?.filter((juror) => juror.seated).length
  const { submissions } = useForms()
  const faults = submissions ? faultsOf(submissions, work, collection) : {}
  const twins = works.filter((other) => other.id !== work.id && other.title === work.title)
  const reread = () => void client.invalidateQueries({ queryKey: listedWorks })
  return (
    <>
      <Content {...{ work, me, collection, faults, twins }} />
      <aside className={css.right} aria-label="评审">
        <div>
          <Scores work={work} items={scoringItemsOf(collection)} scores={scores ?? []} seated={seated} />
          <Prizes me={me} work={work} onChanged={reread} />
          <Votes id={work.id} votes={votes ?? []} today={campaign.today} onSaved={reread} />
          <Steps steps={stepsOf(work, changes ?? [])} />
        </div>
        <Actions
          me={me}
          known={{
            work,
            faults,
            seated,
            scored: scores?.filter((score) => score.juror !== null).length,
            today: campaign.today,
            shortlist_by: progress?.stages.find((stage) => stage.name.includes('入围'))?.ends_on,
          }}
          onMoved={reread}
        />
      </aside>
    </>
  )
}
