/** Head, tools, grid, bulk bar, drawer and status bar of a form, around one grid. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useNavigate, useNotify, useStore } from 'react-admin'
import { fieldOf, forms } from '../../../server/forms/index.ts'
import { checkOf, columnsOf, stateOf } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import {
  type Column,
  dataProviderSource,
  Grid,
  type GridHandle,
  type Row,
  type Source,
  type Status,
} from '../../grid/index.ts'
import { useDensity } from '../../layout/Layout.tsx'
import { rowsAt } from '../../parts/links.ts'
import { useRecount } from '../../parts/queries.ts'
import { useMove } from './acting.ts'
import { Bulk } from './Bulk.tsx'
import { Drawer } from './Drawer.tsx'
import { Foot } from './Foot.tsx'
import { Head } from './Head.tsx'
import { Cities, Ribbon } from './Review.tsx'
import type { Ready } from './setting.ts'
import { Tools } from './Tools.tsx'
import { restFilter, statesIn, tabOf, tabsFor, unitIn, useView } from './view.ts'

/** The grid's source, noting every row that comes by: buttons ask what the ticked rows are. */
function useRows(ready: Ready) {
  const { form, campaign } = ready.setting
  const seen = useRef(new Map<number, StoredRow>())
  const recount = useRecount()
  const source = useMemo((): Source => {
    const isRegister = form.scope === 'unit'
    const unitFirst = isRegister && ready.setting.me.role !== 'clerk'
    const plain = dataProviderSource(dataProvider as never, form.name, {
      filter: form.scope === 'global' ? {} : { campaign_id: campaign.id },
      sort: unitFirst ? [{ column: 'unit_id', order: 'ASC' }] : [],
    })
    const note = (row: Row) => seen.current.set(Number(row.id), row as StoredRow)
    return {
      ...plain,
      async getWindow(query) {
        const answer = await plain.getWindow(query)
        for (const row of answer.rows) note(row)
        return answer
      },
      async save(request) {
        const answer = await plain.save(request)
        for (const each of [...answer.create, ...answer.update]) if ('row' in each) note(each.row)
        if (request.create.length + request.remove.length > 0) recount()
        return answer
      },
      async restore(ids) {
        await plain.restore?.(ids)
        recount()
      },
    }
  }, [form, campaign.id, ready.setting.me.role, recount])
  return { source, seen: seen.current }
}

/** `?open=12` of a link opens that row beside the grid. */
function useOpenRow() {
  const { search } = useLocation()
  const asked = Number(new URLSearchParams(search).get('open')) || null
  const [open, setOpen] = useState<number | null>(asked)
  useEffect(() => {
    if (asked) setOpen(asked)
  }, [asked])
  return [open, setOpen] as const
}

