/** What was typed into columns that are there no more: said, and kept until it is let go. */
import { useNotify } from 'react-admin'
import type { Status } from '../../grid/index.ts'
import { LinkButton, Strip } from '../../parts/controls.tsx'
import { copyText } from '../../parts/links.ts'

const SHOWN_LOST = 3

export function Lost({ cells, kept, onDrop }: { cells: Status['lost']; kept: boolean; onDrop: () => void }) {
  const notify = useNotify()
  const lines = cells.map(({ column, text }) => `${column}\t${text}`).join('\n')
  return (
    <Strip tone="warn" role="status">
      <span>
        这张表的栏目刚改过，没有地方存的：
        {cells
          .slice(0, SHOWN_LOST)
          .map(({ column, text }) => `“${column}”填的“${text}”`)
          .join('，')}
        {cells.length > SHOWN_LOST && `，共 ${cells.length} 格`}。{kept && '已存在本机，关掉页面也还在。'}
      </span>
      <LinkButton onClick={() => void copyText(lines).then(() => notify('已复制。', { type: 'info' }))}>
        复制
      </LinkButton>
      <LinkButton onClick={onDrop}>不要了</LinkButton>
    </Strip>
  )
}
