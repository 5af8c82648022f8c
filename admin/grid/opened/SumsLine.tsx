/** The foot of the list: what the chosen columns add up to over all its rows, loaded or not. Asked of the source. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import { useEffect, useRef, useState } from 'react'
import { termsOf } from '../model/filters.ts'
import type { Model } from '../model/model.ts'
import { SUMMARY_WORDS, sumText } from '../model/sums.ts'
import type { SummaryKind, Sums, View } from '../types.ts'
import type { GridLayout } from '../view/geometry.ts'
import { Sum } from './Sum.tsx'
import './SumsLine.css'

const ASK_AFTER_MS = 250

type SumsLineProps = {
  model: Model
  layout: GridLayout
  view: View
  summary: Readonly<Record<string, SummaryKind>>
  numberWidth: number
  today: string | undefined
  rowIndex: number
}

export function SumsLine({ model, layout, view, summary, numberWidth, today, rowIndex }: SumsLineProps) {
  const sums = useSums(model, view, summary, today)
  const cells = layout.columns.map((column, at) => {
    const kind = summary[column.name]
    return (
      <div
        key={column.name}
        role="gridcell"
        aria-colindex={at + 2}
        className={at === layout.frozen - 1 ? 'grid-sum frozen-edge' : 'grid-sum'}
        style={{ width: layout.widths[at] }}
        title={kind && sums ? `${SUMMARY_WORDS[kind]} ${sumText(sums[column.name] ?? null)}` : undefined}
      >
        {kind && (sums ? <Sum kind={kind} value={sums[column.name] ?? null} /> : '…')}
      </div>
    )
  })
  return (
    <div role="rowgroup" className="grid-sums">
      <div role="row" aria-rowindex={rowIndex} aria-label="汇总" className="grid-sums-row">
        <div role="presentation" className="grid-fixed">
          <div role="rowheader" aria-colindex={1} className="grid-number" style={{ width: numberWidth }}>
            <span>汇总</span>
          </div>
          {cells.slice(0, layout.frozen)}
        </div>
        <div role="presentation" className="grid-rest">
          {cells.slice(layout.frozen)}
        </div>
      </div>
    </div>
  )
}

/** Asked anew when what is summed changes, and after every answer that stored something; the old sums stay meanwhile. */
function useSums(model: Model, view: View, summary: SumsLineProps['summary'], today: string | undefined): Sums | null {
  const [sums, setSums] = useState<Sums | null>(null)
  const filter = termsOf(model.allColumns(), view.filter, today)
  const asked = JSON.stringify([filter, summary, model.rows.windows.generation(), model.saver.state.savedAt])
  const latest = useRef({ filter, summary })
  latest.current = { filter, summary }
  useEffect(() => {
    if (!asked) return
    let isLate = false
    const timer = setTimeout(() => {
      void model.source.getSummary?.(latest.current).then(
        (found) => !isLate && setSums(found),
        () => {},
      )
    }, ASK_AFTER_MS)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [model, asked])
  return sums
}
