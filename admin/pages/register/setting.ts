/** Everything a grid page needs to know before it can show a form: rights, campaign, deadline, the rows rules look at. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Form } from '../../../server/forms/index.ts'
import type { Setting } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { rightsOf, useCampaign, useMe } from '../../me.ts'
import { useAll, useUnits } from '../../parts/queries.ts'

const MAX_BROUGHT_ROWS = 1000

type RegisterFrame = {
  stages: readonly StoredRow[]
  reopened: readonly StoredRow[]
  unit_id: number | null
  today: string
}

/** The day after which the form is read only for units, if it has passed and the unit has been given no longer time. */
function closedSince(form: Form, { stages, reopened, unit_id, today }: RegisterFrame): string | null {
  if (reopened.some((row) => row.unit_id === unit_id && row.form === form.name && String(row.until) >= today))
    return null
  const passed = stages
    .filter((stage) => Array.isArray(stage.locks) && stage.locks.includes(form.name) && String(stage.ends_on) < today)
    .map((stage) => String(stage.ends_on))
    .sort()
  return passed.at(-1) ?? null
}

/** The rows that rules look at (`brings`), by the field that refers to them. */
function useBrought(form: Form, campaign_id: number | undefined) {
  const fields = form.fields.filter((field) => field.brings && field.to)
  return useQuery({
    queryKey: ['brought', form.name, fields.map(({ name }) => name), campaign_id],
    enabled: campaign_id !== undefined && fields.length > 0,
    staleTime: 60_000,
    queryFn: async () => {
      const lists = await Promise.all(
        fields.map(({ to = '' }) =>
          dataProvider.getList<StoredRow>(to, {
            pagination: { page: 1, perPage: MAX_BROUGHT_ROWS },
            sort: { field: 'id', order: 'ASC' },
            filter: { campaign_id },
          }),
        ),
      )
      return Object.fromEntries(
        fields.map(({ name }, at) => [name, new Map((lists[at]?.data ?? []).map((row) => [row.id, row] as const))]),
      )
    },
  })
}

export type Ready = { setting: Setting; closed_on: string | null }

/** Undefined until everything is known. */
export function useSetting(form: Form): Ready | undefined {
  const me = useMe()
  const campaign = useCampaign()
  const isRegister = form.scope === 'unit'
  const seesMany = isRegister && me !== undefined && me.role !== 'juror'
  const { data: units } = useUnits(seesMany)
  const { data: stages } = useAll(
    'stages',
    'position',
    { campaign_id: campaign?.id },
    isRegister && campaign !== undefined,
  )
  const enters = isRegister && me?.role === 'clerk'
  const { data: reopened } = useAll('reopenings', 'id', { campaign_id: campaign?.id }, enters && campaign !== undefined)
  const { data: brought } = useBrought(form, campaign?.id)
  return useMemo(() => {
    if (!me || !campaign || (isRegister && (!units || !stages)) || (enters && !reopened)) return undefined
    const frame = { stages: stages ?? [], reopened: reopened ?? [], unit_id: me.unit_id, today: campaign.today }
    const closed_on = isRegister ? closedSince(form, frame) : null
    const setting: Setting = {
      form,
      me,
      rights: rightsOf(me, form.name),
      campaign,
      closed: closed_on !== null,
      brought: brought ?? {},
      units: units ?? [],
    }
    return { setting, closed_on }
  }, [form, me, campaign, units, stages, reopened, brought, isRegister, enters])
}
