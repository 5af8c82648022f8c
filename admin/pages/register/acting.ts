/** Changes of state: which rows an action may move, and moving them, a few or all that a filter finds. */
import { type RefObject, useCallback } from 'react'
import { type Form, PUBLICITY_DAYS } from '../../../server/forms/index.ts'
import { dataProvider } from '../../dataProvider.ts'
import type { GridHandle, Row, Whole } from '../../grid/index.ts'
import type { Action, Me } from '../../me.ts'
import type { OperationBody } from '../../operations.ts'
import { actionWord } from '../../parts/history.tsx'
import { useRecount } from '../../parts/queries.ts'
import { count } from '../../parts/words.ts'

/** Steps of the unit itself; all others are those of whoever reviews. */
const unitSteps = new Set(['submission', 'withdrawal'])

/** What a step waits for that a row does not show; the others are passed over and said. */
export const conditions: Readonly<Record<string, string>> = {
  shortlisting: '入围截止日过后，承办单位不能再入围；其余的留下并说明。',
  proposal: '评委都打了分的才列为拟奖；其余的留下并说明。',
  award: `公示满 ${PUBLICITY_DAYS} 个工作日的才获奖；其余的留下并说明。`,
}

/** Whether the person may do this to the row; the server decides anew. */
export function mayMove(me: Me, action: Action, row: Row): boolean {
  if (!action.from.includes(String(row.status))) return false
  if (unitSteps.has(action.action)) return row.unit_id === me.unit_id
  return me.role === 'province' || me.hosted.includes(Number(row.collection_id))
}

/** Rows by their numbers, or as many as a filter finds but for some. */
export type ActingOn =
  | { ids: number[] }
  | { filter: Record<string, unknown>; except: readonly number[]; count: number; expected?: number }
export const countOf = (which: ActingOn): number => ('ids' in which ? which.ids.length : which.count)
const rowsOf = (which: ActingOn): Pick<OperationBody, 'filter' | 'except' | 'expected'> => {
  if ('ids' in which) return { filter: { id: which.ids } }
  const { filter, except, expected } = which
  return { filter, except, ...(expected !== undefined && { expected }) }
}

export type Offer = Action & { which: ActingOn }

/** The actions that can be done to these rows, each with the rows it can be done to. */
export function offersFor(me: Me, actions: readonly Action[], rows: readonly Row[]): Offer[] {
  return actions
    .map((action) => {
      const ids = rows.filter((row) => mayMove(me, action, row)).map((row) => Number(row.id))
      return { ...action, which: { ids } }
    })
    .filter((offer) => countOf(offer.which) > 0)
}

/** The list's filter narrowed to what an action can be done to; undefined where there is none of it. */
export function filterFor(me: Me, action: Action, asked: Record<string, unknown>): Record<string, unknown> | undefined {
  const isOwn = unitSteps.has(action.action)
  if (!isOwn && me.role !== 'province' && me.hosted.length === 0) return undefined
  return narrowed(asked, action.from, isOwn ? me.unit_id : null)
}

/** A filter that also asks for states, and for a unit's rows. */
export function narrowed(asked: Record<string, unknown>, states: readonly string[], unit_id: number | null) {
  const already = asked.status === undefined ? states : [asked.status].flat().map(String)
  const status = states.filter((state) => already.includes(state))
  if (status.length === 0) return undefined
  if (unit_id !== null && asked.unit_id !== undefined && ![asked.unit_id].flat().includes(unit_id)) return undefined
  return { ...asked, status, ...(unit_id !== null && { unit_id }) }
}

/** An operation after which everything that counts rows counts again, and after it was undone too. */
export function counting(whole: Whole, recount: () => void): Whole {
  void whole.finished.then(recount, recount)
  const then = (turned: Promise<Whole>) => turned.then((each) => counting(each, recount))
  return { ...whole, undo: () => then(whole.undo()), redo: () => then(whole.redo()) }
}

type ActionReason = { reason?: string; fields?: string[] }
export type Does = ReturnType<typeof useDoing>

/**
 * Does one thing to many rows through the grid, which shows its progress and outcome and can undo it.
 * Answers whether anything was done.
 */
export function useDoing(form: Form, grid: RefObject<GridHandle | null>) {
  const recount = useRecount()
  const perform = useCallback(
    async (label: string, which: ActingOn, body: Omit<OperationBody, 'filter'>) => {
      const begin = async () => counting(await dataProvider.operate(form.name, { ...rowsOf(which), ...body }), recount)
      const outcome = await grid.current?.operate(`${label} ${count(countOf(which))} 行`, countOf(which), begin)
      // Where it would not begin, the number on the button may have been an old one.
      if (!outcome) recount()
      if (!outcome?.changed) return false
      grid.current?.clearSelected()
      return true
    },
    [form.name, grid, recount],
  )
  const move = useCallback(
    (action: string, which: ActingOn, why: ActionReason = {}) =>
      perform(actionWord(action), which, { kind: 'move', action, ...why }),
    [perform],
  )
  return { perform, move }
}
