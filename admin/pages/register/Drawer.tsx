/** One row beside the grid: why it came back, every field, what happened to it, what was said about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { RecordContextProvider } from 'react-admin'
import type { Field } from '../../../server/forms/index.ts'
import { isWritable, type Setting } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { whyNotOf } from '../../entries.ts'
import type { GridHandle, HeldRow } from '../../grid/index.ts'
import { classes } from '../../parts/classes.ts'
import { Button, IconButton, Notice, Tabs } from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { Mark, State } from '../../parts/states.tsx'
import { TakeBack, useLastMove } from '../../parts/TakeBack.tsx'
import { when } from '../../parts/words.ts'
import { explanationsOf, lacksOf } from '../../rules.ts'
import { Asked, mustAsk } from './Asked.tsx'
import { type Does, type Offer, offersFor } from './acting.ts'
import css from './Drawer.module.css'
import { DrawerField, type FieldProps } from './DrawerField.tsx'
import { Comments, History } from './Past.tsx'

type DrawerProps = {
  id: number
  setting: Setting
  known: StoredRow | undefined
  grid: RefObject<GridHandle | null>
  move: Does['move']
  onClose: () => void
  onStep: (step: 1 | -1) => void
  at?: ShownAt
}
type DrawerTab = 'fields' | 'history' | 'comments'
/** What of the row is looked for: one of the tabs, or a field to go on with. */
export type ShownAt = { tab?: DrawerTab; field?: string }

/** The row as it is now: the grid's own, with what of it is not stored; read anew where the grid does not know it. */
function useRow(form: string, id: number, known: StoredRow | undefined, grid: RefObject<GridHandle | null>) {
  const client = useQueryClient()
  const key = ['row', form, id]
  const query = useQuery({
    queryKey: key,
    queryFn: async () => (await dataProvider.getOne<StoredRow>(form, { id })).data,
    initialData: known,
    initialDataUpdatedAt: 0,
  })
  const subscribe = useCallback((listener: () => void) => grid.current?.subscribe(listener) ?? (() => {}), [grid])
  const held = useSyncExternalStore(subscribe, () => grid.current?.held(id))
  const read = query.data
  const isNewer = read && Number(held?.row.version ?? 0) < read.version
  return {
    row: isNewer ? read : ((held?.row as StoredRow | undefined) ?? read),
    cells: held?.cells ?? {},
    error: query.error,
    reload: () => client.invalidateQueries({ queryKey: key }),
  }
}

export function Drawer({ id, setting, known, grid, move, onClose, onStep, at }: DrawerProps) {
  const { form, me } = setting
  const { row, cells, error, reload } = useRow(form.name, id, known, grid)
  const [tab, setTab] = useState<DrawerTab>(at?.tab ?? 'fields')
  const hasComments = form.scope === 'unit' && me.role !== 'juror'
  useDrawerKeys(onClose, onStep)

  if (!row)
    return (
      <aside className={css.drawer} aria-label={form.label}>
        <header className={css.head}>
          <span className="fill" />
          <CloseButton onClose={onClose} />
        </header>
        {error && <Notice>这一行不在了，或者不在您的范围内。</Notice>}
      </aside>
    )
  async function step(offer: Offer, why: { reason?: string; fields?: string[] } = {}) {
    await grid.current?.flush()
    await move(offer.action, offer.which, why)
    await reload()
  }
  return (
    <aside className={css.drawer} aria-label={`${form.label} ${String(row[form.names] ?? '')}`}>
      <header className={css.head}>
        <h2 className="cut">{String(row[`${form.names}_label`] ?? row[form.names] ?? '')}</h2>
        {row.status && <State status={row.status} tag />}
        <span className="fill" />
        {form.name === 'events' && <SignInSheet id={id} />}
        <IconButton icon="up" label="上一行" title="上一行 Alt ↑" onClick={() => onStep(-1)} />
        <IconButton icon="down" label="下一行" title="下一行 Alt ↓" onClick={() => onStep(1)} />
        <CloseButton onClose={onClose} />
      </header>
      <Tabs
        className={css.tabs}
        label="这一行的"
        chosen={tab}
        onChoose={(key) => setTab(key as DrawerTab)}
        tabs={[
          { key: 'fields', label: '详情' },
          { key: 'history', label: '历史' },
          ...(hasComments ? [{ key: 'comments', label: '批注' }] : []),
        ]}
      />
      <RecordContextProvider value={row}>
        <div className={css.body}>
          {tab === 'fields' && (
            <Fields
              setting={setting}
              row={row}
              cells={cells}
              first={at?.field}
              write={(field, cell) => grid.current?.write(row, field, cell)}
              choose={(field, choice) => grid.current?.resolve(id, field, choice)}
            />
          )}
          {tab === 'history' && (
            <History form={form.name} id={id} version={row.version} today={setting.campaign.today} />
          )}
          {tab === 'comments' && <Comments form={form.name} id={id} today={setting.campaign.today} />}
        </div>
      </RecordContextProvider>
      <Steps setting={setting} row={row} onStep={step} onUndone={() => void reload()} />
    </aside>
  )
}

