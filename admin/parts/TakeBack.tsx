/** 撤销: undoes the last state change of a row, by whoever made it, as long as nobody has acted on it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { LastMove } from '../../server/records/transitions.ts'
import type { StoredRow } from '../dataProvider.ts'
import { get, post } from '../http.ts'
import { useMe } from '../me.ts'
import { Button } from './controls.tsx'
import { useRecount } from './queries.ts'

type Last = Omit<LastMove, 'request'>
type RevertibleRow = Pick<StoredRow, 'id' | 'version' | 'status'>

/** The last state change of the row, if it is this person's and can still be undone. */
export function useLastMove(form: string, { id, version, status }: RevertibleRow): Last | null {
  const me = useMe()
  const { data } = useQuery({
    queryKey: ['undo', form, id, version],
    queryFn: () => get(`/${form}/${id}/undo`) as Promise<Last | null>,
    enabled: status !== undefined && (me?.role === 'clerk' || me?.role === 'province'),
  })
  return data && !data.refusal ? data : null
}

type TakeBackProps = { form: string; row: RevertibleRow; last: Last; onUndone: () => void }

export function TakeBack({ form, row, last, onUndone }: TakeBackProps) {
  const notify = useNotify()
  const recount = useRecount()
  const [busy, setBusy] = useState(false)
  async function undo() {
    setBusy(true)
    try {
      await post(`/${form}/${row.id}/undo`)
      notify(`已撤销“${last.label}”。`, { type: 'info' })
      recount()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    } finally {
      setBusy(false)
      onUndone()
    }
  }
  return (
    <Button kind="quiet" disabled={busy} onClick={() => void undo()}>
      撤销“{last.label}”
    </Button>
  )
}
