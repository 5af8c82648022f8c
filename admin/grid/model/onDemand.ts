/**
 * What goes on beside the hands: hearing others, keeping what is unsaved, gestures over whole lists. None of it is needed
 * to show the first rows or to take the first key, so its parts are loaded once the model has begun; what is asked of one
 * that is not here yet is answered as if nothing had happened so far.
 */

import type { Column, Keep, RowKey, SelectionSummary, Whole, WholeOutcome } from '../types.ts'
import type { Core } from './core.ts'
import type { Keeping } from './keeping.ts'
import type { createLive, LiveRows } from './live.ts'
import type { SelectionSums } from './selectionSums.ts'
import type { createWholes, UnderWay, Wholes } from './whole.ts'

const AGAIN_AFTER_MS = 3_000

export type LiveLater = ReturnType<typeof liveLater>
export type KeepingLater = ReturnType<typeof keepingLater>
export type WholesLater = ReturnType<typeof wholesLater>

/** A part that is wanted for as long as it is on: asked for again and again until it is here. */
function whileOn<T>(load: () => Promise<T>, begin: (part: T) => void) {
  let part: T | null = null
  let isOn = false
  let isAsked = false

  async function ask() {
    isAsked = true
    while (isOn && !part) {
      part = await load().catch(() => null)
      if (!part) await new Promise((again) => setTimeout(again, AGAIN_AFTER_MS))
    }
    isAsked = false
    if (isOn && part) begin(part)
  }

  return {
    here: () => part,
    on() {
      isOn = true
      if (part) begin(part)
      else if (!isAsked) void ask()
    },
    off() {
      isOn = false
    },
  }
}

export function liveLater(...given: Parameters<typeof createLive>) {
  const [{ source }] = given
  const part = whileOn<LiveRows>(
    () => import('./live.ts').then(({ createLive }) => createLive(...given)),
    (live) => {
      live.start()
      live.settled()
    },
  )
  return {
    tintOf: (key: RowKey) => part.here()?.tintOf(key),
    peopleOn: (id: unknown) => part.here()?.peopleOn(id),
    unseen: () => part.here()?.unseen() ?? 0,
    showUnseen: async () => part.here()?.showUnseen(),
    settled: () => part.here()?.settled(),
    looked: () => part.here()?.looked(),
    reread: () => part.here()?.reread(),
    start() {
      if (source.watch) part.on()
    },
    stop() {
      part.off()
      part.here()?.stop()
    },
  }
}

export function keepingLater(core: Core, keep: Keep | undefined) {
  const part = whileOn<Keeping>(
    () => import('./keeping.ts').then(({ createKeeping }) => createKeeping(core, keep)),
    // What was written before it was here is kept as well.
    (keeping) => void keeping.start().then(keeping.note),
  )
  return {
    isKept: () => part.here()?.isKept() ?? false,
    works: () => part.here()?.works() ?? false,
    note: () => part.here()?.note(),
    put: async () => part.here()?.put(),
    start() {
      if (keep) part.on()
    },
    async finish() {
      part.off()
      await part.here()?.finish()
      if (!part.here()) keep?.done?.()
    },
  }
}

export function wholesLater(...given: Parameters<typeof createWholes>) {
  const [{ source, rows, say }] = given
  let part: Wholes | null = null

  /** Null, and said, when it can't be had, or when the list became another one meanwhile. */
  async function load(): Promise<Wholes | null> {
    if (part) return part
    const generation = rows.windows.generation()
    try {
      const { createWholes } = await import('./whole.ts')
      part ??= createWholes(...given)
    } catch {
      say({ kind: 'fault', text: '没有做成：网络断了，请再试一次。' })
      return null
    }
    if (rows.windows.generation() === generation) return part
    say({ kind: 'note', text: '列表刚刚变了，这一步没有做，请再做一次。' })
    return null
  }

  return {
    now: (): UnderWay | null => part?.now() ?? null,
    /** Whether so many rows go to the source. */
    works: () => source.operate !== undefined,
    set: async (...asked: Parameters<Wholes['set']>) => (await load())?.set(...asked),
    remove: async (...asked: Parameters<Wholes['remove']>) => (await load())?.remove(...asked),
    replace: async (...asked: Parameters<Wholes['replace']>) => (await load())?.replace(...asked),
    countReplaced: async (...asked: Parameters<Wholes['countReplaced']>) =>
      (await load())?.countReplaced(...asked) ?? null,
    perform: async (label: string, total: number, begin: () => Promise<Whole>): Promise<WholeOutcome | null> =>
      (await load())?.perform(label, total, begin) ?? null,
    turn: async (...asked: Parameters<Wholes['turn']>) => (await load())?.turn(...asked),
    cancel: () => part?.cancel(),
  }
}

/** Sums of whole columns whose rows are not all here. */
export function sumsLater(core: Core) {
  let part: SelectionSums | null = null
  let isAsked = false
  return (known: SelectionSummary, columns: readonly Column[], version: string): SelectionSummary => {
    if (part) return part.of(known, columns, version)
    if (!isAsked) {
      isAsked = true
      import('./selectionSums.ts').then(
        ({ createSelectionSums }) => {
          part = createSelectionSums(core)
          core.changed()
        },
        () => {
          isAsked = false
        },
      )
    }
    return known
  }
}
