/** The grid as a clerk will see it: the very one, with two empty rows that are stored nowhere. */
import { useMemo } from 'react'
import type { Form } from '../../../server/forms/index.ts'
import { columnsOf, type Setting } from '../../columns.tsx'
import { Grid, type Row, type RowAnswer, type Source } from '../../grid/index.ts'
import type { Campaign, Me } from '../../me.ts'
import { checkOf } from '../../rules.ts'

const EMPTY_ROWS = 2

/** A list in memory, gone with the page. */
function passingRows(): Source {
  const rows: Row[] = Array.from({ length: EMPTY_ROWS }, (_, at) => ({ id: at + 1, version: 1, status: 'draft' }))
  const put = (row: Row): RowAnswer => {
    const at = rows.findIndex(({ id }) => id === row.id)
    if (at < 0) rows.push(row)
    else rows[at] = row
    return { row }
  }
  return {
    getWindow: async ({ start, end }) => ({ rows: rows.slice(start, end), total: rows.length }),
    save: async ({ create, update }) => ({
      create: create.map((values) => put({ status: 'draft', ...values, id: rows.length + 1, version: 1 })),
      update: update.map(({ id, version, values }) =>
        put({ ...rows.find((row) => row.id === id), ...values, id, version: Number(version) + 1 }),
      ),
      remove: [],
    }),
  }
}

export function ClerkGrid({ form, me, campaign }: { form: Form; me: Me; campaign: Campaign }) {
  const setting = useMemo<Setting>(() => {
    const names = form.fields.map(({ name }) => name)
    const rights = { read: true, create: true, update: true, remove: false, import: false, export: false }
    const fields = { fields_hidden: [], fields_masked: [], fields_writable: names, actions: [] }
    // as a clerk of a unit, who has not been asked who that is
    const clerk = { ...me, role: 'clerk', unit_id: null, hosted: [] } as unknown as Me
    return { form, me: clerk, rights: { ...rights, ...fields }, campaign, closed: false, brought: {}, units: [] }
  }, [form, me, campaign])
  const columns = useMemo(
    () => columnsOf(setting, false).map((column) => ({ ...column, filterable: false, sortable: false })),
    [setting],
  )
  const check = useMemo(() => checkOf(setting), [setting])
  const source = useMemo(passingRows, [])
  return (
    <Grid
      label="录入时的样子"
      columns={columns}
      source={source}
      today={campaign.today}
      checkRow={check}
      blankRow={() => ({ campaign_id: campaign.id })}
      checkable={false}
      removable={false}
    />
  )
}
