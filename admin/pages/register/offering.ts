/** What can be done with the ticked rows, each with how many of them: some that are known, or all that a filter finds. */
import { useQueries } from '@tanstack/react-query'
import { isOpen, type Setting } from '../../columns.tsx'
import { dataProvider } from '../../dataProvider.ts'
import type { Row } from '../../grid/index.ts'
import { useCount } from '../../parts/queries.ts'
import { type ActingOn, filterFor, narrowed, type Offer, offersFor } from './acting.ts'

/** All rows of the list are ticked, but for some. */
export type All = { asked: Record<string, unknown>; except: readonly number[] }
/** `open` are rows whose content may be changed or removed. */
type Offering = { offers: Offer[]; open: ActingOn | null }

/** Done now and then, never by a slip: named last and without a key. */
const rare = new Set(['archival', 'annulment'])
const inOrder = (offers: Offer[]) => offers.sort((a, b) => Number(rare.has(a.action)) - Number(rare.has(b.action)))

export function useOffering(setting: Setting, rows: readonly Row[], all: All | null): Offering {
  const { me, rights } = setting
  const whole = useWhole(setting, all)
  if (whole) return whole
  const ids = rights.remove ? rows.filter((row) => isOpen(setting, row)).map((row) => Number(row.id)) : []
  return { offers: inOrder(offersFor(me, rights.actions, rows)), open: ids.length > 0 ? { ids } : null }
}

/** The same for all rows of a filter, counted by the server. */
function useWhole(setting: Setting, all: All | null): Offering | null {
  const { me, rights, form, closed } = setting
  const filters = all ? rights.actions.map((action) => ({ action, filter: filterFor(me, action, all.asked) })) : []
  const isOwn = rights.remove && rights.update && !closed
  const open = all && isOwn ? narrowed(all.asked, ['draft', 'returned'], me.unit_id) : undefined
  const asked = [...filters.map(({ filter }) => filter), open]
  const counts = useQueries({
    queries: asked.map((filter) => {
      const counted = filter && all && all.except.length > 0 ? { ...filter, id_not: all.except } : filter
      return {
        queryKey: ['count', form.name, counted ?? null],
        queryFn: async () => (counted ? dataProvider.count(form.name, counted) : 0),
        enabled: all !== null,
      }
    }),
  })
  if (!all) return null
  const whichAt = (filter: Record<string, unknown> | undefined, at: number): ActingOn | null => {
    const rows = counts[at]?.data ?? 0
    return filter && rows > 0
      ? { filter, except: all.except, count: rows, ...(!all.except.length && { expected: rows }) }
      : null
  }
  const offers = filters.flatMap(({ action, filter }, at): Offer[] => {
    const which = whichAt(filter, at)
    return which ? [{ ...action, which }] : []
  })
  return { offers: inOrder(offers), open: whichAt(open, filters.length) }
}

/** How many of the ticked rows wait for a decision, where all of a list are ticked; undefined otherwise. */
export function useWaitingIn(form: string, all: All | null): number | undefined {
  const filter = all ? narrowed(all.asked, ['submitted'], null) : undefined
  const counted = filter && all && all.except.length > 0 ? { ...filter, id_not: all.except } : filter
  const { data } = useCount(form, counted ?? {}, counted !== undefined)
  return all ? (counted ? (data ?? 0) : 0) : undefined
}
