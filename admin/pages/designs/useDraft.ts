/**
 * A draft open in the designer: stored by itself a moment after each change that the reader passes, kept in the browser until
 * then and over a reload. Somebody else's version is never overwritten unasked.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useReducer, useRef, useState } from 'react'
import type { HttpError } from 'react-admin'
import type { Definition } from '../../../server/forms/index.ts'
import { dataProvider } from '../../dataProvider.ts'
import { surroundingsIn, useForms } from '../../forms.ts'
import type { Keep } from '../../grid/index.ts'
import { post } from '../../http.ts'
import { keepOf } from '../../keep.ts'
import type { Campaign, Me } from '../../me.ts'
import { useAll } from '../../parts/queries.ts'
import { baseOf, type DesignFault, type FormDesign, faultOf, textOf } from './designs.ts'
import { createDraft } from './sheet/draft.ts'
import { faultsOf, readSheet } from './sheet/faults.ts'
import { type DesignSheet, sheetOf } from './sheet/sheet.ts'

const STORE_AFTER_MS = 700
const TRY_AGAIN_MS = 5_000

type StoreState =
  | { kind: 'stored'; at: string | null }
  | { kind: 'storing' }
  /** It can't be stored yet: cells are at fault, or the server said no. It is kept in the browser. */
  | { kind: 'kept'; fault: DesignFault | null }
  | { kind: 'offline'; sentence: string }
  /** Somebody else stored another version meanwhile. */
  | { kind: 'conflict'; theirs: FormDesign }

type KeptDraft = { sheet: DesignSheet; version: number | null }
type UseDraft = {
  me: Me
  campaign: Campaign
  design: FormDesign | null
  /** What a new one begins with. */
  first: Definition
  /** It has been stored for the first time. */
  onMade: (design: FormDesign) => void
}

export type OpenDraft = ReturnType<typeof useDraft>

