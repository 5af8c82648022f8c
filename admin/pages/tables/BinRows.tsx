/** The rows of the 回收站: what they were, by whom and when they were deleted, and which may be ticked. */
import type { Field, Form } from '../../../server/forms/index.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { useDensity } from '../../layout/looks.ts'
import { type Campaign, type Me, type Rights, rightsOf } from '../../me.ts'
import { Checkbox } from '../../parts/controls.tsx'
import { shown } from '../../parts/shown.ts'
import { State } from '../../parts/states.tsx'
import { when } from '../../parts/words.ts'
import css from './list.module.css'

/** Pixels for the columns of a form, beside its name, which takes what is left. */
const ROOM_FOR_FIELDS_PX = 580

/** Only who could have deleted a row brings it back. */
export const isMine = (me: Me, form: Form, row: StoredRow) => form.scope !== 'unit' || row.unit_id === me.unit_id

const widthOf = (field: Field) => Math.min(Math.max(field.width * 7.4, field.label.length * 13) + 18, 190)

/** The name, what is mandatory, then what else fits; nothing long. */
function mainFields(form: Form, rights: Rights): Field[] {
  const plain = form.fields.filter(
    ({ name, type }) => !rights.fields_hidden.includes(name) && type !== 'long_text' && type !== 'attachments',
  )
  const others = plain.filter(({ name }) => name !== form.names).toSorted((a, b) => demand(b) - demand(a))
  let room = ROOM_FOR_FIELDS_PX
  const fitting = others.filter((field) => {
    const fits = widthOf(field) <= room
    if (fits) room -= widthOf(field)
    return fits
  })
  return [...plain.filter(({ name }) => name === form.names), ...fitting]
}

const demand = (field: Field) => (field.required ? 1 : 0)

type RowsProps = {
  me: Me
  form: Form
  campaign: Campaign
  rows: StoredRow[]
  mine: StoredRow[]
  actors: ReadonlyMap<number, string>
  ticked: ReadonlySet<number>
  setTicked: (ids: ReadonlySet<number>) => void
}

export function Rows({ me, form, campaign, rows, mine, actors, ticked, setTicked }: RowsProps) {
  const { height } = useDensity()
  const fields = mainFields(form, rightsOf(me, form.name))
  const isRegister = form.scope === 'unit'
  const withUnits = isRegister && me.role !== 'clerk'
  const isNumber = (type: string) => (type === 'integer' || type === 'decimal' ? 'number' : undefined)
  function tick(id: number, on: boolean) {
    const next = new Set(ticked)
    if (on) next.add(id)
    else next.delete(id)
    setTicked(next)
  }
  return (
    <table className={css.rows} style={{ '--row': `${height}px` } as React.CSSProperties}>
      <colgroup>
        <col style={{ width: 48 }} />
        {isRegister && <col style={{ width: 76 }} />}
        {withUnits && <col style={{ width: 72 }} />}
        {fields.map((field) => (
          <col key={field.name} style={field.name === form.names ? undefined : { width: widthOf(field) }} />
        ))}
        <col style={{ width: 84 }} />
        <col style={{ width: 116 }} />
      </colgroup>
      <thead>
        <tr>
          <th className={css.tick}>
            <Checkbox
              aria-label={`选中列出的 ${mine.length} 行`}
              disabled={mine.length === 0}
              checked={mine.length > 0 && mine.every(({ id }) => ticked.has(id))}
              onChange={(event) => setTicked(new Set(event.target.checked ? mine.map(({ id }) => id) : []))}
            />
          </th>
          {isRegister && <th>删去前</th>}
          {withUnits && <th>单位</th>}
          {fields.map((field) => (
            <th key={field.name} className={isNumber(field.type)}>
              {field.label}
            </th>
          ))}
          <th>谁删的</th>
          <th>删去时间</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const own = isMine(me, form, row)
          const name = String(row[`${form.names}_label`] ?? row[form.names] ?? row.id)
          return (
            <tr key={row.id} aria-selected={own && ticked.has(row.id)}>
              <td className={css.tick}>
                <Checkbox
                  aria-label={`选中 ${name}`}
                  disabled={!own}
                  title={own ? undefined : '由填报单位自己恢复'}
                  checked={own && ticked.has(row.id)}
                  onChange={(event) => tick(row.id, event.target.checked)}
                />
              </td>
              {isRegister && (
                <td>
                  <State status={row.status} />
                </td>
              )}
              {withUnits && <td>{String(row.unit_id_label ?? '')}</td>}
              {fields.map((field) => {
                const words = shown(field, row[field.name], row)
                return (
                  <td key={field.name} className={isNumber(field.type)} title={words}>
                    {field.name === form.names ? <b>{words}</b> : words}
                  </td>
                )
              })}
              <td className="soft">{actors.get(row.id) ?? '—'}</td>
              <td className="muted">{when(row.deleted_at, campaign.today)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
