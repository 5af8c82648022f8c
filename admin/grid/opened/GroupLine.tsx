/** The heading of a group: its name, how many rows, what the summed columns add up to there. A line, and no row. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys come through that field, too (headingKeys.ts)
import { memo } from 'react'
import type { GroupHeading } from '../model/grouping.ts'
import { nameOfGroup } from '../model/lines.ts'
import type { Model } from '../model/model.ts'
import type { Column } from '../types.ts'
import type { GridLayout } from '../view/geometry.ts'
import { Icon } from '../view/icons.tsx'
import { Sum } from './Sum.tsx'
import './GroupLine.css'

type GroupLineProps = {
  heading: GroupHeading
  group: number
  line: number
  top: number
  /** The cursor is on it. */
  isOn: boolean
  layout: GridLayout
  columns: readonly Column[]
  model: Model
}

const whole = new Intl.NumberFormat('zh-CN')

/** What the heading says, for whoever can't see it. */
export function wordsOfGroup(model: Model, heading: GroupHeading): string {
  const by = model.grouped.by()
  const column = model.allColumns().find(({ name }) => name === by?.column)
  const name = by ? nameOfGroup(column, by, heading) : ''
  return `${column?.label ?? ''} ${name}，${whole.format(heading.count)} 行，${heading.open ? '已展开' : '已收起'}`
}

export const GroupLine = memo(function GroupLine(props: GroupLineProps) {
  const { heading, group, line, top, isOn, layout, columns, model } = props
  const by = model.grouped.by()
  const column = columns.find(({ name }) => name === by?.column)
  const summary = model.view().summary ?? {}
  const cells = layout.columns.map((each, at) => {
    const kind = summary[each.name]
    return (
      <div
        key={each.name}
        className={at === layout.frozen - 1 ? 'grid-sum frozen-edge' : 'grid-sum'}
        style={{ width: layout.widths[at] }}
      >
        {kind && each.name in heading.sums && <Sum kind={kind} value={heading.sums[each.name] ?? null} />}
      </div>
    )
  })
  return (
    <div
      role="row"
      aria-rowindex={line + 3}
      className={isOn ? 'grid-row grid-group on' : 'grid-row grid-group'}
      style={{ transform: `translateY(${top}px)` }}
      data-group={group}
      onPointerDown={(event) => {
        event.stopPropagation()
        event.preventDefault()
      }}
      onClick={(event) => {
        event.currentTarget.closest('.grid')?.querySelector<HTMLElement>('.grid-editor')?.focus({ preventScroll: true })
        model.goToHeading(group)
        model.toggleGroup(!heading.open, group)
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <div role="gridcell" aria-colspan={layout.columns.length + 1} className="grid-group-cell">
        <div className="grid-group-name">
          <button type="button" tabIndex={-1} aria-expanded={heading.open}>
            <Icon name={heading.open ? 'open' : 'closed'} />
            <b>{by ? nameOfGroup(column, by, heading) : ''}</b>
            <span>{whole.format(heading.count)} 行</span>
          </button>
        </div>
        <div className="grid-rest" aria-hidden={Object.keys(summary).length === 0}>
          {cells.slice(layout.frozen)}
        </div>
      </div>
    </div>
  )
})
