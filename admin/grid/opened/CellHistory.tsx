/** Who changed the active cell, when, from what to what. */
import { useEffect, useState } from 'react'
import type { CellChange } from '../types.ts'
import { Icon } from '../view/icons.tsx'
import './CellHistory.css'

const SHOWN = 8

type CellHistoryProps = {
  id: string
  label: string
  side: string
  /** Asked once a cell. */
  ask(): Promise<readonly CellChange[]>
  onMore: (() => void) | null
}

export function CellHistory({ id, label, side, ask, onMore }: CellHistoryProps) {
  const [told, setTold] = useState<readonly CellChange[] | string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bubble is made anew for another cell
  useEffect(() => {
    let current = true
    ask().then(
      (changes) => current && setTold(changes),
      (error) => current && setTold(error instanceof Error && error.message ? error.message : '没有读到，请再试一次。'),
    )
    return () => {
      current = false
    }
  }, [])
  return (
    <div id={id} className={`grid-bubble past ${side}`} role="status">
      <b>{label}这一格</b>
      {told === null && <span>正在读…</span>}
      {typeof told === 'string' && <span>{told}</span>}
      {Array.isArray(told) && told.length === 0 && <span>录入以后没有改过。</span>}
      {Array.isArray(told) && (
        <ol>
          {told.slice(0, SHOWN).map((change: CellChange, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is written once and never moves
            <li key={at}>
              <span>
                {change.when}　{change.who}
              </span>
              <s>{change.before || '空'}</s> → {change.after || '空'}
            </li>
          ))}
        </ol>
      )}
      {onMore && (
        <p>
          <button
            type="button"
            tabIndex={-1}
            className="grid-button"
            onPointerDown={(event) => event.preventDefault()}
            onClick={onMore}
          >
            <Icon name="reference" /> 整行的历史
          </button>
          <kbd>Shift F2</kbd>
        </p>
      )}
    </div>
  )
}
