/** 回收站: what was deleted, form by form, by whom and when, and the way back. */
import { useInfiniteQuery, useQueries, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, LinkBase as Link } from 'react-admin'
import { type Field, type Form, forms } from '../../../server/forms/index.ts'
import { shown } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { useDensity } from '../../layout/Layout.tsx'
import { type Campaign, type Me, type Rights, rightsOf, useCampaign, useMe } from '../../me.ts'
import { Button, PageHead, Tabs } from '../../parts/controls.tsx'
import type { Change } from '../../parts/history.tsx'
import { Icon } from '../../parts/icons.tsx'
import { rowsAt } from '../../parts/links.ts'
import { useRecount } from '../../parts/queries.ts'
import { State } from '../../parts/states.tsx'
import { count, when } from '../../parts/words.ts'
import { useAddress } from './address.ts'
import './tables.css'

const perWindow = 100
const mostShown = 2000
/** Pixels for the columns of a form, beside its name, which takes what is left. */
const roomForFields = 520

type Window = { rows: StoredRow[]; total: number; actors: Map<number, string> }

const filterOf = (form: Form, campaign: Campaign) => ({
  deleted: true,
  ...(form.scope !== 'global' && { campaign_id: campaign.id }),
})

/** Who deleted rows: the newest change of that kind of each. */
async function actorsOf(form: Form, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  const { data } = await dataProvider.getList<Change>('changes', {
    filter: { form: form.name, row_id: ids, action: 'remove' },
    meta: { range: [0, ids.length * 3 - 1], sort: [['id', 'DESC']] },
  })
  return new Map(data.toReversed().flatMap(({ row_id, actor }) => (row_id && actor ? [[row_id, actor] as const] : [])))
}

