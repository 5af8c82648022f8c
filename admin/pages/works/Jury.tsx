/** The juror's page: works under review as 作品 07, one large at a time, and the own score of each. Nobody is named. */
import { useQueryClient } from '@tanstack/react-query'
import { Fragment, useEffect, useState } from 'react'
import { useNotify, useStore } from 'react-admin'
import { scoringItemsOf } from '../../../server/forms/index.ts'
import type { Score } from '../../../server/works/routes.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { entryFields } from '../../entries.ts'
import { useForms } from '../../forms.ts'
import { type Campaign, type Me, useCampaign, useMe } from '../../me.ts'
import { Notice, Page, Strip, Tabs } from '../../parts/controls.tsx'
import { useAll } from '../../parts/queries.ts'
import { shown } from '../../parts/shown.ts'
import { Mark } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { WideHead } from '../register/WideHead.tsx'
import { type BlindWork, nameOf, ownKey, useAssigned, useOwnScores } from './assigned.ts'
import { lengthOf } from './Content.tsx'
import { Media } from './Media.tsx'
import { useArrows, useInSight } from './moving.ts'
import { listedWorks } from './queries.ts'
import { ScoreForm } from './ScoreForm.tsx'
import { draftOf, type ScoreDraft } from './scoring.ts'
import css from './works.module.css'

export default function Jury() {
  const me = useMe()
  const campaign = useCampaign()
  const { data, total, error } = useAssigned(campaign?.id)
  useEffect(() => {
    document.title = '评分 · 好网民台账'
  }, [])
  if (error) return <Notice>{(error as Error).message}</Notice>
  if (!me || !campaign || !data) return <Page />
  if (data.length === 0) return <Notice>现在没有请您评的作品。承办单位把作品送来评审后，会出现在这里。</Notice>
  return <Judging me={me} campaign={campaign} works={data} total={total ?? data.length} />
}

/** The next work without a score, going round. */
function nextOpen(
  works: readonly BlindWork[],
  from: BlindWork,
  own: ReadonlyMap<number, Score>,
): BlindWork | undefined {
  const at = works.indexOf(from)
  return [...works.slice(at + 1), ...works.slice(0, at)].find((each) => !own.has(each.id))
}

const views = [
  { key: 'all', label: '全部' },
  { key: 'open', label: '还没有评' },
  { key: 'scored', label: '已评' },
] as const

function Judging({ me, campaign, works, total }: { me: Me; campaign: Campaign; works: BlindWork[]; total: number }) {
  const client = useQueryClient()
  const notify = useNotify()
  const { data: own } = useOwnScores(works)
  const { data: collections } = useAll('collections', 'code', { campaign_id: campaign.id })
  const [tab, setTab] = useState<string>('all')
  const [open, setOpen] = useState<number>()
  const [writes, setWrites] = useState(false)
  // What is typed survives going to another work, a reload and the end of the session.
  const [drafts, setDrafts] = useStore<Record<number, ScoreDraft>>(`marks.${campaign.id}.${me.id}`, {})
  const inView = (key: string) =>
    works.filter((work) => key === 'all' || Boolean(own?.has(work.id)) === (key === 'scored'))
  const listed = inView(tab)
  const work = listed.find((each) => each.id === open) ?? listed.find((each) => own && !own.has(each.id)) ?? listed[0]
  const collection = collections?.find(({ id }) => id === work?.collection_id)
  function choose(id: number) {
    setWrites(false)
    setOpen(id)
  }
  useArrows((step) => {
    const next = work && listed[listed.indexOf(work) + step]
    if (next) choose(next.id)
  })
  function saved(score: Score, of: BlindWork) {
    const all = new Map(own).set(of.id, score)
    client.setQueryData(ownKey(works), all)
    const { [of.id]: _, ...rest } = drafts
    setDrafts(rest)
    const next = nextOpen(works, of, all)
    const said = `${nameOf(of)} 已评 ${score.total?.toFixed(1)} 分`
    notify(next ? `${said}，还有 ${works.length - all.size} 件。` : `${said}，全部评完了。`, { type: 'info' })
    setWrites(true)
    setOpen((next ?? of).id)
    if (!next) setTab('all')
  }
  return (
    <Page className={css.page}>
      <Head
        tab={tab}
        counts={(key) => (own ? inView(key).length : null)}
        onTab={(key) => {
          setTab(key)
          setOpen(undefined)
        }}
      />
      <div className={css.body}>
        <aside className={css.left} aria-label="作品">
          {total > works.length && (
            <Strip tone="warn">
              只列出前 {count(works.length)} 件，共 {count(total)} 件。
            </Strip>
          )}
          <Assigned works={listed} own={own} drafts={drafts} chosen={work?.id} onChoose={choose} />
          {listed.length === 0 && (
            <Notice>{tab === 'open' ? '都评完了。分数在送评审结束前还可以改。' : '还没有评过的作品。'}</Notice>
          )}
        </aside>
        {work ? <Blind key={work.id} work={work} collection={collection} /> : <div className={css.work} />}
        <aside className={css.right} aria-label="评分">
          {work && own && collection && (
            <ScoreForm
              key={work.id}
              id={work.id}
              name={nameOf(work)}
              items={scoringItemsOf(collection)}
              focused={writes}
              score={own.get(work.id)}
              draft={drafts[work.id] ?? draftOf(own.get(work.id))}
              onDraft={(draft) => setDrafts({ ...drafts, [work.id]: draft })}
              onSaved={(score) => saved(score, work)}
              onGone={() => void client.invalidateQueries({ queryKey: listedWorks })}
            />
          )}
        </aside>
      </div>
    </Page>
  )
}

