/** 回收站: what was deleted, form by form, by whom and when, and 找回. */
import { useInfiniteQuery, useQueries, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, LinkBase as Link } from 'react-admin'
import type { Form } from '../../../server/forms/index.ts'
import type { HistoryEntry } from '../../../server/records/history.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { useForms } from '../../forms.ts'
import { type Campaign, type Me, rightsOf, useCampaign, useMe } from '../../me.ts'
import { Button, Fault, LinkButton, Notice, Page, PageHead, Strip, Tabs } from '../../parts/controls.tsx'
import { rowsAt } from '../../parts/links.ts'
import { useRecount } from '../../parts/queries.ts'
import { count } from '../../parts/words.ts'
import { useAddress } from './address.ts'
import { isMine, Rows } from './BinRows.tsx'
import css from './list.module.css'

const WINDOW_ROWS = 100
const MAX_SHOWN_ROWS = 2000

type BinWindow = { rows: StoredRow[]; total: number; actors: Map<number, string> }

const filterOf = (form: Form, campaign: Campaign) => ({
  deleted: true,
  ...(form.scope !== 'global' && { campaign_id: campaign.id }),
})

/** Who deleted rows: the newest change of that kind of each. */
async function actorsOf(form: Form, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  const { data } = await dataProvider.getList<HistoryEntry>('changes', {
    filter: { form: form.name, row_id: ids, action: ['remove', 'undo'] },
    meta: { range: [0, ids.length * 3 - 1], sort: [['id', 'DESC']] },
  })
  return new Map(data.toReversed().flatMap(({ row_id, actor }) => (row_id && actor ? [[row_id, actor] as const] : [])))
}

function useDeleted(form: Form, campaign: Campaign) {
  return useInfiniteQuery({
    queryKey: ['bin', form.name, campaign.id],
    initialPageParam: 0,
    queryFn: async ({ pageParam: from, signal }): Promise<BinWindow> => {
      const { data, total } = await dataProvider.getList<StoredRow>(form.name, {
        filter: filterOf(form, campaign),
        meta: {
          range: [from, from + WINDOW_ROWS - 1],
          sort: [
            ['deleted_at', 'DESC'],
            ['id', 'DESC'],
          ],
        },
        signal,
      })
      const ids = data.map(({ id }) => id)
      return { rows: data, total: total ?? 0, actors: await actorsOf(form, ids) }
    },
    getNextPageParam: (last, all) => {
      const loaded = all.reduce((sum, { rows }) => sum + rows.length, 0)
      return loaded < last.total && loaded < MAX_SHOWN_ROWS && last.rows.length > 0 ? loaded : undefined
    },
  })
}

export default function Bin() {
  const me = useMe()
  const campaign = useCampaign()
  const [address, change] = useAddress()
  const own = Object.values(useForms()).filter((form) => rightsOf(me, form.name).remove)
  const counts = useQueries({
    queries: own.map((form) => {
      const filter = campaign ? filterOf(form, campaign) : {}
      return {
        queryKey: ['count', form.name, filter],
        queryFn: () => dataProvider.count(form.name, filter),
        enabled: campaign !== undefined,
        staleTime: 20_000,
      }
    }),
  })
  const fullest = own[counts.findIndex(({ data }) => (data ?? 0) > 0)] ?? own[0]
  const form = own.find(({ name }) => name === address.form) ?? fullest
  if (!me || !campaign) return <Page />
  const known = counts.every(({ isPending }) => !isPending)
  return (
    <Page>
      {form && (address.form || known) ? (
        <Deleted key={`${form.name} ${campaign.id}`} me={me} form={form} campaign={campaign}>
          <div className={css.tools}>
            <Tabs
              className={css.tabs}
              label="哪张表"
              chosen={form.name}
              onChoose={(name) => change({ form: name })}
              tabs={own.map(({ name, label }, at) => ({ key: name, label, count: counts[at]?.data ?? null }))}
            />
          </div>
        </Deleted>
      ) : (
        <>
          <PageHead title="回收站" />
          {own.length === 0 && <Notice>您的角色没有可以删去的行，这里是空的。</Notice>}
        </>
      )}
    </Page>
  )
}