/** 签到表: printed or filled on a screen, it is uploaded as annex 6. */
function SignInSheet({ id }: { id: number }) {
  return (
    <IconButton
      icon="download"
      label="下载签到表"
      title="下载签到表"
      onClick={() => download(`/events/${id}/sign_in.xlsx`)}
    />
  )
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return <IconButton icon="cross" label="关上" title="关上 Esc" onClick={onClose} />
}

function useDrawerKeys(onClose: () => void, onStep: (step: 1 | -1) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inside = (event.target as HTMLElement).closest(`.${css.drawer}`)
      if (event.key === 'Escape' && inside) onClose()
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.defaultPrevented) {
        event.preventDefault()
        onStep(event.key === 'ArrowDown' ? 1 : -1)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onClose, onStep])
}

/** What was said of the row: why it came back, what is to be looked at again. */
function Remarks({ setting, row }: { setting: Setting; row: StoredRow }) {
  const explained = Object.values(explanationsOf(setting, row))
  return (
    <>
      {row.status === 'returned' && row.returned_reason ? (
        <div className={css.cameBack}>
          <Mark tone="back">
            <b>退回原因</b>
          </Mark>
          <p>{String(row.returned_reason)}</p>
          <small>
            {String(row.reviewed_by_label ?? '')} {when(row.reviewed_at, setting.campaign.today)}
          </small>
        </div>
      ) : null}
      {explained.length > 0 && (
        <div className={css.cameBack}>
          <Mark tone="clash">
            <b>请核对</b>
          </Mark>
          {explained.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
    </>
  )
}

function Fields({
  setting,
  row,
  cells,
  first,
  write,
  choose,
}: {
  setting: Setting
  row: StoredRow
  cells: HeldRow['cells']
  /** The field that has the focus when the drawer opens. */
  first: string | undefined
} & Pick<FieldProps, 'write' | 'choose'>) {
  const list = useRef<HTMLDListElement>(null)
  useEffect(() => {
    const place = first && list.current?.querySelector(`[data-field="${first}"]`)
    if (!place) return
    place.scrollIntoView({ block: 'center' })
    place.querySelector<HTMLElement>('button, a, input:not([hidden])')?.focus()
  }, [first])

  const { form, rights } = setting
  const marked =
    row.status === 'returned' && Array.isArray(row.returned_fields) ? (row.returned_fields as string[]) : []
  const has = (field: Field) => (row[field.name] ?? null) !== null || !whyNotOf(setting, field, row)
  const fields = form.fields.filter((field) => !rights.fields_hidden.includes(field.name) && has(field))
  // What is to be put right stands first.
  const ordered = [
    ...fields.filter(({ name }) => marked.includes(name)),
    ...fields.filter(({ name }) => !marked.includes(name)),
  ]
  return (
    <>
      <Remarks setting={setting} row={row} />
      <dl ref={list}>
        {form.scope === 'unit' && setting.me.role !== 'clerk' && (
          <>
            <dt>单位</dt>
            <dd>
              <div className={css.read}>{String(row.unit_id_label ?? '')}</div>
            </dd>
          </>
        )}
        {ordered.map((field) => (
          <DrawerField
            key={field.name}
            setting={setting}
            field={field}
            row={row}
            marked={marked.includes(field.name)}
            writable={isWritable(setting, field, row) && !rights.fields_masked.includes(field.name)}
            cell={cells[field.name]}
            write={write}
            choose={choose}
          />
        ))}
      </dl>
    </>
  )
}

/** The next steps of this one row. */
function Steps({
  setting,
  row,
  onStep,
  onUndone,
}: {
  setting: Setting
  row: StoredRow
  onStep: (offer: Offer, why?: { reason?: string; fields?: string[] }) => Promise<void>
  onUndone: () => void
}) {
  const { me, rights, form, closed } = setting
  const [asking, setAsking] = useState<Offer | null>(null)
  const offers = offersFor(me, rights.actions, [row])
  const last = useLastMove(form.name, row)
  const isClosed = closed && me.role === 'clerk' && me.hosted.length === 0
  if ((offers.length === 0 || isClosed) && !last) return null
  const lacks = offers.some(({ action }) => action === 'submission') ? lacksOf(setting, row) : []
  return (
    <footer className={css.foot}>
      {lacks.length > 0 && <p className={classes(css.lacks, 'soft')}>{lacks.join('')}</p>}
      {(isClosed ? [] : offers).map((offer, at) => (
        <Button
          key={offer.action}
          kind={at === 0 && me.role === 'clerk' && row.status === 'returned' ? 'primary' : 'plain'}
          onClick={() => (mustAsk(offer) ? setAsking(offer) : void onStep(offer))}
        >
          {offer.action === 'submission' && row.status === 'returned' ? '改好并重新提交' : offer.label}
        </Button>
      ))}
      {last && <TakeBack form={form.name} row={row} last={last} onUndone={onUndone} />}
      {asking && (
        <Asked
          form={form}
          rights={rights}
          offer={asking}
          name={String(row[form.names] ?? '')}
          onClose={() => setAsking(null)}
          onGo={(why) => {
            setAsking(null)
            void onStep(asking, why)
          }}
        />
      )}
    </footer>
  )
}
