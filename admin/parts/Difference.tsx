/** What two papers differ in: counts first, then row by row, cell by cell. */
import type { CellDifference, SnapshotDifference } from '../../server/filings/snapshot.ts'
import css from './Difference.module.css'
import { count } from './words.ts'

/** `before` and `after` name the two papers in the sentences. */
export function DifferenceList({ of, before, after }: { of: SnapshotDifference; before: string; after: string }) {
  const { head, added, removed, changed, counts, same } = of
  if (head.length + counts.added + counts.removed + counts.changed === 0)
    return <p>两份的 {count(same)} 行完全相同。</p>
  return (
    <section aria-label="不同之处">
      <p>
        {head.length > 0 && '表头、合计或表外有改动。'}
        不同 {count(counts.changed)} 行，多出 {count(counts.added)} 行，少了 {count(counts.removed)} 行，相同{' '}
        {count(same)} 行。
      </p>
      <ul className={css.list}>
        {head.length > 0 && (
          <li>
            <Cells cells={head} />
          </li>
        )}
        {changed.map(({ row, name, cells }) => (
          <li key={`c${row}`}>
            <b>
              第 {row} 行 {name}
            </b>
            <Cells cells={cells} />
          </li>
        ))}
        {added.map(({ row, name }) => (
          <li key={`a${row}`}>
            <b>
              第 {row} 行 {name}
            </b>
            ：只在{after}里有
          </li>
        ))}
        {removed.map(({ row, name }) => (
          <li key={`r${row}`}>
            <b>
              第 {row} 行 {name}
            </b>
            ：只在{before}里有
          </li>
        ))}
      </ul>
      <Rest counts={counts} listed={{ changed: changed.length, added: added.length, removed: removed.length }} />
    </section>
  )
}

function Cells({ cells }: { cells: readonly CellDifference[] }) {
  return cells.map(({ heading, before, after }) => (
    <p key={`${heading} ${before} ${after}`}>
      {heading}：<s>{before || '空'}</s> → {after || '空'}
    </p>
  ))
}

function Rest({ counts, listed }: { counts: SnapshotDifference['counts']; listed: SnapshotDifference['counts'] }) {
  const left = counts.changed + counts.added + counts.removed - listed.changed - listed.added - listed.removed
  return left > 0 ? <p className="muted">还有 {count(left)} 行没有列出。</p> : null
}
