/** 我的操作: what this person did to rows, the last first, and the way back as long as nobody has acted on them since. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { forms } from '../../../server/forms/index.ts'
import type { Operation } from '../../../server/operations/routes.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { useCampaign } from '../../me.ts'
import { turn, wordsOf } from '../../operations.ts'
import { useRecount } from '../../parts/queries.ts'
import { when } from '../../parts/words.ts'
import './tables.css'

const MAX_SHOWN = 100

const ended: Readonly<Record<string, string>> = {
  undone: '已撤销',
  refused: '没有做',
  failed: '没有做成',
  cancelled: '已取消',
}

export default function Operations() {
  const client = useQueryClient()
  const campaign = useCampaign()
  const notify = useNotify()
  const recount = useRecount()
  const [busy, setBusy] = useState<number | null>(null)
  const { data, error } = useQuery({
    queryKey: ['operations'],
    queryFn: async () => {
      const asked = {
        pagination: { page: 1, perPage: MAX_SHOWN },
        sort: { field: 'id', order: 'DESC' },
        filter: {},
      } as const
      const { data } = await dataProvider.getList<StoredRow>('operations', asked)
      return data as unknown as Operation[]
    },
  })
  useEffect(() => {
    document.title = '我的操作 · 好网民台账'
  }, [])

  async function go(operation: Operation, way: 'undo' | 'redo') {
    setBusy(operation.id)
    try {
      const { changed, words } = await (await turn(operation, way)).finished
      notify(words, { type: changed > 0 ? 'info' : 'warning' })
    } catch (refusal) {
      notify((refusal as HttpError).message, { type: 'error' })
    } finally {
      setBusy(null)
      recount()
      void client.invalidateQueries({ queryKey: ['operations'] })
    }
  }
  return (
    <div className="page scrolls">
      <header className="page-head">
        <h1>我的操作</h1>
        <span className="muted">还没有人接着处理的，都可以撤销</span>
      </header>
      <div className="body">
        {error && <p className="notice">{(error as Error).message}</p>}
        {data?.length === 0 && <p className="notice">还没有做过成批的改动和提交、审核。</p>}
        {data && data.length > 0 && (
          <table className="lines">
            <thead>
              <tr>
                <th>时间</th>
                <th>登记</th>
                <th>做了什么</th>
                <th>现在</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {data.map((operation) => {
                const { id, form, state, created_at, done = 0 } = operation
                const way = state === 'undone' ? 'redo' : state === 'done' && done > 0 ? 'undo' : null
                return (
                  <tr key={id}>
                    <td className="muted">{when(created_at, campaign?.today ?? '')}</td>
                    <td>{forms[form]?.label}</td>
                    <td>{operation.message ?? wordsOf(operation)}</td>
                    <td className="muted">{ended[state]}</td>
                    <td>
                      {way && (
                        <button
                          type="button"
                          className="link"
                          disabled={busy !== null}
                          onClick={() => void go(operation, way)}
                        >
                          {way === 'undo' ? '撤销' : '恢复'}
                        </button>
                      )}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        )}
      </div>
    </div>
  )
}
