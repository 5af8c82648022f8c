/**
 * Gestures over more rows than are held here. The source does them at its own place, in one piece; here they are one
 * step of the history, with their progress below the rows. While one is under way nothing else is sent.
 */

import type { Column, Replacement, Row, Whole, WholeOutcome, WholeProgress, WholeRequest } from '../types.ts'
import type { Core } from './core.ts'
import type { CellState } from './edits.ts'
import type { Rect } from './selection.ts'

/** What stands below the rows while something is under way. */
export type UnderWay = WholeProgress & { label: string; isStopping: boolean }
export type Wholes = ReturnType<typeof createWholes>

const figure = (count: number) => count.toLocaleString('en')

/** `reread` reads the list anew, `undo` undoes the last step. */
export function createWholes(core: Core, reread: () => void, undo: () => void) {
  const { source, rows, saver, history, changed, say } = core
  let now: (UnderWay & { whole: Whole | null }) | null = null

  /** One at a time: sends what is unsaved first, then holds everything back until the end. */
  async function run(label: string, total: number, begin: () => Promise<Whole>): Promise<[Whole, WholeOutcome] | null> {
    if (now) {
      say({ kind: 'note', text: `正在${now.label}，请等它完成。` })
      return null
    }
    now = { label, done: 0, total, rate: null, isStopping: false, whole: null }
    changed()
    try {
      await saver.tried()
      saver.stop()
      const whole = await begin()
      now = { ...now, whole }
      if (now.isStopping) whole.cancel()
      whole.watch((progress) => {
        if (!now) return
        now = { ...now, ...progress }
        changed()
      })
      const outcome = await whole.finished
      return [whole, outcome]
    } catch (error) {
      say({ kind: 'fault', text: error instanceof Error && error.message ? error.message : '没有完成，请再试一次。' })
      return null
    } finally {
      // It is over when it can be seen: what is typed next goes upon the rows as they are now.
      reread()
      await rows.windows.settled()
      now = null
      saver.start()
      if (saver.state.offline) void saver.retryNow()
      changed()
    }
  }

  /** Does it and remembers it as one step, unless it changed nothing. Answers what came of it. */
  async function perform(
    label: string,
    total: number,
    begin: () => Promise<Whole>,
    beside = '',
  ): Promise<WholeOutcome | null> {
    const ended = await run(label, total, begin)
    if (!ended) return null
    const [whole, outcome] = ended
    const step = { cells: [], made: [], removed: [], whole: { label, of: whole } }
    if (outcome.changed > 0) history.add(step)
    const undoThis = () => {
      if (history.last() === step) undo()
      else say({ kind: 'note', text: '后来又改过别的，请用 Ctrl+Z 一步一步撤销。' })
    }
    say({
      text: outcome.words + beside,
      ...(outcome.changed > 0 ? { kind: 'done', undo: undoThis } : { kind: 'note' }),
    })
    changed()
    return outcome
  }

  /** Plays such a step back or forth. */
  async function turn(step: { label: string; of: Whole }, way: 'undo' | 'redo') {
    const label = way === 'undo' ? `撤销${step.label}` : step.label
    const ended = await run(label, 0, async () => (way === 'undo' ? step.of.undo() : step.of.redo()))
    if (ended) say({ kind: 'done', text: ended[1].words })
  }

  /** Rows of the list as the source has it; what was made here and not stored yet is none of it. */
  const listed = () => rows.windows.total() + rows.freshCount()

  async function ask(area: Rect, what: Pick<WholeRequest, 'kind' | 'values' | 'replace'>): Promise<Whole> {
    if (!source.operate) throw new Error('这里不能一次改这么多行。')
    return source.operate({ ...(await rowsOf(area)), ...what })
  }

  /** The rows of an area, as the source finds them. */
  async function rowsOf(area: Rect): Promise<Omit<WholeRequest, 'kind' | 'values'>> {
    const total = listed()
    const bottom = Math.min(area.bottom, total - 1)
    const isAll = area.top === 0 && bottom === total - 1
    // The first and the last row say that the list is still the one that was seen.
    if (!isAll) for (const row of [area.top, bottom]) await rows.windows.ensure(row, row)
    const idAt = (row: number) => {
      const place = rows.placeAt(row)
      return place.kind === 'stored' ? place.base.id : null
    }
    return {
      ...core.query(),
      range: isAll ? null : [area.top, bottom],
      ends: isAll ? null : [idAt(area.top), idAt(bottom)],
      total,
    }
  }

  /** One state a column in every row of the area; columns nobody may write are left out and said. */
  async function set(label: string, area: Rect, states: ReadonlyMap<Column, CellState>): Promise<void> {
    const probe = probeOf(area)
    const open = [...states].filter(([column]) => column.editable(probe))
    // A stored row is whole: what it must have cannot be taken from it.
    const kept = open
      .filter(([column, state]) => column.required && state.input.trim() === '')
      .map(([column]) => column)
    const wrong = open.find(([column, state]) => state.error && !kept.includes(column))
    if (wrong) return say({ kind: 'fault', text: `${wrong[0].label}：${wrong[1].error}` })
    const values = Object.fromEntries(
      open.filter(([column]) => !kept.includes(column)).map(([column, state]) => [column.name, state.value]),
    )
    const needed = kept.length > 0 ? `必填的栏目不能清空：${kept.map((column) => column.label).join('、')}。` : ''
    if (Object.keys(values).length === 0) return say({ kind: 'note', text: needed || '选中的栏目都不能改。' })
    const height = Math.min(area.bottom, listed() - 1) - area.top + 1
    await perform(`${label} ${figure(height)} 行`, height, () => ask(area, { kind: 'set', values }), needed)
  }

  /** A row that may be written, to ask columns about: an open one of the area, or a new one. */
  function probeOf(area: Rect): Row {
    const { rowState, blankRow } = rows.rules()
    for (let row = area.top; row <= Math.min(area.bottom, area.top + 200); row += 1) {
      const place = rows.placeAt(row)
      if ('base' in place && !rowState?.(place.base).locked) return place.base
    }
    return blankRow?.() ?? {}
  }

  return {
    now: (): UnderWay | null => now,
    set,
    async remove(area: Rect): Promise<void> {
      const height = Math.min(area.bottom, listed() - 1) - area.top + 1
      await perform(`删去 ${figure(height)} 行`, height, () => ask(area, { kind: 'remove', values: {} }))
    },
    /** A text replaced in some columns of the area. */
    async replace(area: Rect, replace: Replacement): Promise<void> {
      const height = Math.min(area.bottom, listed() - 1) - area.top + 1
      await perform('替换', height, () => ask(area, { kind: 'replace', values: {}, replace }))
    },
    countReplaced: async (area: Rect, replace: Replacement) =>
      (await source.countReplaced?.({ ...(await rowsOf(area)), kind: 'replace', values: {}, replace })) ?? null,
    perform,
    turn,
    cancel() {
      if (!now || now.isStopping) return
      now = { ...now, isStopping: true }
      now.whole?.cancel()
      changed()
    },
  }
}