function useDeleted(form: Form, campaign: Campaign) {
  return useInfiniteQuery({
    queryKey: ['bin', form.name, campaign.id],
    initialPageParam: 0,
    queryFn: async ({ pageParam: from, signal }): Promise<Window> => {
      const { data, total } = await dataProvider.getList<StoredRow>(form.name, {
        filter: filterOf(form, campaign),
        meta: {
          range: [from, from + perWindow - 1],
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
      return loaded < last.total && loaded < mostShown && last.rows.length > 0 ? loaded : undefined
    },
  })
}

export default function Bin() {
  const me = useMe()
  const campaign = useCampaign()
  const [address, change] = useAddress()
  const own = Object.values(forms).filter((form) => rightsOf(me, form.name).remove)
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
  if (!me || !campaign) return <div className="page" />
  const known = counts.every(({ isPending }) => !isPending)
  return (
    <div className="page">
      {form && (address.form || known) ? (
        <Deleted key={`${form.name} ${campaign.id}`} me={me} form={form} campaign={campaign}>
          <div className="list-tools">
            <Tabs
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
          {own.length === 0 && <p className="notice">您的角色没有可以删去的行，这里是空的。</p>}
        </>
      )}
    </div>
  )
}

/** Only who could have deleted a row brings it back. */
const isMine = (me: Me, form: Form, row: StoredRow) => form.scope !== 'unit' || row.unit_id === me.unit_id

const widthOf = (field: Field) => Math.min(Math.max(field.width * 7.4, field.label.length * 13) + 18, 190)

/** The name, what is mandatory, then what else fits; nothing long. */
function mainFields(form: Form, rights: Rights): Field[] {
  const plain = form.fields.filter(
    ({ name, type }) => !rights.fields_hidden.includes(name) && type !== 'long_text' && type !== 'attachments',
  )
  const others = plain.filter(({ name }) => name !== form.names).toSorted((a, b) => demand(b) - demand(a))
  let room = roomForFields
  const fitting = others.filter((field) => {
    const fits = widthOf(field) <= room
    if (fits) room -= widthOf(field)
    return fits
  })
  return [...plain.filter(({ name }) => name === form.names), ...fitting]
}

const demand = (field: Field) => (field.required ? 1 : 0)

type Said = { words: string; rows: StoredRow[] } | { fault: string }

function useRestore(form: Form, forget: () => void) {
  const [said, setSaid] = useState<Said | null>(null)
  const [busy, setBusy] = useState(false)
  const client = useQueryClient()
  const recount = useRecount()
  async function attempt(work: () => Promise<Said>) {
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
      <PageHead title="回收站" note="删去的行都在这里，恢复后和删去前一样">
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
      {error && <p className="strip bad">{(error as Error).message}</p>}
      <div className="list-page">
        <div className="list-scroll">
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
      <footer className="list-foot">
        <span>{total === undefined ? '—' : `${count(total)} 行`}</span>
        {rows.length < (total ?? 0) && <span>已列出 {count(rows.length)} 行</span>}
        {chosen.length > 0 && <span>选中 {count(chosen.length)} 行</span>}
        <span className="fill" />
        {mine.length < rows.length && <span className="muted">各单位的行由各单位自己恢复</span>}
      </footer>
    </>
  )
}

function Answer({ said, form, onUndo }: { said: Said | null; form: Form; onUndo: (rows: StoredRow[]) => void }) {
  if (!said) return null
  if ('fault' in said)
    return (
      <p className="strip bad" role="alert">
        <Icon name="warning" small />
        {said.fault}
      </p>
    )
  return (
    <p className="strip" role="status">
      {said.words}
      {said.rows.length > 0 && (
        <>
          <Link to={rowsAt(form.name, {}, said.rows.length === 1 ? said.rows[0]?.id : undefined)}>
            去{form.label}里看
          </Link>
          <button type="button" className="link" onClick={() => onUndo(said.rows)}>
            撤销
          </button>
        </>
      )}
    </p>
  )
}

type RowsProps = {
  me: Me
  form: Form
  campaign: Campaign
  rows: StoredRow[]
  mine: StoredRow[]
  actors: ReadonlyMap<number, string>
  ticked: ReadonlySet<number>
  setTicked: (ids: ReadonlySet<number>) => void
}

function Rows({ me, form, campaign, rows, mine, actors, ticked, setTicked }: RowsProps) {
  const { height } = useDensity()
  const fields = mainFields(form, rightsOf(me, form.name))
  const isRegister = form.scope === 'unit'
  const withUnits = isRegister && me.role !== 'clerk'
  const isNumber = (type: string) => (type === 'integer' || type === 'decimal' ? 'number' : undefined)
  function tick(id: number, on: boolean) {
    const next = new Set(ticked)
    if (on) next.add(id)
    else next.delete(id)
    setTicked(next)
  }
  return (
    <table className="list" style={{ '--row': `${height}px` } as React.CSSProperties}>
      <colgroup>
        <col style={{ width: 48 }} />
        {isRegister && <col style={{ width: 76 }} />}
        {withUnits && <col style={{ width: 72 }} />}
        {fields.map((field) => (
          <col key={field.name} style={field.name === form.names ? undefined : { width: widthOf(field) }} />
        ))}
        <col style={{ width: 84 }} />
        <col style={{ width: 116 }} />
      </colgroup>
      <thead>
        <tr>
          <th className="tick">
            <input
              type="checkbox"
              className="box"
              aria-label={`选中列出的 ${mine.length} 行`}
              disabled={mine.length === 0}
              checked={mine.length > 0 && mine.every(({ id }) => ticked.has(id))}
              onChange={(event) => setTicked(new Set(event.target.checked ? mine.map(({ id }) => id) : []))}
            />
          </th>
          {isRegister && <th>删去前</th>}
          {withUnits && <th>单位</th>}
          {fields.map((field) => (
            <th key={field.name} className={isNumber(field.type)}>
              {field.label}
            </th>
          ))}
          <th>谁删的</th>
          <th>删去时间</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const own = isMine(me, form, row)
          const name = String(row[`${form.names}_label`] ?? row[form.names] ?? row.id)
          return (
            <tr key={row.id} aria-selected={own && ticked.has(row.id)}>
              <td className="tick">
                <input
                  type="checkbox"
                  className="box"
                  aria-label={`选中 ${name}`}
                  disabled={!own}
                  title={own ? undefined : '由填报单位自己恢复'}
                  checked={own && ticked.has(row.id)}
                  onChange={(event) => tick(row.id, event.target.checked)}
                />
              </td>
              {isRegister && (
                <td>
                  <State status={row.status} />
                </td>
              )}
              {withUnits && <td>{String(row.unit_id_label ?? '')}</td>}
              {fields.map((field) => {
                const words = shown(field, row[field.name], row)
                return (
                  <td key={field.name} className={isNumber(field.type)} title={words}>
                    {field.name === form.names ? <b>{words}</b> : words}
                  </td>
                )
              })}
              <td className="soft">{actors.get(row.id) ?? '—'}</td>
              <td className="muted">{when(row.deleted_at, campaign.today)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
