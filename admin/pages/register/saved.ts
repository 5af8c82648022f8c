/** The saved views of a form: asked once, shared by everything on the page, changed through the server. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SavedView } from '../../../server/records/saved_views.ts'
import { dataProvider } from '../../dataProvider.ts'
import type { View } from '../../grid/index.ts'

/** A view as it is kept, its layout as the grid has it. */
export type ShownView = Omit<SavedView, 'layout'> & { layout: Partial<View> }

const none: readonly ShownView[] = []

/** Undefined until they are known; none when they could not be read, since a list needs no view. */
export function useSavedViews(form: string, enabled: boolean): readonly ShownView[] | undefined {
  const { data, isPending, isError } = useQuery({
    queryKey: ['views', form],
    queryFn: () => dataProvider.views(form),
    enabled,
    staleTime: 60_000,
  })
  if (!enabled || isError) return none
  return isPending ? undefined : (data ?? none)
}

/** What can be done with views; each call throws the server's refusal. */
export function useViewActions(form: string) {
  const client = useQueryClient()
  return useMemo(() => {
    const after = async <T>(done: Promise<T>): Promise<T> => {
      const result = await done
      await client.invalidateQueries({ queryKey: ['views', form] })
      return result
    }
    return {
      create: (name: string, layout: Partial<View>, shared: boolean) =>
        after<ShownView>(dataProvider.createView({ form, name, layout, shared })),
      change: (view: ShownView, what: { name?: string; layout?: Partial<View>; shared?: boolean }) =>
        after<ShownView>(dataProvider.changeView(view.id, { ...what, version: view.version })),
      remove: (view: ShownView) => after(dataProvider.removeView(view.id, view.version)),
      openWith: (view_id: number | null) => after(dataProvider.openWith(form, view_id)),
    }
  }, [client, form])
}