type RestoreResult = { words: string; rows: StoredRow[] } | { fault: string }

function useRestore(form: Form, forget: () => void) {
  const [said, setSaid] = useState<RestoreResult | null>(null)
  const [busy, setBusy] = useState(false)
  const client = useQueryClient()
  const recount = useRecount()
  async function attempt(work: () => Promise<RestoreResult>) {
    setBusy(true)
    try {
      setSaid(await work())
      forget()
    } catch (error) {
      setSaid({ fault: (error as HttpError).message })
    } finally {
      setBusy(false)
      recount()
      await client.invalidateQueries({ queryKey: ['bin', form.name] })
    }
  }
  return {
    said,
    busy,
    restore: (ids: number[]) =>
      attempt(async () => {
        const rows = await dataProvider.restore(form.name, ids)
        return { words: `已恢复 ${count(rows.length)} 行。`, rows }
      }),
    undo: (rows: StoredRow[]) =>
      attempt(async () => {
        const remove = rows.map(({ id, version }) => ({ id, version }))
        await dataProvider.bulk(form.name, { create: [], update: [], remove })
        return { words: `${count(rows.length)} 行又回到了回收站。`, rows: [] }
      }),
  }
}

function Deleted({
  me,
  form,
  campaign,
  children,
}: {
  me: Me
  form: Form
  campaign: Campaign
  children: React.ReactNode
}) {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set())
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useDeleted(form, campaign)
  const { said, busy, restore, undo } = useRestore(form, () => setTicked(new Set()))
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const mine = rows.filter((row) => isMine(me, form, row))
  const chosen = mine.filter(({ id }) => ticked.has(id)).map(({ id }) => id)
  const total = data?.pages.at(-1)?.total
  return (
    <>
      <PageHead title="回收站">
        <Button
          kind="primary"
          disabled={chosen.length === 0 || busy}
          title={chosen.length === 0 ? '先选中要恢复的行' : undefined}
          onClick={() => void restore(chosen)}
        >
          {chosen.length > 0 ? `恢复 ${count(chosen.length)} 行` : '恢复'}
        </Button>
      </PageHead>
      {children}
      <Answer said={said} form={form} onUndo={(back) => void undo(back)} />
      {error && <Fault>{(error as Error).message}</Fault>}
      <div className={css.page}>
        <div className={css.scroll}>
          {total === 0 ? (
            <p className="soft">{form.label}没有删去的行。在登记表里删去的行会放到这里，随时可以恢复。</p>
          ) : (
            <Rows
              {...{ me, form, campaign, rows, mine, ticked, setTicked }}
              actors={new Map(data?.pages.flatMap((page) => [...page.actors]))}
            />
          )}
          {hasNextPage && (
            <p>
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                加载更多
              </Button>
            </p>
          )}
        </div>
      </div>
      <footer className={css.foot}>
        <span>{total === undefined ? '—' : `${count(total)} 行`}</span>
        {rows.length < (total ?? 0) && <span>已列出 {count(rows.length)} 行</span>}
        {chosen.length > 0 && <span>选中 {count(chosen.length)} 行</span>}
        <span className="fill" />
        {mine.length < rows.length && <span className="muted">各单位的行由各单位自己恢复</span>}
      </footer>
    </>
  )
}

function Answer({
  said,
  form,
  onUndo,
}: {
  said: RestoreResult | null
  form: Form
  onUndo: (rows: StoredRow[]) => void
}) {
  if (!said) return null
  if ('fault' in said) return <Fault>{said.fault}</Fault>
  return (
    <Strip role="status">
      {said.words}
      {said.rows.length > 0 && (
        <>
          <Link to={rowsAt(form.name, {}, { open: said.rows.length === 1 ? said.rows[0]?.id : undefined })}>
            去{form.label}里看
          </Link>
          <LinkButton onClick={() => onUndo(said.rows)}>撤销</LinkButton>
        </>
      )}
    </Strip>
  )
}
