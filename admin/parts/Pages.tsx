/** 第 1—50 行，共 212 行, and the way on. For lists that are read, not filled: it turns the pages of the list around it. */
import { useListContext } from 'react-admin'
import { Button } from './controls.tsx'
import css from './Pages.module.css'
import { count } from './words.ts'

export function Pages() {
  const { page, perPage, total, setPage } = useListContext()
  if (!total) return null
  const last = Math.max(1, Math.ceil(total / perPage))
  return (
    <nav className={css.pages} aria-label="翻页">
      <span className="muted">
        第 {count((page - 1) * perPage + 1)}—{count(Math.min(total, page * perPage))} 行，共 {count(total)} 行
      </span>
      <Button disabled={page <= 1} onClick={() => setPage(page - 1)}>
        上一页
      </Button>
      <Button disabled={page >= last} onClick={() => setPage(page + 1)}>
        下一页
      </Button>
    </nav>
  )
}