export function Sheet({ ready, reviews }: { ready: Ready; reviews: boolean }) {
  const { setting, closed_on } = ready
  const { form, me, rights, campaign } = setting
  const grid = useRef<GridHandle>(null)
  const { source, seen } = useRows(ready)
  const { view, filter, setFilter, onViewChange } = useView()
  const { height } = useDensity()
  const [hidden, setHidden] = useStore<string[]>(`columns.${form.name}`, [])
  const [widths, setWidths] = useStore<Record<string, number>>(`widths.${form.name}`, {})
  const [status, setStatus] = useState<Status | null>(null)
  const [chosen, setChosen] = useState<number[]>([])
  const [open, setOpen] = useOpenRow()
  const notify = useNotify()
  const navigate = useNavigate()

  const withUnits =
    me.role !== 'clerk' || (me.hosted.length > 0 && form.fields.some((field) => field.to === 'collections'))
  const all = useMemo(() => columnsOf(setting, withUnits), [setting, withUnits])
  const columns = useMemo(
    () =>
      all
        .filter((column) => column.required || column.frozen || !hidden.includes(column.name))
        .map((column) => (widths[column.name] ? { ...column, width: widths[column.name] } : column)),
    [all, hidden, widths],
  )
  const rowState = useMemo(() => stateOf(setting), [setting])
  const check = useMemo(() => checkOf(setting), [setting])
  // The table is the page: its keys work at once.
  useEffect(() => {
    const here = document.activeElement
    if (!here || here === document.body || here.closest('nav')) grid.current?.focus()
  }, [])
  const states = statesIn(filter)
  // What tabs and cities already say needs no chip.
  const isTab = tabOf(tabsFor(reviews, false), states) !== undefined || form.scope !== 'unit'
  const silent = ['q', ...(isTab ? ['status'] : []), ...(reviews ? ['unit_id'] : [])]
  const mayAdd = rights.create && !setting.closed && (states.length === 0 || (!reviews && states.includes('draft')))
  const asked = { ...restFilter(all, filter), ...(form.scope !== 'global' && { campaign_id: campaign.id }) }

  const afterMove = useCallback((ids: number[]) => {
    if (ids.length === 0) return
    grid.current?.clearSelected()
    grid.current?.reload()
  }, [])
  const move = useMove(form, afterMove)
  const chosenRows = chosen.flatMap((id) => seen.get(id) ?? [])

  /** Ctrl + click on a reference: the row it names. */
  function openReference(column: Column, row: Row) {
    const to = forms[fieldOf(form, column.name)?.to ?? '']
    const id = Number(row[column.name])
    if (to && id) navigate(rowsAt(to.name, { id: { values: [id], label: column.print(id, row) } }, id))
  }

  return (
    <div className="sheet-page">
      <div className="sheet-left">
        <Head
          setting={setting}
          reviews={reviews}
          filter={filter}
          setFilter={setFilter}
          status={status}
          asked={asked}
          chosen={chosen}
          chosenRows={chosenRows}
          grid={grid}
          move={move}
        />
        {reviews && <Cities setting={setting} filter={filter} setFilter={setFilter} />}
        <Tools
          columns={all}
          filter={filter}
          setFilter={setFilter}
          silent={silent}
          status={status}
          hidden={hidden}
          setHidden={setHidden}
          grid={grid}
          mayAdd={mayAdd}
        >
          {reviews && <Ribbon form={form} unit_id={unitIn(filter)} chosen={chosenRows} />}
        </Tools>
        {closed_on && me.role === 'clerk' && <Closed on={closed_on} />}
        {status?.offline && (
          <p className="strip warn" role="status">
            {status.offline.includes('网络') ? '网络断了。您可以接着录，恢复后自动保存。' : status.offline}
          </p>
        )}
        <div className="sheet-grid">
          <Grid
            ref={grid}
            label={form.title}
            columns={columns}
            source={source}
            view={view}
            onViewChange={onViewChange}
            checkRow={check}
            rowState={rowState}
            blankRow={mayAdd ? () => (form.scope === 'global' ? {} : { campaign_id: campaign.id }) : undefined}
            checkable={form.scope === 'unit'}
            removable={rights.remove}
            rowHeight={height}
            openId={open}
            conflictNote={(row) => `现在的内容是 ${String(row.updated_at ?? '').slice(11, 16)} 存的。`}
            empty={<Empty narrowed={Object.keys(filter).length > 0} onClear={() => setFilter({})} mayAdd={mayAdd} />}
            onSelectionChange={({ ids }) =>
              setChosen(ids.length > 0 ? (grid.current?.selectedIds() ?? []).map(Number) : [])
            }
            onOpenRow={(row) => setOpen(Number(row.id) || null)}
            onOpenReference={openReference}
            onColumnResize={(name, width) => setWidths({ ...widths, [name]: width })}
            onStatus={setStatus}
            onMessage={({ text, kind }) => notify(text, { type: kind === 'fault' ? 'warning' : 'info' })}
          />
          {chosen.length > 0 && (
            <Bulk setting={setting} rows={chosenRows} count={chosen.length} grid={grid} move={move} />
          )}
        </div>
        <Foot form={form} me={me} status={status} chosen={chosen.length} reviews={reviews} />
      </div>
      {open !== null && (
        <Drawer
          key={open}
          id={open}
          setting={setting}
          known={seen.get(open)}
          grid={grid}
          move={move}
          onClose={() => {
            setOpen(null)
            grid.current?.focus()
          }}
          onStep={(step) => {
            const next = grid.current?.stepFrom(open, step)
            if (next) setOpen(Number(next))
          }}
        />
      )}
    </div>
  )
}

function Closed({ on }: { on: string }) {
  const [, month, day] = on.split('-').map(Number)
  return (
    <p className="strip" role="status">
      {month} 月 {day} 日已截止，这里只能查看。需要补录，请向省总申请。
    </p>
  )
}

function Empty({ narrowed, onClear, mayAdd }: { narrowed: boolean; onClear: () => void; mayAdd: boolean }) {
  if (narrowed)
    return (
      <>
        没有符合这些条件的行。
        <button type="button" className="link" onClick={onClear}>
          清除筛选
        </button>
      </>
    )
  return mayAdd ? '还没有记录。从上面第一行录起，或者从右上角导入工作簿。' : '还没有记录。'
}
