/** One import as the page follows it: read again while it runs, told anew after every decision, applied, given up. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { dataProvider } from '../../dataProvider.ts'
import { del, get, post } from '../../http.ts'
import { useRecount } from '../../parts/queries.ts'
import type { ImportAnswer } from './types.ts'

const POLL_MS = 600
const FAULT_STAYS_MS = 12_000

export const isRunning = ({ state }: Pick<ImportAnswer, 'state'>) => ['queued', 'checking', 'applying'].includes(state)

export function useImport(id: number) {
  return useQuery({
    queryKey: ['import', id],
    queryFn: () => get(`/imports/${id}`) as Promise<ImportAnswer>,
    refetchInterval: ({ state: { data } }) => (data && isRunning(data) ? POLL_MS : false),
  })
}

/** Takes over a head that came with another answer. */
export function useTold(id: number): (head: ImportAnswer) => void {
  const client = useQueryClient()
  return useCallback((head) => client.setQueryData(['import', id], head), [client, id])
}

/** What is done with the import as a whole; `busy` while one of it is under way. */
export function useDeeds(of: ImportAnswer) {
  const client = useQueryClient()
  const notify = useNotify()
  const recount = useRecount()
  const told = useTold(of.id)
  const [busy, setBusy] = useState(false)
  const reload = () => client.invalidateQueries({ queryKey: ['import', of.id] })

  async function during(work: () => Promise<void>) {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error', autoHideDuration: FAULT_STAYS_MS })
      await reload()
    } finally {
      setBusy(false)
    }
  }

  return {
    busy,
    apply: (only_valid: boolean) =>
      during(async () => {
        // Answers of the poll still on their way would show the state before.
        await client.cancelQueries({ queryKey: ['import', of.id] })
        told({ ...of, state: 'applying', rows_done: 0, rate: null })
        const done = (await dataProvider.applyImport(of.id, only_valid ? { only_valid } : {})) as ImportAnswer
        told(done)
        recount()
      }),
    giveUp: () =>
      during(async () => {
        await del(`/imports/${of.id}`)
        await reload()
      }),
    /** The file is read and checked by the definition that is in force now. */
    checkAgain: () =>
      during(async () => {
        told({ ...of, state: 'checking', rows_done: 0, rate: null })
        told((await post(`/imports/${of.id}/mapping`, { sheets: [] })) as ImportAnswer)
      }),
    map: (sheets: { name: string; columns: Record<string, string | null> }[]) =>
      during(async () => {
        await client.cancelQueries({ queryKey: ['import', of.id] })
        told({ ...of, state: 'checking', rows_done: 0, rate: null })
        told((await post(`/imports/${of.id}/mapping`, { sheets })) as ImportAnswer)
      }),
  }
}
