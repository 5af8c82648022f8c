/** 申报单位 in a proposed register: a column of its own, or the unit that fills the register. */
import type { Definition } from '../../forms/index.ts'

type OwnRegister = {
  fields: { name: string; label: string }[]
  keys: string[][]
  paper?: { columns: { of?: unknown }[] }
}

/** 申报单位 that is the unit itself is no column: whoever fills the register is known. */
export function withoutApplicant(form: Definition): Definition {
  if (!('fields' in form)) return form
  const own = form as unknown as OwnRegister
  const gone = new Set<unknown>(own.fields.filter(({ label }) => label.endsWith('申报单位')).map(({ name }) => name))
  const columns = own.paper?.columns.map((column) => (gone.has(column.of) ? { ...column, of: 'unit_id' } : column))
  return {
    ...form,
    fields: own.fields.filter(({ name }) => !gone.has(name)),
    keys: own.keys.map((key) => key.filter((name) => !gone.has(name))).filter((key) => key.length > 0),
    ...(columns ? { paper: { ...own.paper, columns } } : {}),
  } as unknown as Definition
}
