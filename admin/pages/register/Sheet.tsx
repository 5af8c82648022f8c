/** Head, tools, grid, bulk bar, drawer and status bar of a form, around one grid. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useNavigate, useNotify } from 'react-admin'
import { fieldOf, targetOf } from '../../../server/forms/index.ts'
import { columnsOf, stateOf } from '../../columns.tsx'
import { columnsIn } from '../../entries.ts'
import {
  type Column,
  Grid,
  type GridHandle,
  type GridMessage,
  misreadIn,
  type Row,
  type Status,
} from '../../grid/index.ts'
import { useWords } from '../../identity.ts'
import { keepOf } from '../../keep.ts'
import { useDensity } from '../../layout/looks.ts'
import { useCampaignStep } from '../../parts/Campaign.tsx'
import { LinkButton, Strip } from '../../parts/controls.tsx'
import { DropHere } from '../../parts/Drop.tsx'
import { rowsAt } from '../../parts/links.ts'
import { type Removal, Removing } from '../../parts/Removing.tsx'
import { hush, Said } from '../../parts/Said.tsx'
import { moment, when } from '../../parts/words.ts'
import { checkOf } from '../../rules.ts'
import { Asked, mustAsk } from './Asked.tsx'
import { type Offer, useDoing } from './acting.ts'
import type { ListConditions } from './address.ts'
import { Bringing } from './Bringing.tsx'
import { Bulk } from './Bulk.tsx'
import { CarriedStrip } from './Carried.tsx'
import { cellHistory } from './cellHistory.ts'
import { Drawer, type ShownAt } from './Drawer.tsx'
import { Foot } from './Foot.tsx'
import { Head } from './Head.tsx'
import { Leaving } from './Leaving.tsx'
import { Lost } from './Lost.tsx'
import { useMaking } from './Making.tsx'
import { Misread } from './Misread.tsx'
import { useWaitingIn } from './offering.ts'
import { Cities, Ribbon } from './Review.tsx'
import { rowItems } from './rowItems.ts'
import { Shares } from './Shares.tsx'
import css from './Sheet.module.css'
import type { ShownView } from './saved.ts'
import type { Ready } from './setting.ts'
import { Tools } from './Tools.tsx'
import { useRows } from './useRows.ts'
import { pickStates, restFilter, statesIn, tabOf, tabsFor, unitIn, useView } from './view.ts'

/** A notification with 撤销 stays longer. */
const UNDO_WITHIN = 15_000

/** What a form comes with: whoever reviews begins with what waits. */
const everything: ListConditions = { filter: {}, sort: [], group: null }
const waiting: ListConditions = { ...everything, filter: { status: pickStates(['submitted']) } }

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

