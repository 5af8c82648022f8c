/** 我的操作: what this person did to rows, the last first, and 撤销 as long as nobody has acted on them since. */

import { useState } from 'react'
import { type HttpError, useGetList, useNotify } from 'react-admin'
import type { Operation } from '../../../server/operations/routes.ts'
import { useForms } from '../../forms.ts'
import { useCampaign } from '../../me.ts'
import { turn, wordsOf } from '../../operations.ts'
import { Body, Lines, LinkButton, Notice, Page, PageHead } from '../../parts/controls.tsx'
import { useRecount } from '../../parts/queries.ts'
import { when } from '../../parts/words.ts'

const MAX_SHOWN = 100

const ended: Readonly<Record<string, string>> = {
  undone: '已撤销',
  refused: '没有做',
  failed: '没有做成',
  cancelled: '已取消',
}

export default function Operations() {
  const campaign = useCampaign()
  const forms = useForms()
  const notify = useNotify()
  const recount = useRecount()
  const [busy, setBusy] = useState<number | null>(null)
  const { data, error, refetch } = useGetList<Operation>('operations', {
    pagination: { page: 1, perPage: MAX_SHOWN },
    sort: { field: 'id', order: 'DESC' },
    filter: {},
  })

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
      void refetch()
    }
  }
  return (
    <Page scrolls>
      <PageHead title="我的操作" />
      <Body>
        {error && <Notice>{(error as Error).message}</Notice>}
        {data?.length === 0 && <Notice>还没有做过成批的改动和提交、审核。</Notice>}
        {data && data.length > 0 && (
          <Lines>
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
                        <LinkButton disabled={busy !== null} onClick={() => void go(operation, way)}>
                          {way === 'undo' ? '撤销' : '恢复'}
                        </LinkButton>
                      )}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </Lines>
        )}
      </Body>
    </Page>
  )
}