export function useDraft({ me, campaign, design, first, onMade }: UseDraft) {
  const forms = useForms()
  const formsNow = useRef(forms)
  formsNow.current = forms
  const { data: collected } = useAll('collections', 'code', { campaign_id: campaign.id }, 'collections' in forms)
  const collections = useMemo(
    () => new Map((collected ?? []).map(({ code, title }) => [String(code), String(title)] as const)),
    [collected],
  )
  const collectionsNow = useRef(collections)
  collectionsNow.current = collections
  const client = useQueryClient()
  const [, drawAgain] = useReducer((count: number) => count + 1, 0)
  const [state, setState] = useState<StoreState>({ kind: 'stored', at: null })
  const [isTakenUp, setTakenUp] = useState(false)
  const stored = useRef(design)
  const begun = design?.definition ?? first
  // One draft for as long as the page is open, however often it is stored.
  const draft = useRef(
    useMemo(() => {
      const around = () => ({
        forms: formsNow.current,
        published: new Map(formsNow.current[nameIn(begun)]?.fields.map((field) => [field.name, field])),
      })
      return createDraft(sheetOf(begun, baseOf(begun)), around)
    }, [begun]),
  ).current
  const isOpen = design === null || design.state === 'draft'
  const keepFor = (id: number | undefined) =>
    keepOf(me.id, `design:${id ?? `new:${'extends' in first ? first.extends : ''}`}`, campaign.id)
  const keep = useRef<Keep | null>(null)
  keep.current ??= keepFor(design?.id)
  const sheet = draft.sheet()
  const firstSheet = useRef(sheet).current
  const read = useMemo(() => readSheet(sheet, surroundingsIn(forms, collections)), [sheet, forms, collections])
  const told = state.kind === 'kept' ? state.fault : null
  const faults = useMemo(
    () => faultsOf(sheet, { ...Object.fromEntries(told?.errors ?? []), ...read.errors }),
    [sheet, told, read],
  )

  const work = useRef<Promise<unknown>>(Promise.resolve())
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const isGone = useRef(false)
  const tell = (next: StoreState) => !isGone.current && setState(next)

  /** Stores what stands there, unless it is stored already; answers the design, undefined where it could not be stored. */
  function store(over?: number): Promise<FormDesign | undefined> {
    if (timer.current) clearTimeout(timer.current)
    timer.current = null
    const done = work.current.then(() => storeNow(over))
    work.current = done
    return done
  }

  async function storeNow(over?: number): Promise<FormDesign | undefined> {
    const now = draft.sheet()
    const { definition, errors } = readSheet(now, surroundingsIn(formsNow.current, collectionsNow.current))
    const isUnread = now.rows.some(({ unread }) => Object.keys(unread).length > 0)
    const before = stored.current
    if (isUnread || Object.keys(errors).length > 0) return void tell({ kind: 'kept', fault: null })
    if (before && over === undefined && textOf(before.definition) === textOf(definition)) {
      await keep.current?.clear()
      tell({ kind: 'stored', at: before.updated_at })
      return before
    }
    tell({ kind: 'storing' })
    try {
      const next = before
        ? await put(before, definition, over)
        : ((await post('/form_designs', { campaign_id: campaign.id, definition })) as FormDesign)
      stored.current = next
      if (draft.sheet() === now) await keep.current?.clear()
      tell({ kind: 'stored', at: next.updated_at })
      await client.invalidateQueries({ queryKey: ['form_designs'] })
      if (!before) {
        // from now on it is kept under its own number
        await keep.current?.clear()
        keep.current?.done?.()
        keep.current = keepFor(next.id)
        await keep.current.load()
        if (!isGone.current) onMade(next)
      }
      return next
    } catch (error) {
      tell(refused(error))
      return undefined
    }
  }

  function refused(error: unknown): StoreState {
    const { status, body, message } = error as HttpError
    const row = (body as { row?: FormDesign } | null)?.row
    if (status === 409 && row) return { kind: 'conflict', theirs: row }
    if (status) return { kind: 'kept', fault: faultOf(error) }
    timer.current = setTimeout(() => void store(), TRY_AGAIN_MS)
    return { kind: 'offline', sentence: message }
  }

  const storing = useRef(store)
  storing.current = store

  useEffect(() => {
    if (!isOpen) return
    isGone.current = false
    void keep.current?.load().then((found) => {
      const kept = ((found as { rows?: KeptDraft[] } | null)?.rows ?? []).at(-1)
      if (!kept?.sheet || isGone.current) return
      draft.replace(kept.sheet)
      setTakenUp(true)
    })
    const stop = draft.subscribe(() => {
      drawAgain()
      void keep.current?.save({
        rows: [{ sheet: draft.sheet(), version: stored.current?.version ?? null } satisfies KeptDraft],
      })
      if (timer.current) clearTimeout(timer.current)
      timer.current = setTimeout(() => void storing.current(), STORE_AFTER_MS)
    })
    return () => {
      stop()
      isGone.current = true
      if (timer.current) void storing.current()
      keep.current?.done?.()
    }
  }, [draft, isOpen])

  return {
    draft,
    sheet,
    state,
    faults,
    /** As it is read, or as it stands where it is at fault. */
    definition: read.definition,
    isReadable: Object.keys(read.errors).length === 0,
    isTakenUp,
    /** Nobody has written anything yet: what is missing is no fault before. */
    isUntouched: design === null && sheet === firstSheet,
    isOpen,
    store,
    /** Of two versions: mine over theirs, or theirs instead of mine. */
    settle(choice: 'mine' | 'theirs') {
      if (state.kind !== 'conflict') return
      const { theirs } = state
      stored.current = theirs
      if (choice === 'mine') return void store(theirs.version)
      draft.replace(sheetOf(theirs.definition, baseOf(theirs.definition)))
      void keep.current?.clear()
      setState({ kind: 'stored', at: theirs.updated_at })
    },
    replace: (definition: Definition) => draft.replace(sheetOf(definition, baseOf(definition))),
  }
}

const nameIn = (definition: Definition) => ('extends' in definition ? definition.extends : definition.name)

async function put({ id, version }: FormDesign, definition: Definition, over = version): Promise<FormDesign> {
  const { data } = await dataProvider.update<FormDesign>('form_designs', {
    id,
    data: { version: over, definition },
    previousData: { id, version: over } as FormDesign,
  })
  return data
}
