/** The running operation on many rows: its progress, its speed, and 取消. It lies over the foot of the grid. */
import type { Model } from '../model/model.ts'
import './WholeBar.css'

export function WholeBar({ model }: { model: Model }) {
  const now = model.wholes.now()
  if (!now) return null
  const { label, done, total, rate, isStopping } = now
  const share = total > 0 ? Math.min(1, done / total) : 0
  return (
    <div className="grid-whole">
      <b>{isStopping ? '正在取消' : `正在${label}`}</b>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className="grid-whole-track"
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <span>
        {done.toLocaleString('en')} / {total.toLocaleString('en')} 行
      </span>
      {rate !== null && rate > 0 && <span className="grid-dim">每秒 {rate.toLocaleString('en')} 行</span>}
      <button type="button" disabled={isStopping} onClick={() => model.wholes.cancel()}>
        取消
      </button>
    </div>
  )
}
