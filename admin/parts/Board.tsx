/** Every unit in annex 1's order, three bars each; the sixteen target marks make one red line. */

import type { ReactNode } from 'react'
import { useForms } from '../forms.ts'
import css from './Board.module.css'
import { classes } from './classes.ts'
import { doneStates, rowsAt } from './links.ts'
import { Meter } from './Meter.tsx'
import { type Paces, sumOf } from './progress.ts'
import { type Count, type Metric, metrics, type UnitProgress } from './queries.ts'
import { RowsLink } from './RowsLink.tsx'
import { count, tenThousands } from './words.ts'

const barred = metrics.slice(0, 3)

/** A number that opens the rows behind it. */
export function Rows({
  metric,
  unit,
  states = doneStates,
  children,
}: {
  metric: Metric
  unit?: UnitProgress
  states?: string[]
  children: ReactNode
}) {
  const forms = useForms()
  const { form = metric, adds } = metrics.find(({ name }) => name === metric) ?? {}
  const narrowing = {
    status: states,
    ...(unit && { unit: { id: unit.unit_id, name: unit.unit } }),
    // what has been counted once is not counted again at its next snapshot; what waits is rows
    ...(forms[form]?.series && states === doneStates && { latest: true }),
  }
  return (
    <RowsLink to={rowsAt(form, narrowing, { sum: adds })} data-counts={metric}>
      {children}
    </RowsLink>
  )
}

/** Two cells of what a unit has no quota for: people met, netizens reached; of one unit or of all of them. */
export function Reached({ units, unit }: { units: readonly UnitProgress[]; unit?: UnitProgress }) {
  return (
    <>
      <td className={classes('number', css.number)}>
        <Rows metric="people" unit={unit}>
          {count(sumOf(units, 'people').done)}
        </Rows>
      </td>
      <td className={classes('number', css.number)}>
        <Rows metric="netizens" unit={unit}>
          {tenThousands(sumOf(units, 'netizens').done)}
        </Rows>
      </td>
    </>
  )
}

function Cells({ of, metric, unit, pace }: { of: Count; metric: Metric; unit?: UnitProgress; pace?: number }) {
  const isFull = of.target !== null && of.done >= of.target
  return (
    <>
      <td className={classes(css.number, css.made)}>
        <Rows metric={metric} unit={unit}>
          {count(of.done)}
        </Rows>
      </td>
      <td className={classes(css.number, css.waits)}>
        {of.pending > 0 && (
          <Rows metric={metric} unit={unit} states={['submitted']}>
            +{count(of.pending)}
          </Rows>
        )}
      </td>
      <td className={css.bar}>
        <Meter tall of={of} pace={pace} />
      </td>
      <td className={isFull ? classes(css.wanted, css.reached) : css.wanted}>
        {of.target === null ? '' : count(of.target)}
      </td>
    </>
  )
}

function Line({ unit, paces }: { unit: UnitProgress; paces: Paces }) {
  return (
    <tr>
      <td className={css.no}>{unit.annex_order}</td>
      <th scope="row">{unit.unit}</th>
      {barred.map(({ name }) => (
        <Cells key={name} of={unit[name]} metric={name} unit={unit} pace={paces[name]} />
      ))}
      <Reached units={[unit]} unit={unit} />
    </tr>
  )
}

/** The units that are shown: those of annex 1, and after them the others that have rows. */
export const shownUnits = (units: readonly UnitProgress[]) =>
  units.filter(
    (unit) => unit.annex_order !== null || metrics.some(({ name }) => unit[name].done + unit[name].pending > 0),
  )

/** 合计 is that of all units, as the figures above the board are. */
export function Board({ units, paces }: { units: readonly UnitProgress[]; paces: Paces }) {
  const shown = shownUnits(units)
  return (
    <table className={css.board}>
      <colgroup>
        <col style={{ width: 30 }} />
        <col style={{ width: 58 }} />
        {barred.map(({ name }) => [
          <col key={`${name} done`} style={{ width: name === 'propagandists' ? 44 : 36 }} />,
          <col key={`${name} pending`} style={{ width: 36 }} />,
          <col key={`${name} bar`} />,
          <col key={`${name} target`} style={{ width: 42 }} />,
        ])}
        <col style={{ width: 66 }} />
        <col style={{ width: 62 }} />
      </colgroup>
      <thead>
        <tr>
          <th />
          <th scope="col">单位</th>
          {barred.map(({ name, short }) => (
            <th key={name} scope="colgroup" colSpan={4} className={css.spread}>
              {name === 'events' ? '线下活动' : short}
            </th>
          ))}
          <th scope="col" className={css.number}>
            面对面
          </th>
          <th scope="col" className={css.number}>
            影响/万
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((unit) => (
          <Line key={unit.unit_id} unit={unit} paces={paces} />
        ))}
      </tbody>
      <tfoot>
        {shown.length > 1 && (
          <tr className={css.sum}>
            <td />
            <th scope="row">合计</th>
            {barred.map(({ name }) => (
              <Cells key={name} of={sumOf(units, name)} metric={name} pace={paces[name]} />
            ))}
            <Reached units={units} />
          </tr>
        )}
      </tfoot>
    </table>
  )
}
