/** The status bar: rows, what the selected cells add up to, what is not saved, the quota, a hint for keys. */
import { Fragment } from 'react'
import { countOf, type Form } from '../../../server/forms/index.ts'
import type { Status } from '../../grid/index.ts'
import { MAX_ZOOM, MIN_ZOOM, zoomed } from '../../grid/view/useLooks.ts'
import type { Me } from '../../me.ts'
import { useProgress } from '../../parts/queries.ts'
import { Mark } from '../../parts/states.tsx'
import { amount, count } from '../../parts/words.ts'
import css from './Foot.module.css'
import { countedIn } from './Review.tsx'

const part = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 })

export function Foot({
  form,
  me,
  status,
  chosen,
  reviews,
  zoom,
  onZoom,
}: {
  form: Form
  me: Me
  status: Status | null
  chosen: number
  reviews: boolean
  zoom: number
  onZoom: (zoom: number) => void
}) {
  const cells = status?.selection
  const many = cells && cells.rows * cells.columns > 1
  // What was typed into columns that are no more is said above the table.
  const unsaved = (status?.unsaved ?? 0) - (status?.lost.length ?? 0)
  return (
    <footer className={css.foot}>
      <span>{status ? `${count(status.total)} 行` : '—'}</span>
      {chosen > 0 && <span>选中 {count(chosen)} 行</span>}
      {many && (
        <>
          <i />
          <span>
            选中 {count(cells.rows)} 行 × {cells.columns} 列
          </span>
          <span>
            计数 <b>{count(cells.count)}</b>
          </span>
          {cells.sum !== null && (
            <>
              <span>
                求和 <b>{part.format(cells.sum)}</b>
              </span>
              <span>
                平均 <b>{part.format(cells.average ?? 0)}</b>
              </span>
              {cells.max !== null && (
                <span>
                  最大 <b>{part.format(cells.max)}</b>
                </span>
              )}
            </>
          )}
          {cells.known < cells.rows && <span className="muted">只算了读到的 {count(cells.known)} 行</span>}
        </>
      )}
      <span className="fill" />
      {unsaved > 0 && !status?.saving && <Unsaved status={status} />}
      {me.role === 'clerk' && <Quota form={form} me={me} />}
      <span className="muted">
        {reviews
          ? '空格 选中　A 通过　R 退回　Ctrl ↵ 看这一行'
          : me.role === 'cac'
            ? 'Ctrl ↵ 看这一行'
            : 'F2 改这一格　Shift F2 谁改过　Ctrl ↵ 看这一行'}
      </span>
      <Zoom zoom={zoom} onZoom={onZoom} />
    </footer>
  )
}

/** A row one is still typing is no fault: it only says what it waits for. */
function Unsaved({ status }: { status: Status | null }) {
  const { unsaved = 0, faulty = 0, conflicts = 0 } = status ?? {}
  const kept = status?.kept ? '，已存在本机' : ''
  if (faulty + conflicts > 0)
    return (
      <Mark tone="bad">
        {unsaved} 格未保存{kept}
      </Mark>
    )
  if (status?.offline)
    return (
      <span className="muted">
        {unsaved} 格等着保存{kept}
      </span>
    )
  return <span className="muted">{unsaved} 格未保存，带 * 的栏目填完就存</span>
}

/** What one's own unit has to do of what this form counts for. */
function Quota({ form, me }: { form: Form; me: Me }) {
  const { data } = useProgress()
  const mine = data?.units.find((unit) => unit.unit_id === me.unit_id)
  if (!data || !mine) return null
  const metrics = countedIn(form, data).filter(({ name }) => countOf(mine, name).target)
  return metrics.map((metric) => {
    const of = countOf(mine, metric.name)
    return (
      <Fragment key={metric.name}>
        <span>
          {metrics.length > 1 && metric.short}任务 <b>{amount(of.done, metric)}</b>
          {of.pending > 0 && `+${amount(of.pending, metric)}`} / {amount(of.target, metric)}
        </span>
        <i />
      </Fragment>
    )
  })
}

/** How large the table is drawn; the wheel with Ctrl does the same over it. */
function Zoom({ zoom, onZoom }: { zoom: number; onZoom: (zoom: number) => void }) {
  return (
    <fieldset className={css.zoom}>
      <legend className="unseen">显示比例</legend>
      <button type="button" aria-label="缩小" disabled={zoom <= MIN_ZOOM} onClick={() => onZoom(zoomed(zoom, -1))}>
        −
      </button>
      <button type="button" title="回到 100%（Ctrl 加滚轮缩放）" onClick={() => onZoom(100)}>
        {zoom}%
      </button>
      <button type="button" aria-label="放大" disabled={zoom >= MAX_ZOOM} onClick={() => onZoom(zoomed(zoom, 1))}>
        +
      </button>
    </fieldset>
  )
}