export function Sheet({ ready, reviews, saved }: { ready: Ready; reviews: boolean; saved: readonly ShownView[] }) {
  const { setting, closed_on } = ready
  const { form, me, rights, campaign } = setting
  const grid = useRef<GridHandle>(null)
  const { source, seen } = useRows(ready)
  const { height } = useDensity()
  const [status, setStatus] = useState<Status | null>(null)
  const [chosen, setChosen] = useState<number[]>([])
  /** A step from the menu of a row that wants a reason first. */
  const [asking, setAsking] = useState<Offer | null>(null)
  /** All rows of the list are ticked but for these. */
  const [leftOut, setLeftOut] = useState<number[] | null>(null)
  const [removing, setRemoving] = useState<Removal | null>(null)
  const stepping = useCampaignStep()
  /** How often the list was begun anew. */
  const [times, setTimes] = useState(0)
  const [open, setOpen] = useOpenRow()
  const [shownAt, setShownAt] = useState<ShownAt>({})
  const notify = useNotify()
  const navigate = useNavigate()

  const withUnits =
    me.role !== 'clerk' || (me.hosted.length > 0 && form.fields.some((field) => field.to === 'collections'))
  const { make, dialog: making } = useMaking(campaign, () => grid.current?.focus())
  const all = useMemo(() => columnsOf(setting, withUnits, make), [setting, withUnits, make])
  const viewing = useView(setting, all, saved, reviews ? waiting : everything)
  const { view, filter, setFilter, onViewChange } = viewing
  const columns = useMemo(() => columnsIn(setting, all, filter), [setting, all, filter])
  const misread = useMemo(() => misreadIn(columns, filter), [columns, filter])
  const rowState = useMemo(() => stateOf(setting), [setting])
  const check = useMemo(() => checkOf(setting), [setting])
  const keep = useMemo(
    () => keepOf(me.id, form.name, form.scope === 'global' ? undefined : campaign.id),
    [me.id, form.name, form.scope, campaign.id],
  )
  // Rows that are here lack what a column has that came meanwhile.
  const first = useRef(form)
  useEffect(() => {
    if (first.current !== form) grid.current?.reload()
    first.current = form
  }, [form])
  // The table is the page: its keys work at once.
  useEffect(() => {
    const here = document.activeElement
    if (!here || here === document.body || here.closest('nav')) grid.current?.focus()
  }, [])
  const states = statesIn(filter)
  // What tabs and cities already say needs no chip.
  const isTab = states.length > 0 && tabOf(tabsFor(reviews, false), states) !== undefined
  const silent = ['q', ...(isTab ? ['status'] : []), ...(reviews ? ['unit_id'] : [])]
  const mayAdd = rights.create && !setting.closed && (states.length === 0 || (!reviews && states.includes('draft')))
  const asked = {
    ...restFilter(all, filter, campaign.today),
    ...(form.scope !== 'global' && { campaign_id: campaign.id }),
  }

  const does = useDoing(form, grid)
  const chosenRows = chosen.flatMap((id) => seen.get(id) ?? [])
  const whole = leftOut && { asked, except: leftOut }
  const ticked = leftOut ? Math.max(0, (status?.total ?? 0) - leftOut.length) : chosen.length
  const waitingIn = useWaitingIn(form.name, whole)

  function openAt(row: Row, at: ShownAt) {
    setShownAt(at)
    setOpen(Number(row.id) || null)
  }

  function tell({ text, kind, undo }: GridMessage) {
    hush()
    if (kind === 'fault') return notify(text, { type: 'warning' })
    const back = undo && {
      undo: () => {
        undo()
        grid.current?.focus()
      },
    }
    notify(<Said text={text} {...back} />, { type: 'info', ...(undo && { autoHideDuration: UNDO_WITHIN }) })
  }

  const menu = {
    setting,
    grid,
    mayAdd,
    onOpen: (row: Row) => openAt(row, {}),
    onHistory: (row: Row) => openAt(row, { tab: 'history' }),
    onStart: (offer: Offer) => (mustAsk(offer) ? setAsking(offer) : void does.move(offer.action, offer.which)),
    onStep: stepping.start,
    onCopied: () => notify('链接已复制。', { type: 'info' }),
  }

  /** Ctrl + click on a reference: the row it names. */
  function openReference(column: Column, row: Row) {
    const to = targetOf(form, fieldOf(form, column.name) ?? {})
    const id = Number(row[column.name])
    if (to && id) navigate(rowsAt(to.name, { id: { values: [id], label: column.print(id, row) } }, { open: id }))
  }

  return (
    <div className={css.page}>
      <div className={css.left}>
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
          move={does.move}
        />
        {reviews && <Cities setting={setting} filter={filter} asked={asked} setFilter={setFilter} />}
        <Tools
          form={form.name}
          me={me}
          columns={columns}
          viewing={viewing}
          saved={saved}
          silent={silent}
          status={status}
          grid={grid}
          mayAdd={mayAdd}
        >
          {reviews && <Ribbon form={form} unit_id={unitIn(filter)} chosen={waitingIn ?? chosenRows} />}
        </Tools>
        {closed_on && me.role === 'clerk' && <Closed on={closed_on} />}
        <CarriedStrip setting={setting} after={() => grid.current?.reload()} />
        {rights.import && !setting.closed && !reviews && <DropHere form={form} />}
        {status?.offline && (
          <Strip tone="warn" role="status">
            {status.offline.includes('网络') ? '网络断了。您可以接着录，恢复后自动保存。' : status.offline}
            {status.kept && `没有保存的 ${status.unsaved} 格已存在本机，关掉页面也还在。`}
          </Strip>
        )}
        {status !== null && status.lost.length > 0 && (
          <Lost cells={status.lost} kept={status.kept} onDrop={() => grid.current?.dropLost()} />
        )}
        {misread.length > 0 && (
          <Misread
            filters={misread}
            onDrop={(names) =>
              setFilter(Object.fromEntries(Object.entries(filter).filter(([name]) => !names.includes(name))))
            }
          />
        )}
        <Shares setting={setting} savedAt={status?.savedAt ?? null} />
        <div className={css.table}>
          <Grid
            key={times}
            ref={grid}
            label={form.title}
            columns={columns}
            source={source}
            view={view}
            onViewChange={onViewChange}
            today={campaign.today}
            checkRow={check}
            rowState={rowState}
            blankRow={mayAdd ? () => (form.scope === 'global' ? {} : { campaign_id: campaign.id }) : undefined}
            checkable={form.scope === 'unit'}
            removable={rights.remove}
            removing={form.grave ? (rows, go) => setRemoving({ rows, go }) : undefined}
            rowHeight={height}
            openId={open}
            keep={keep}
            conflictNote={storedBy}
            empty={
              <Empty narrowed={Object.keys(filter).length > 0} onClear={() => setFilter({})} mayAdd={mayAdd}>
                {mayAdd && <Bringing setting={setting} after={() => setTimes((n) => n + 1)} />}
              </Empty>
            }
            onSelectionChange={(selection) => {
              setChosen(selection.ids.length > 0 ? (grid.current?.selectedIds() ?? []).map(Number) : [])
              setLeftOut(selection.all?.except.map(Number) ?? null)
            }}
            onOpenRow={(row) => openAt(row, {})}
            rowMenu={(row, selected) => rowItems(row, selected, menu)}
            onOpenReference={openReference}
            onOpenFiles={(row, column) => openAt(row, { field: column.name })}
            onOpenHistory={(row) => openAt(row, { tab: 'history' })}
            cellHistory={(row, column) => cellHistory(form, Number(row.id), column.name, campaign.today)}
            onSearch={(text) => setFilter({ ...filter, q: text })}
            onStatus={setStatus}
            onMessage={tell}
          />
          {ticked > 0 && (
            <Bulk setting={setting} rows={chosenRows} count={ticked} all={whole} grid={grid} does={does} />
          )}
        </div>
        <Foot
          form={form}
          me={me}
          status={status}
          chosen={ticked}
          reviews={reviews}
          zoom={view.zoom ?? 100}
          onZoom={(zoom) => onViewChange({ ...view, zoom })}
        />
      </div>
      {status !== null && status.unsaved > 0 && <Leaving grid={grid} status={status} />}
      {making}
      {stepping.dialog}
      {removing && <Removing form={form} asked={removing} onClose={() => setRemoving(null)} />}
      {asking && (
        <Asked
          form={form}
          rights={rights}
          offer={asking}
          name=""
          onClose={() => setAsking(null)}
          onGo={(why) => {
            setAsking(null)
            void does.move(asking.action, asking.which, why)
          }}
        />
      )}
      {open !== null && (
        <Drawer
          key={`${open} ${shownAt.tab ?? shownAt.field ?? ''}`}
          id={open}
          at={shownAt}
          setting={setting}
          known={seen.get(open)}
          grid={grid}
          move={does.move}
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

/** Who stored a row and when. */
function storedBy(row: Row): string {
  const today = moment(new Date().toISOString()).slice(0, 10)
  return `${row.updated_by_label ?? ''} ${when(row.updated_at, today)} 存的`.trim()
}

function Closed({ on }: { on: string }) {
  const { lead_short } = useWords()
  const [, month, day] = on.split('-').map(Number)
  return (
    <Strip role="status">
      {month} 月 {day} 日已截止，这里只能查看。需要补录，请向{lead_short}申请。
    </Strip>
  )
}

type EmptyProps = { narrowed: boolean; onClear: () => void; mayAdd: boolean; children: ReactNode }

function Empty({ narrowed, onClear, mayAdd, children }: EmptyProps) {
  if (narrowed)
    return (
      <>
        没有符合这些条件的行。
        <LinkButton onClick={onClear}>清除筛选</LinkButton>
      </>
    )
  return (
    <>
      {mayAdd ? '还没有记录。从上面第一行录起，或者从右上角导入工作簿。' : '还没有记录。'}
      {children}
    </>
  )
}
