/** What the pages of designs ask the server, and what they may do with one. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { HttpError } from 'react-admin'
import type { FormDesign } from '../../../server/campaigns/designs/designs.ts'
import type { DesignCheck } from '../../../server/campaigns/designs/publication.ts'
import {
  adjusted,
  type Definition,
  definitionOf,
  type FormDefinition,
  isAdjustment,
} from '../../../server/forms/index.ts'
import { dataProvider } from '../../dataProvider.ts'
import { builtInForm } from '../../forms.ts'
import { post, tellDefinitions } from '../../http.ts'

export type { FormDesign } from '../../../server/campaigns/designs/designs.ts'
export type { DesignCheck } from '../../../server/campaigns/designs/publication.ts'

const MAX_LISTED = 500

/** All versions of the campaign, the last one first. */
export function useDesigns(campaign_id: number) {
  return useQuery({
    queryKey: ['form_designs', campaign_id],
    queryFn: async () => {
      const { data } = await dataProvider.getList<FormDesign>('form_designs', {
        pagination: { page: 1, perPage: MAX_LISTED },
        sort: { field: 'id', order: 'DESC' },
        filter: { campaign_id },
      })
      return data
    },
  })
}

const readingOrder = (
  'extends name kind label title annex measure scope names field than value severity when says type required private choices ' +
  'hide rename order require groups fields add keys rules'
).split(' ')

/** A definition as text, its keys in the order in which one reads them: PostgreSQL keeps them in one of its own. */
export function textOf(definition: unknown): string {
  const placed = (name: string) => (readingOrder.includes(name) ? readingOrder.indexOf(name) : readingOrder.length)
  const inOrder = (_key: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => placed(a) - placed(b)))
      : value
  return JSON.stringify(definition, inOrder, 2)
}

/** Why a step was refused: a sentence, and one for each path of the definition that is at fault. */
export type DesignFault = { sentence: string; errors: readonly (readonly [path: string, sentence: string])[] }

export function faultOf(error: unknown): DesignFault {
  const { message, body } = error as HttpError
  const errors = (body as { errors?: Record<string, unknown> } | null)?.errors ?? {}
  // What react-admin's forms put at their root is the sentence of the whole.
  const told = Object.entries(errors).filter(([path]) => path !== 'root')
  return { sentence: message, errors: told.map(([path, sentence]) => [path, String(sentence)] as const) }
}

/** The steps of one design; `onStored` gets it as it is after one. */
export function useDesignSteps(onStored: (design: FormDesign | null) => void) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<DesignFault | null>(null)

  /** Runs a step; undefined where it was refused, which stands in `fault`. */
  async function run<T>(step: () => Promise<T>): Promise<T | undefined> {
    setBusy(true)
    setFault(null)
    try {
      return await step()
    } catch (error) {
      setFault(faultOf(error))
    } finally {
      setBusy(false)
      await client.invalidateQueries({ queryKey: ['form_designs'] })
    }
  }
  async function store(step: () => Promise<FormDesign>): Promise<FormDesign | undefined> {
    const stored = await run(step)
    if (stored) onStored(stored)
    return stored
  }
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw { message: `这不是一份完整的 JSON：${(error as Error).message}`, body: null }
    }
  }

  return {
    busy,
    fault,
    create: (campaign_id: number, text: string) =>
      store(async () => post('/form_designs', { campaign_id, definition: parsed(text) })),
    save: ({ id, version }: FormDesign, text: string) =>
      store(async () => {
        const { data } = await dataProvider.update<FormDesign>('form_designs', {
          id,
          data: { version, definition: parsed(text) },
          previousData: { id, version } as FormDesign,
        })
        return data
      }),
    check: ({ id }: FormDesign): Promise<DesignCheck | undefined> =>
      run(() => post(`/form_designs/${id}/check`, {}) as Promise<DesignCheck>),
    /** Into force, or out of it. */
    move: async ({ id, version }: FormDesign, step: 'publication' | 'retirement') => {
      const moved = await store(() => post(`/form_designs/${id}/${step}`, { version }))
      if (moved) tellDefinitions()
      return moved
    },
    remove: async ({ id, version }: FormDesign) => {
      const removed = await run(() => dataProvider.delete('form_designs', { id, previousData: { id, version } }))
      if (removed) onStored(null)
    },
  }
}

/** The built-in register that an adjustment is of. */
export function baseOf(definition: Definition): FormDefinition | undefined {
  const base = isAdjustment(definition) ? builtInForm(definition.extends) : undefined
  return base && definitionOf(base)
}

/** The definition with what it leaves as it is built in. */
export function wholeOf(definition: Definition): FormDefinition | undefined {
  if (!isAdjustment(definition)) return definition
  const base = baseOf(definition)
  return base && adjusted(base, definition)
}
