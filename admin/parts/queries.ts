/** What several pages ask the server: the reports, the units, the lists behind pickers. One answer is shared by all. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo } from 'react'
import { useGetList } from 'react-admin'
import type { ProgressReport, Stage, Todo } from '../../server/papers/progress.ts'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { watchForm } from '../live.ts'
import { useCampaign } from '../me.ts'

export type {
  MetricHead,
  ProgressReport,
  Returned,
  Todo,
  UnitProgress,
} from '../../server/papers/progress.ts'

const fresh = { staleTime: 20_000, refetchInterval: 120_000 }

/** The progress of the campaign on the page. */
export function useProgress(enabled = true) {
  const campaign = useCampaign()
  return useProgressOf(enabled ? campaign?.id : undefined)
}

/** The progress of any campaign in sight; of none nothing is asked. */
export const useProgressOf = (id: number | undefined) =>
  useQuery({
    queryKey: ['reports', 'progress', id],
    queryFn: () => dataProvider.report('progress', id) as Promise<ProgressReport>,
    enabled: id !== undefined,
    ...fresh,
  })

export function useTodo(enabled = true) {
  const campaign = useCampaign()
  return useQuery({
    queryKey: ['reports', 'todo', campaign?.id],
    queryFn: () => dataProvider.report('todo', campaign?.id) as Promise<Todo>,
    enabled: enabled && campaign !== undefined,
    ...fresh,
  })
}

/** Reads counts and reports again after rows have changed their state: all of them, so that none is older than another. */
export function useRecount() {
  const client = useQueryClient()
  return useCallback(() => {
    void client.invalidateQueries({ queryKey: ['reports'] })
    void client.invalidateQueries({ queryKey: ['count'] })
  }, [client])
}

/** Keeps the reports of a page without a grid as they are: the live events of quotas include those of what counts against them. */
export function useLiveReports() {
  const campaign = useCampaign()
  const recount = useRecount()
  const id = campaign?.id
  useEffect(() => {
    if (id === undefined) return
    const recountSoon = pausing(recount)
    const watch = watchForm('quotas', id, (news) => {
      if (news.kind !== 'people') recountSoon()
    })
    return () => watch.stop()
  }, [id, recount])
}

/** Not more often than a person looks up. */
export function pausing(run: () => void) {
  let isWaiting = false
  return () => {
    if (isWaiting) return
    isWaiting = true
    setTimeout(() => {
      isWaiting = false
      run()
    }, 3000)
  }
}

/** How many rows of a form a filter finds. */
export function useCount(form: string, filter: Record<string, unknown>, enabled = true) {
  return useQuery({
    queryKey: ['count', form, filter],
    queryFn: () => dataProvider.count(form, filter),
    enabled,
    staleTime: 20_000,
  })
}

const MAX_LIST_ROWS = 1000

/** All rows of a short list (units, collections, stages), in a given order. */
export function useAll(form: string, sort: string, filter: Record<string, unknown> = {}, enabled = true) {
  return useGetList<StoredRow>(
    form,
    { pagination: { page: 1, perPage: MAX_LIST_ROWS }, sort: { field: sort, order: 'ASC' }, filter },
    { enabled, staleTime: 60_000 },
  )
}

/** The units that take part in the campaign, by their ids, in annex 1's order. */
export function useUnits(enabled = true) {
  const campaign = useCampaign()
  const { data } = useAll(
    'participations',
    'annex_order',
    { campaign_id: campaign?.id },
    enabled && campaign !== undefined,
  )
  const units = useMemo(
    () => data?.map((row): StoredRow => ({ ...row, id: Number(row.unit_id), short_name: row.unit_id_label })),
    [data],
  )
  return { data: units }
}

/** The next deadline of the campaign, or the stage it is in. */
export function nextDeadline(stages: readonly Stage[], today: string): Stage | undefined {
  return stages.find((stage) => stage.is_deadline && stage.ends_on >= today)
}
