/** Collections of which units have sent fewer works than each is asked for: a line a collection, on both 首页. */
import { LinkBase as Link } from 'react-admin'
import { rowsAt } from '../parts/links.ts'
import type { Todo } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import { count } from '../parts/words.ts'

type Missing = Todo['missing_works']

const gapOf = (units: Missing) =>
  units.length === 1
    ? `${units[0]?.unit}已报 ${count(units[0]?.sent ?? 0)} 件，`
    : `${units.length} 个单位没有报够：${units.map(({ unit }) => unit).join('、')}，`

export function MissingWorks({ works }: { works: Missing }) {
  const collections = [...new Set(works.map(({ collection_id }) => collection_id))]
  return collections.map((id) => {
    const units = works.filter(({ collection_id }) => collection_id === id)
    const { collection = '', least = 0 } = units[0] ?? {}
    return (
      <li key={id}>
        <Mark tone="draft">
          <b className="cut">{collection}</b>
        </Mark>
        <span className="cut fill muted">
          {gapOf(units)}每单位至少 {count(least)} 件
        </span>
        <Link to={rowsAt('submissions', { collection_id: { values: [id], label: collection } })}>查看</Link>
      </li>
    )
  })
}
