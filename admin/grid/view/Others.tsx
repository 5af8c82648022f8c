/** What is seen of others: who is on a row, and the word that there are rows not shown yet. */
import type { Model } from '../model/model.ts'
import './Others.css'

/** At the row number, over its edge: nothing moves for it. Several people share one place; their names are all told. */
export function People({ names }: { names: readonly string[] }) {
  const said = `${names.join('、')} 在这一行`
  const [first = ''] = names
  return (
    <span role="img" className="grid-people" aria-label={said} title={said}>
      {names.length > 1 ? names.length : first.slice(0, 1)}
    </span>
  )
}

/** Below the rows, over the last of them: rows that came, and would move something if they were shown at once. */
export function Unseen({ model }: { model: Model }) {
  const count = model.live.unseen()
  if (count === 0) return null
  return (
    <div className="grid-unseen" role="status">
      有 {count.toLocaleString('en')} 行新记录
      <button
        type="button"
        className="grid-button"
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => void model.live.showUnseen()}
      >
        显示
      </button>
    </div>
  )
}
