/** An empty list of a new year, filled with the rows of the year before: who takes part, what each has to do. */

import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { type Form, targetOf } from '../../../server/forms/index.ts'
import type { Setting } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { LinkButton } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'

const MAX_ROWS = 1000

async function allOf(form: string, campaign_id: number): Promise<StoredRow[]> {
  const { data } = await dataProvider.getList<StoredRow>(form, {
    pagination: { page: 1, perPage: MAX_ROWS },
    sort: { field: 'id', order: 'ASC' },
    filter: { campaign_id },
  })
  return data
}

/** Whether what a row points to is there in a campaign: a unit that does not take part any more is left behind. */
async function fitting(form: Form, campaign_id: number): Promise<(row: StoredRow) => boolean> {
  const fields = form.fields.filter(({ among }) => among)
  const known = await Promise.all(
    fields.map(async ({ among = '', to }) => {
      const by = targetOf(form, { to: among })?.fields.find((field) => field.to === to)?.name ?? 'id'
      return new Set((await allOf(among, campaign_id)).map((row) => row[by]))
    }),
  )
  return (row) => fields.every(({ name }, at) => known[at]?.has(row[name]))
}

/** Offered where there is a year before; `after` it, the list is read again. */
export function Bringing({ setting, after }: { setting: Setting; after: () => void }) {
  const { form, me, campaign, rights } = setting
  const notify = useNotify()
  const [busy, setBusy] = useState(false)
  const before = me.campaigns.find(({ id, year }) => id !== campaign.id && year <= campaign.year)
  if (!before || !form.recurs) return null

  async function bring(from: number, year: number) {
    setBusy(true)
    try {
      const data = await allOf(form.name, from)
      const fits = await fitting(form, campaign.id)
      const fields = form.fields.filter(({ derived, name }) => !derived && rights.fields_writable.includes(name))
      const create = data.filter(fits).map((row) => ({
        campaign_id: campaign.id,
        ...Object.fromEntries(fields.map(({ name }) => [name, row[name] ?? null])),
      }))
      await dataProvider.bulk(form.name, { create, update: [], remove: [] })
      notify(`已从 ${year} 年度带来 ${count(create.length)} 行。`, { type: 'info' })
      after()
    } catch (error) {
      const errors = ((error as HttpError).body as { errors?: { create?: object } } | null)?.errors?.create
      const first = Object.values(errors ?? {}).flatMap((row) => Object.values(row as object))[0]
      notify(String(first ?? (error as Error).message), { type: 'warning' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <LinkButton disabled={busy} onClick={() => void bring(before.id, before.year)}>
      从 {before.year} 年度带来
    </LinkButton>
  )
}
