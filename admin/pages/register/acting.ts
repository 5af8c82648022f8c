/** Changes of state: which rows an action may move, and moving them. */
import { useCallback } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { Form } from '../../../server/forms/index.ts'
import { dataProvider, type Moved } from '../../dataProvider.ts'
import type { Row } from '../../grid/index.ts'
import type { Action, Me } from '../../me.ts'
import { actionWord } from '../../parts/history.tsx'
import { useRecount } from '../../parts/queries.ts'

/** Steps of the unit itself; all others are those of whoever reviews. */
const unitSteps = new Set(['submission', 'withdrawal'])

/** Whether the person may do this to the row; the server decides anew. */
export function mayMove(me: Me, action: Action, row: Row): boolean {
  if (!action.from.includes(String(row.status))) return false
  if (unitSteps.has(action.action)) return row.unit_id === me.unit_id
  return me.role === 'province' || me.hosted.includes(Number(row.collection_id))
}

export type Offer = Action & { ids: number[] }

/** The actions that can be done to these rows, each with the rows it can be done to. */
export function offersFor(me: Me, actions: readonly Action[], rows: readonly Row[]): Offer[] {
  return actions
    .map((action) => ({ ...action, ids: rows.filter((row) => mayMove(me, action, row)).map((row) => Number(row.id)) }))
    .filter((offer) => offer.ids.length > 0)
}

/** 3 行没有通过：… */
function refusalsOf(action: string, { refused }: Moved): string {
  const first = refused[0]
  return first ? `${refused.length} 行没有${actionWord(action)}：${first.message}` : ''
}

type Why = { reason?: string; fields?: string[] }

/**
 * Moves rows, says what was done and what was not, and counts again. Answers the ids that were moved; a refusal of the
 * whole request is said too and answers none.
 */
export function useMove(form: Form, onMoved: (ids: number[]) => void) {
  const notify = useNotify()
  const recount = useRecount()
  return useCallback(
    async (action: string, which: { ids: number[] } | { filter: Record<string, unknown> }, why: Why = {}) => {
      try {
        const moved = await dataProvider.act(form.name, action, which, why)
        recount()
        onMoved(moved.done)
        const said = moved.done.length > 0 ? `已${actionWord(action)} ${moved.done.length} 行。` : ''
        const refused = refusalsOf(action, moved)
        notify(`${said}${refused}`, { type: refused ? 'warning' : 'info', autoHideDuration: refused ? 12_000 : 6_000 })
        return moved.done
      } catch (error) {
        notify((error as HttpError).message, { type: 'error' })
        return []
      }
    },
    [form.name, notify, recount, onMoved],
  )
}
