/** 回收站: what was deleted, form by form, and the way back. */
import { useState } from 'react'
import { type HttpError, useGetList, useNotify, useRefresh, useStore } from 'react-admin'
import { forms } from '../../server/forms/index.ts'
import { shown } from '../columns.tsx'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { rightsOf, useCampaign, useMe } from '../me.ts'
import { Button, PageHead, Tabs } from '../parts/controls.tsx'
import { Pages } from '../parts/Pages.tsx'
import { useCount, useRecount } from '../parts/queries.ts'
import { State } from '../parts/states.tsx'
import { count, when } from '../parts/words.ts'
import './plain.css'

const perPage = 50
const shownFields = 5

export default function Bin() {
  const me = useMe()
  const own = Object.values(forms).filter((form) => rightsOf(me, form.name).remove)
  const [chosen, choose] = useStore<string>('bin', 'propagandists')
  const form = own.find((each) => each.name === chosen) ?? own[0]
  return (
    <div className="page scrolls">
      <PageHead title="回收站" note="文件和历史都在，找回后是删去前的样子" />
      <div className="narrow">
        <Tabs
          label="哪张表"
          chosen={form?.name ?? null}
          onChoose={choose}
          tabs={own.map((each) => ({ key: each.name, label: each.label }))}
        />
      </div>
      <div className="body">{form && <Deleted key={form.name} name={form.name} />}</div>
    </div>
  )
}

function Deleted({ name }: { name: string }) {
  const me = useMe()
  const campaign = useCampaign()
  const notify = useNotify()
  const refresh = useRefresh()
  const recount = useRecount()
  const [page, setPage] = useState(1)
  const [ticked, setTicked] = useState<number[]>([])
  const form = forms[name]
  const filter = { deleted: true, ...(form?.scope !== 'global' && campaign && { campaign_id: campaign.id }) }
  const { data, total } = useGetList<StoredRow>(name, {
    pagination: { page, perPage },
    sort: { field: 'updated_at', order: 'DESC' },
    filter,
  })
  const { data: all } = useCount(name, filter)
  if (!form) return null
  const fields = form.fields
    .filter((field) => !rightsOf(me, name).fields_hidden.includes(field.name))
    .slice(0, shownFields)
  async function restore(ids: number[]) {
    try {
      await dataProvider.restore(name, ids)
      notify(`已找回 ${ids.length} 行。`, { type: 'info' })
      setTicked([])
      recount()
      refresh()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    }
  }
  const toggle = (id: number) =>
    setTicked((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id]))
  if (data?.length === 0) return <p className="soft">没有删去的{form.label}。</p>
  return (
    <>
      <p className="narrow" style={{ padding: '0 0 8px' }}>
        <Button kind="primary" disabled={ticked.length === 0} onClick={() => void restore(ticked)}>
          找回{ticked.length > 0 && ` ${ticked.length} 行`}
        </Button>
        <span className="muted">{all !== undefined && `共 ${count(all)} 行`}</span>
      </p>
      <table className="lines sticky">
        <thead>
          <tr>
            <th>
              <input
                type="checkbox"
                className="box"
                aria-label="全选这一页"
                checked={data !== undefined && data.length > 0 && ticked.length === data.length}
                onChange={(event) => setTicked(event.target.checked ? (data ?? []).map((row) => row.id) : [])}
              />
            </th>
            {form.scope === 'unit' && <th>删去前</th>}
            {form.scope === 'unit' && me?.role !== 'clerk' && <th>单位</th>}
            {fields.map((field) => (
              <th key={field.name}>{field.label}</th>
            ))}
            <th>删去时间</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {data?.map((row) => (
            <tr key={row.id}>
              <td>
                <input
                  type="checkbox"
                  className="box"
                  aria-label="选中这一行"
                  checked={ticked.includes(row.id)}
                  onChange={() => toggle(row.id)}
                />
              </td>
              {form.scope === 'unit' && (
                <td>
                  <State status={row.status} />
                </td>
              )}
              {form.scope === 'unit' && me?.role !== 'clerk' && <td>{String(row.unit_id_label ?? '')}</td>}
              {fields.map((field) => (
                <td key={field.name}>{shown(field, row[field.name], row)}</td>
              ))}
              <td className="muted">{when(row.deleted_at, campaign?.today ?? '')}</td>
              <td>
                <button type="button" className="link" onClick={() => void restore([row.id])}>
                  找回
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages page={page} perPage={perPage} total={total} onPage={setPage} />
    </>
  )
}
