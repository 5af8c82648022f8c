/** For whoever reviews: one city after the other, and what a decision leads to, before it is made. */

import { useQuery } from '@tanstack/react-query'
import { type Count, countOf, type Form, isShared } from '../../../server/forms/index.ts'
import type { Setting } from '../../columns.tsx'
import { dataProvider } from '../../dataProvider.ts'
import type { Row } from '../../grid/index.ts'
import { useWords } from '../../identity.ts'
import { Meter } from '../../parts/Meter.tsx'
import { type MetricHead, type ProgressReport, useProgress, useTodo } from '../../parts/queries.ts'
import { amount, count } from '../../parts/words.ts'
import type { FilterEntries } from './address.ts'
import css from './Review.module.css'
import { unitIn } from './view.ts'

/** The metrics that rows of a form count for one by one: those of which units have quotas, else the first. */
export function countedIn(form: Form, progress: ProgressReport): MetricHead[] {
  const counted = progress.metrics.filter(
    (metric) => metric.form === form.name && (metric.counts === 'rows' || metric.counts === 'sum'),
  )
  const shared = counted.filter(({ name }) => isShared(progress.units, name))
  return shared.length > 0 ? shared : counted.slice(0, 1)
}

const fits = (row: Row, { filter }: MetricHead) =>
  Object.entries(filter ?? {}).every(([name, wanted]) => [wanted].flat().includes(row[name] as string))

/** What these rows add to a metric once they are approved; of rows that only their number is known of, nothing is. */
function adds(metric: MetricHead, chosen: readonly Row[] | number): number {
  const { counts, field, filter } = metric
  if (typeof chosen === 'number') return counts === 'rows' && !filter ? chosen : 0
  const fitting = chosen.filter((row) => fits(row, metric))
  return counts === 'rows' ? fitting.length : fitting.reduce((sum, row) => sum + Number(row[field ?? ''] ?? 0), 0)
}

type ListFilter = Record<string, unknown>

/** What choosing a unit would show, by unit: the rows of this very list. What only waits is known from the to-dos. */
function useRowsByUnit(form: Form, { unit_id: _, unit_id_not: __, ...asked }: ListFilter) {
  const { campaign_id: ___, ...conditions } = asked
  const isWaiting = JSON.stringify(conditions) === '{"status":["submitted"]}'
  const { data: todo } = useTodo()
  const { data: groups } = useQuery({
    queryKey: ['count', 'by unit', form.name, asked],
    queryFn: () => dataProvider.groups(form.name, { by: 'unit_id', order: 'ASC', filter: asked, columns: {} }),
    enabled: !isWaiting,
    staleTime: 20_000,
  })
  const told = todo?.pending.find((each) => each.form === form.name)?.by_unit ?? []
  return (unit_id: number): number | undefined => {
    if (isWaiting) return todo && (told.find((each) => each.unit_id === unit_id)?.count ?? 0)
    return groups && (groups.find(({ value }) => value === unit_id)?.count ?? 0)
  }
}

export function Cities({
  setting,
  filter,
  asked,
  setFilter,
}: {
  setting: Setting
  filter: FilterEntries
  /** The list's filter as the server takes it. */
  asked: ListFilter
  setFilter: (filter: FilterEntries) => void
}) {
  const words = useWords()
  const rowsOf = useRowsByUnit(setting.form, asked)
  const chosen = unitIn(filter)
  const cities = setting.units.filter((unit) => unit.annex_order !== null)
  const others = setting.units.filter((unit) => unit.annex_order === null && unit.kind !== words.office)
  function choose(id: number | null) {
    const { unit_id: _, ...rest } = filter
    const unit = setting.units.find((each) => each.id === id)
    setFilter(unit ? { ...rest, unit_id: { values: [unit.id], label: String(unit.short_name) } } : rest)
  }
  return (
    <fieldset className={css.cities}>
      <legend className="unseen">按单位看</legend>
      <button type="button" aria-pressed={chosen === null} onClick={() => choose(null)}>
        {words.area}
      </button>
      {cities.map((unit) => {
        const rows = rowsOf(unit.id)
        return (
          <button
            key={unit.id}
            type="button"
            className={rows === 0 ? css.none : undefined}
            aria-pressed={chosen === unit.id}
            onClick={() => choose(unit.id)}
          >
            {String(unit.short_name)} {rows !== undefined && <b>{rows === 0 ? '—' : count(rows)}</b>}
          </button>
        )
      })}
      <select
        aria-label="其他单位"
        value={others.some((unit) => unit.id === chosen) ? String(chosen) : ''}
        onChange={(event) => choose(Number(event.target.value) || null)}
      >
        <option value="">其他</option>
        {others.map((unit) => (
          <option key={unit.id} value={unit.id}>
            {String(unit.short_name)}
          </option>
        ))}
      </select>
    </fieldset>
  )
}

type RibbonProps = {
  form: Form
  unit_id: number | null
  /** The ticked rows, or how many of them wait. */
  chosen: readonly Row[] | number
}

/** What the rows of this form count for, of the chosen unit or of all: and where it would stand with the ticked rows. */
export function Ribbon({ form, unit_id, chosen }: RibbonProps) {
  const words = useWords()
  const { data: progress } = useProgress()
  if (!progress) return null
  const unit = progress.units.find((each) => each.unit_id === unit_id)
  if (!unit && unit_id !== null) return null
  const isMeant = (row: Row) => row.status === 'submitted' && (!unit || row.unit_id === unit.unit_id)
  const meant = typeof chosen === 'number' ? chosen : chosen.filter(isMeant)
  const metrics = countedIn(form, progress)
  return metrics.map((metric) => (
    <MetricRibbon
      key={metric.name}
      label={[unit?.unit ?? words.area, ...(metrics.length > 1 ? [metric.short ?? metric.label] : [])].join(' ')}
      metric={metric}
      of={countOf(unit ?? progress.province, metric.name)}
      picked={adds(metric, meant)}
    />
  ))
}

function MetricRibbon({ label, metric, of, picked }: { label: string; metric: MetricHead; of: Count; picked: number }) {
  if (!of.target) return null
  const missing = of.target - of.done - of.pending
  const shown = (value: number) => amount(value, metric)
  return (
    <div className={css.ribbon} data-part="ribbon">
      <b className={css.unit}>{label}</b>
      <Meter of={of} chosen={picked} className={css.meter} />
      <dl>
        <div>
          <dt>任务</dt>
          <dd>{shown(of.target)}</dd>
        </div>
        <div>
          <dt>已通过</dt>
          <dd>{shown(of.done)}</dd>
        </div>
        {picked > 0 && (
          <div className={css.chosen}>
            <dt>选中通过后</dt>
            <dd>{shown(of.done + picked)}</dd>
          </div>
        )}
        <div>
          <dt>待审全部通过后</dt>
          <dd>{shown(of.done + of.pending)}</dd>
        </div>
        <div>
          <dt>{missing > 0 ? '还差' : '超出'}</dt>
          <dd className={missing > 0 ? 'red' : undefined}>{shown(Math.abs(missing))}</dd>
        </div>
      </dl>
    </div>
  )
}
