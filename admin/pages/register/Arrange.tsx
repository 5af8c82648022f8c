/** Filter, sort and groups from the tools: what the heads' menus do, for whoever looks for it above the table. */
import { type ReactNode, useState } from 'react'
import { nameOfStep } from '../../columns.tsx'
import type { Column, GroupBy, View } from '../../grid/index.ts'
import { matchOptions } from '../../grid/model/filters.ts'
import { Button, Input } from '../../parts/controls.tsx'
import { Icon, type IconName } from '../../parts/icons.tsx'
import css from './Arrange.module.css'
import { Panel } from './Panel.tsx'

type ArrangeProps = { columns: readonly Column[]; view: View; onViewChange: (view: View) => void }

/** A button of the tools and the panel it opens. */
function Opens({
  icon,
  label,
  on,
  children,
  panel,
}: {
  icon: IconName
  label: string
  on?: boolean
  children: ReactNode
  panel: (close: () => void) => ReactNode
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <Button
        kind="quiet"
        className={on ? 'on' : ''}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}
      >
        <Icon name={icon} />
        {children}
      </Button>
      {anchor && (
        <Panel label={label} anchor={anchor} onClose={() => setAnchor(null)}>
          {panel(() => setAnchor(null))}
        </Panel>
      )}
    </>
  )
}

/** Columns by their label or its pinyin initials; Enter takes the first. */
function Pick({ columns, onPick }: { columns: readonly Column[]; onPick: (column: Column) => void }) {
  const [text, setText] = useState('')
  const options = columns.map((column) => ({ value: column, label: column.label }))
  const found = matchOptions(options, text).map(({ value }) => value as Column)
  return (
    <>
      <Input
        value={text}
        placeholder="栏目名称或拼音首字母"
        aria-label="找栏目"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && found[0]) onPick(found[0])
        }}
      />
      <ul className={css.columnList}>
        {found.map((column) => (
          <li key={column.name}>
            <button type="button" className={css.pick} onClick={() => onPick(column)}>
              {column.label}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

export function FilterButton({ columns, onPick }: { columns: readonly Column[]; onPick: (name: string) => void }) {
  const can = columns.filter((column) => column.filterable)
  return (
    <Opens
      icon="plus"
      label="筛选"
      panel={(close) => (
        <Pick
          columns={can}
          onPick={(column) => {
            close()
            onPick(column.name)
          }}
        />
      )}
    >
      筛选
    </Opens>
  )
}

export function SortButton({ columns, view, onViewChange }: ArrangeProps) {
  const labelOf = (name: string) => columns.find((column) => column.name === name)?.label ?? name
  const [first, ...more] = view.sort
  const rest = columns.filter(
    (column) => column.sortable !== false && !view.sort.some((sort) => sort.column === column.name),
  )
  return (
    <Opens
      icon="sort"
      label="排序"
      on={view.sort.length > 0}
      panel={() => (
        <>
          <ol className={css.columnList}>
            {view.sort.map((sort, at) => (
              <li key={sort.column}>
                <span className="cut fill">
                  {at + 1}　{labelOf(sort.column)}
                </span>
                <button
                  type="button"
                  onClick={() =>
                    onViewChange({
                      ...view,
                      sort: view.sort.map((each) =>
                        each === sort ? { ...each, order: each.order === 'ASC' ? 'DESC' : 'ASC' } : each,
                      ),
                    })
                  }
                >
                  {sort.order === 'ASC' ? '升序' : '降序'}
                </button>
                <button
                  type="button"
                  aria-label={`不按${labelOf(sort.column)}排`}
                  onClick={() => onViewChange({ ...view, sort: view.sort.filter((each) => each !== sort) })}
                >
                  <Icon name="cross" small />
                </button>
              </li>
            ))}
          </ol>
          <Pick
            columns={rest}
            onPick={(column) => onViewChange({ ...view, sort: [...view.sort, { column: column.name, order: 'ASC' }] })}
          />
        </>
      )}
    >
      {first ? (
        <>
          {labelOf(first.column)} {first.order === 'ASC' ? '↑' : '↓'}
          {more.length > 0 && ` +${more.length}`}
        </>
      ) : (
        '排序'
      )}
    </Opens>
  )
}

export function GroupButton({
  columns,
  view,
  onViewChange,
  onFold,
}: ArrangeProps & { onFold: (open: boolean) => void }) {
  const { group } = view
  const ways = columns.flatMap((column) =>
    (column.groups ?? []).map((step): { column: Column; by: GroupBy } => ({
      column,
      by: { column: column.name, step },
    })),
  )
  const words = ({ column, by }: (typeof ways)[number]) =>
    by.step === 'group' ? column.label : `${column.label}（${nameOfStep(by.step)}）`
  const chosen = ways.find(({ by }) => by.column === group?.column && by.step === group.step)
  return (
    <Opens
      icon="group"
      label="分组"
      on={Boolean(group)}
      panel={(close) => (
        <>
          {group && (
            <div className={css.panelLine}>
              <Button
                kind="quiet"
                onClick={() => {
                  close()
                  onViewChange({ ...view, group: null })
                }}
              >
                取消分组
              </Button>
              <Button kind="quiet" onClick={() => onFold(false)}>
                全部收起
              </Button>
              <Button kind="quiet" onClick={() => onFold(true)}>
                全部展开
              </Button>
            </div>
          )}
          <Pick
            columns={ways.map((way) => ({ ...way.column, name: `${way.by.column}:${way.by.step}`, label: words(way) }))}
            onPick={({ name }) => {
              const way = ways.find(({ by }) => `${by.column}:${by.step}` === name)
              close()
              if (way) onViewChange({ ...view, group: way.by })
            }}
          />
        </>
      )}
    >
      {chosen ? words(chosen) : '分组'}
    </Opens>
  )
}
