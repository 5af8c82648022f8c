/** Filters of a saved view or an address that the columns of now cannot understand: said, to be mended or dropped. */
import type { Column } from '../../grid/index.ts'
import { LinkButton, Strip } from '../../parts/controls.tsx'

type MisreadProps = {
  filters: readonly { column: Column; words: string }[]
  onDrop: (names: readonly string[]) => void
}

export function Misread({ filters, onDrop }: MisreadProps) {
  return (
    <Strip tone="warn" role="status">
      <span>
        {filters.map(({ column, words }) => `“${column.label}”里没有“${words}”这样的值`).join('，')}
        ，所以一行也筛不出来（这一栏的类型或选项可能改过）。请在表头的筛选格里改写，或者去掉。
      </span>
      <LinkButton onClick={() => onDrop(filters.map(({ column }) => column.name))}>去掉这个筛选</LinkButton>
    </Strip>
  )
}
