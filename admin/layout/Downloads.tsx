/** The running downloads, in the corner: the progress of each, and 取消. Quick ones never show. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Button } from '../parts/controls.tsx'
import { currentDownloads, type Download, dismiss, onDownloads } from '../parts/downloads.ts'
import { count } from '../parts/words.ts'
import css from './Downloads.module.css'

const SHOWN_AFTER_MS = 900

export function Downloads() {
  const downloads = useSyncExternalStore(onDownloads, currentDownloads)
  if (downloads.length === 0) return null
  return (
    <div className={css.downloads} role="status" aria-live="polite">
      {downloads.map((each) => (
        <Line key={each.id} of={each} />
      ))}
    </div>
  )
}

function Line({ of }: { of: Download }) {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SHOWN_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  if (of.fault)
    return (
      <div className={css.download}>
        <p>没有导出。{of.fault}</p>
        <Button onClick={() => dismiss(of.id)}>知道了</Button>
      </div>
    )
  if (!isSlow) return null
  const share = of.received ?? (of.rows_total ? of.rows_done / of.rows_total : null)
  return (
    <div className={css.download}>
      <p>{wordsOf(of)}</p>
      <progress max={1} {...(share !== null && { value: share })} aria-label="导出进度" />
      <Button onClick={() => dismiss(of.id)}>取消</Button>
    </div>
  )
}

function wordsOf({ name, received, rows_done, rows_total }: Download): string {
  if (received !== null) return `正在下载 ${name}`
  return rows_total ? `正在导出 ${count(rows_done)} / ${count(rows_total)} 行` : '正在导出'
}