function Head({
  tab,
  counts,
  onTab,
}: {
  tab: string
  counts: (key: string) => number | null
  onTab: (key: string) => void
}) {
  return (
    <WideHead>
      <h1>评分</h1>
      <Tabs
        label="按评过没有看"
        chosen={tab}
        onChoose={onTab}
        tabs={views.map(({ key, label }) => ({ key, label, count: counts(key) }))}
      />
      <span className="fill" />
      <span className="muted">↑ ↓ 换一件</span>
    </WideHead>
  )
}

type AssignedProps = {
  works: readonly BlindWork[]
  own: ReadonlyMap<number, Score> | undefined
  drafts: Readonly<Record<number, ScoreDraft>>
  chosen: number | undefined
  onChoose: (id: number) => void
}

function Assigned({ works, own, drafts, chosen, onChoose }: AssignedProps) {
  const list = useInSight(chosen)
  const several = works.some((work) => work.collection_id !== works[0]?.collection_id)
  return (
    <ul className={css.list} ref={list}>
      {works.map((work, at) => {
        const score = own?.get(work.id)
        return (
          <li key={work.id}>
            {several && work.collection_id !== works[at - 1]?.collection_id && (
              <div className={css.group}>{work.collection_id_label}</div>
            )}
            <button type="button" aria-current={work.id === chosen || undefined} onClick={() => onChoose(work.id)}>
              <span className="fill cut">
                <b>{nameOf(work)}</b>
                <br />
                <span className="muted">{work.title}</span>
              </span>
              <span className={css.votes}>
                {score && <b>{score.total?.toFixed(1)}</b>}
                {!score && own && <Mark tone="draft">没有评</Mark>}
                {drafts[work.id] && (
                  <>
                    <br />
                    <Mark tone="sent">没有保存</Mark>
                  </>
                )}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** The work as a juror may see it. */
function Blind({ work, collection }: { work: BlindWork; collection: StoredRow | undefined }) {
  const { submissions } = useForms()
  return (
    <section className={css.work} aria-label={nameOf(work)}>
      <Media collection={collection} files={work.files} url={work.url} title={nameOf(work)} />
      <header>
        <h2>{nameOf(work)}</h2>
        <span className="fill" />
        <span className="muted cut">{work.collection_id_label}</span>
      </header>
      <dl>
        <dt>作品名称</dt>
        <dd>{work.title}</dd>
        {work.sub_theme ? (
          <>
            <dt>主题</dt>
            <dd>{String(work.sub_theme)}</dd>
          </>
        ) : null}
        {typeof work.duration_s === 'number' && (
          <>
            <dt>时长</dt>
            <dd>{lengthOf(work.duration_s)}</dd>
          </>
        )}
        <dt>作品说明</dt>
        <dd>{work.description ? String(work.description) : <span className="muted">没有说明</span>}</dd>
        {submissions &&
          entryFields(submissions, collection)
            .filter(({ name }) => name in work)
            .map((field) => (
              <Fragment key={field.name}>
                <dt>{field.label}</dt>
                <dd>{shown(field, work[field.name], work) || <span className="muted">未填</span>}</dd>
              </Fragment>
            ))}
      </dl>
    </section>
  )
}
