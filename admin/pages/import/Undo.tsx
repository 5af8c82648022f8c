/** 撤销: asks how it would come out, says so, then undoes the import. What stays is listed, row by row. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, LinkBase as Link, useNotify, useRefresh } from 'react-admin'
import type { ImportHead } from '../../../server/imports/tell/heads.ts'
import { get, post } from '../../http.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Button, Lines, LinkButton } from '../../parts/controls.tsx'
import { undoneWords } from '../../parts/imports.tsx'
import { rowsAt } from '../../parts/links.ts'
import { useRecount } from '../../parts/queries.ts'
import { count } from '../../parts/words.ts'
import type { ImportUndone, KeptRow } from './types.ts'

const SHOWN_IN_QUESTION = 5

/** 撤销这次导入？1,204 行会删去，其中 8 行后来改过，会保留。 */
function questionOf({ undone: { removed, restored }, kept_count }: ImportUndone): string {
  const all = removed + kept_count
  const some = kept_count ? `${count(kept_count)} 行后来改过，会保留` : ''
  const parts =
    removed && !restored
      ? [`${count(all)} 行会删去`, some && `其中 ${some}`]
      : [
          removed ? `${count(removed)} 行会删去` : '',
          restored ? `${count(restored)} 行会改回原来的内容` : '',
          some && (restored ? `另有 ${some}` : some),
        ]
  return `撤销这次导入？${parts.filter(Boolean).join('，') || '没有要改回的行'}。`
}

export function UndoImport({ of, quiet }: { of: Pick<ImportHead, 'id' | 'form' | 'state'>; quiet?: boolean }) {
  const client = useQueryClient()
  const notify = useNotify()
  const refresh = useRefresh()
  const recount = useRecount()
  const [foreseen, setForeseen] = useState<ImportUndone | null>(null)
  const [busy, setBusy] = useState(false)
  if (of.state !== 'applied') return null

  async function during(work: () => Promise<void>) {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error', autoHideDuration: 12_000 })
    } finally {
      setBusy(false)
    }
  }
  const ask = () => during(async () => setForeseen((await get(`/imports/${of.id}/undo`)) as ImportUndone))
  const go = () =>
    during(async () => {
      const done = (await post(`/imports/${of.id}/undo`)) as ImportUndone
      notify(`已撤销：${undoneWords(done)}。删去的行在回收站里。`, { type: 'info' })
      await client.invalidateQueries({ queryKey: ['import', of.id] })
      recount()
      refresh()
    }).finally(() => setForeseen(null))

  return (
    <>
      {quiet ? (
        <LinkButton disabled={busy} onClick={() => void ask()}>
          撤销
        </LinkButton>
      ) : (
        <Button large icon="back" disabled={busy} onClick={() => void ask()}>
          撤销这次导入
        </Button>
      )}
      {foreseen && (
        <Ask
          title={questionOf(foreseen)}
          verb="撤销导入"
          disabled={busy}
          onGo={() => void go()}
          onClose={() => setForeseen(null)}
        >
          <KeptRows form={of.form} kept={foreseen.kept.slice(0, SHOWN_IN_QUESTION)} />
          {foreseen.kept_count > SHOWN_IN_QUESTION && (
            <p className="soft">等 {count(foreseen.kept_count)} 行，撤销后全部列出。</p>
          )}
        </Ask>
      )}
    </>
  )
}

/** Each row that stays, and why; the name leads to it. */
export function KeptRows({ form, kept }: { form: string; kept: readonly KeptRow[] }) {
  if (kept.length === 0) return null
  return (
    <Lines>
      <tbody>
        {kept.map((row) => (
          <tr key={row.row_id}>
            <td>
              <Link to={rowsAt(form, {}, { open: row.row_id })}>{row.name || `第 ${row.row_id} 号`}</Link>
            </td>
            <td>{row.reason}</td>
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}
