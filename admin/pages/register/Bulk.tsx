/** What can be done with the ticked rows, with how many of them, and the panel that asks for a value. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useNotify } from 'react-admin'
import type { Setting } from '../../columns.tsx'
import type { GridHandle, Row } from '../../grid/index.ts'
import { Icon, type IconName } from '../../parts/icons.tsx'
import { hush, Said } from '../../parts/Said.tsx'
import { count } from '../../parts/words.ts'
import { Asked, mustAsk } from './Asked.tsx'
import { type ActingOn, conditions, countOf, type Does, type Offer } from './acting.ts'
import css from './Bulk.module.css'
import { type All, useOffering } from './offering.ts'
import { SetValue } from './SetValue.tsx'

const icons: Record<string, IconName> = {
  approval: 'tick',
  submission: 'tick',
  return: 'back',
  withdrawal: 'back',
  shortlisting: 'tick',
}
const keys: Record<string, string> = { approval: 'A', return: 'R' }

type BulkProps = {
  setting: Setting
  rows: Row[]
  /** How many are ticked; with `all` these are the rows of the list but for some. */
  count: number
  all: All | null
  grid: RefObject<GridHandle | null>
  does: Does
}

export function Bulk({ setting, rows, count: ticked, all, grid, does }: BulkProps) {
  const { rights, form } = setting
  const [asking, setAsking] = useState<Offer | 'value' | null>(null)
  const notify = useNotify()
  const { offers, open } = useOffering(setting, rows, all)

  function start(offer: Offer) {
    if (mustAsk(offer)) setAsking(offer)
    else void does.move(offer.action, offer.which)
  }
  function remove(which: ActingOn) {
    if (!('ids' in which)) return void does.perform('删去', which, { kind: 'remove', skip_locked: true })
    grid.current?.deleteRows(which.ids)
    hush()
    const undo = () => grid.current?.undo()
    notify(<Said text={`已删去 ${which.ids.length} 行，可以在回收站找回。`} undo={undo} />, { type: 'info' })
  }
  useBulkKeys(offers, start, () => (asking ? setAsking(null) : grid.current?.clearSelected()))
  const name = rows.length === 1 && !all ? String(rows[0]?.[form.names] ?? '') : ''

  return (
    <>
      <div className={css.bulk} role="toolbar" aria-label={`选中的 ${ticked} 行`}>
        <b>已选 {count(ticked)} 行</b>
        {all && (
          <span className={css.dim}>符合当前筛选的全部{all.except.length > 0 && `，除去 ${all.except.length} 行`}</span>
        )}
        {!all && rows.length < ticked && <span className={css.dim}>其中 {count(rows.length)} 行已读到</span>}
        <i />
        {offers.length === 0 && !open && <span className={css.dim}>这些行现在没有可做的</span>}
        {offers.map((offer, at) => (
          <button
            key={offer.action}
            type="button"
            className={at === 0 ? css.first : undefined}
            title={conditions[offer.action]}
            onClick={() => start(offer)}
          >
            {icons[offer.action] && <Icon name={icons[offer.action] as IconName} />}
            {offer.label} {count(countOf(offer.which))} 行{keys[offer.action] && <kbd>{keys[offer.action]}</kbd>}
          </button>
        ))}
        {open && (
          <>
            <button type="button" onClick={() => setAsking('value')}>
              设值 {count(countOf(open))} 行
            </button>
            <button type="button" onClick={() => remove(open)}>
              <Icon name="bin" />
              删去 {count(countOf(open))} 行
            </button>
          </>
        )}
        <i />
        <button type="button" onClick={() => grid.current?.clearSelected()}>
          取消选择<kbd>Esc</kbd>
        </button>
      </div>
      {asking === 'value' && open && (
        <SetValue
          setting={setting}
          rows={countOf(open)}
          onClose={() => setAsking(null)}
          onGo={(field, label, value) => {
            setAsking(null)
            void does.perform(`设${label}`, open, { kind: 'set', values: { [field]: value }, skip_locked: true })
          }}
        />
      )}
      {asking && asking !== 'value' && (
        <Asked
          form={form}
          rights={rights}
          offer={asking}
          name={name}
          onClose={() => setAsking(null)}
          onGo={(why) => {
            setAsking(null)
            void does.move(asking.action, asking.which, why)
          }}
        />
      )}
    </>
  )
}

/** A and R act, Esc lets go; not while somebody writes. */
function useBulkKeys(offers: Offer[], start: (offer: Offer) => void, letGo: () => void) {
  const latest = useRef({ offers, start, letGo })
  latest.current = { offers, start, letGo }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      const field = target.closest('input, textarea, select, [contenteditable]') as HTMLTextAreaElement | null
      // The grid's field has the focus on read-only cells too.
      const writes = field && !field.readOnly && field.ariaReadOnly !== 'true'
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape' && !writes) return latest.current.letGo()
      if (writes) return
      const offer = latest.current.offers.find(({ action }) => keys[action] === event.key.toUpperCase())
      if (!offer) return
      event.preventDefault()
      event.stopPropagation()
      latest.current.start(offer)
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
}
