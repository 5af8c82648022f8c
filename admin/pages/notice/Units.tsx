/** The units a table lists, with what each has to reach: names, kinds and numbers are mended in place. */
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { Input, LinkButton } from '../../parts/controls.tsx'
import css from './FromNotice.module.css'

type CountedTarget = NoticeProposal['targets'][number]
type ListedUnit = NoticeProposal['units'][number]
type UnitsProps = { proposal: NoticeProposal; onProposal: (proposal: NoticeProposal) => void }

export function Units({ proposal, onProposal }: UnitsProps) {
  const { units, targets } = proposal
  const counted = targets.filter(({ quotas }) => quotas.length > 0)
  const change = (at: number, mend: Partial<ListedUnit>) =>
    onProposal({
      ...proposal,
      units: units.map((unit, n) => (n === at ? { ...unit, ...mend } : unit)),
      // a number belongs to a unit by its name
      targets: targets.map((target) => ({
        ...target,
        quotas: target.quotas.map((quota) =>
          mend.name !== undefined && quota.unit === units[at]?.name ? { ...quota, unit: mend.name } : quota,
        ),
      })),
    })
  const drop = (name: string) =>
    onProposal({
      ...proposal,
      units: units.filter((unit) => unit.name !== name),
      targets: targets.map((target) =>
        withQuotas(
          target,
          target.quotas.filter(({ unit }) => unit !== name),
        ),
      ),
    })
  return (
    <details className={css.units}>
      <summary>
        {units.length} 个单位
        {counted.map(({ label, total, measure }) => `；${label} 共 ${total} ${measure}`)}
      </summary>
      <table>
        <thead>
          <tr>
            <th>单位</th>
            <th>类别</th>
            {counted.map(({ id, label }) => (
              <th key={id}>{label}</th>
            ))}
            <th>
              <span className="unseen">去掉</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {units.map((unit, at) => (
            <UnitRow
              key={unit.position}
              unit={unit}
              counted={counted}
              onMend={(mend) => change(at, mend)}
              onQuota={(id, written) =>
                onProposal({
                  ...proposal,
                  targets: targets.map((each) => (each.id === id ? withQuota(each, unit.name, written) : each)),
                })
              }
              onDrop={() => drop(unit.name)}
            />
          ))}
        </tbody>
      </table>
    </details>
  )
}

type UnitRowProps = {
  unit: ListedUnit
  counted: readonly CountedTarget[]
  onMend: (mend: Partial<ListedUnit>) => void
  onQuota: (target: string, written: string) => void
  onDrop: () => void
}

function UnitRow({ unit: { name, kind, position }, counted, onMend, onQuota, onDrop }: UnitRowProps) {
  return (
    <tr>
      <td>
        <Input
          small
          aria-label={`单位 ${position}`}
          value={name}
          onChange={({ target }) => onMend({ name: target.value })}
        />
      </td>
      <td>
        <Input
          small
          aria-label={`类别：${name}`}
          value={kind ?? ''}
          onChange={({ target }) => onMend({ kind: target.value || null })}
        />
      </td>
      {counted.map(({ id, label, quotas }) => (
        <td key={id}>
          <Input
            small
            type="number"
            min={0}
            aria-label={`${label}：${name}`}
            value={quotas.find(({ unit }) => unit === name)?.value ?? ''}
            onChange={({ target }) => onQuota(id, target.value)}
          />
        </td>
      ))}
      <td>
        <LinkButton aria-label={`去掉：${name}`} onClick={onDrop}>
          去掉
        </LinkButton>
      </td>
    </tr>
  )
}

/** The sum follows its numbers, as long as it was their sum. */
function withQuotas(target: CountedTarget, quotas: CountedTarget['quotas']): CountedTarget {
  const sum = (numbers: CountedTarget['quotas']) => numbers.reduce((total, { value }) => total + value, 0)
  return { ...target, quotas, total: target.total === sum(target.quotas) ? sum(quotas) : target.total }
}

function withQuota(target: CountedTarget, unit: string, written: string): CountedTarget {
  const others = target.quotas.filter((quota) => quota.unit !== unit)
  const known = target.quotas.find((quota) => quota.unit === unit)
  if (written === '') return withQuotas(target, others)
  const value = Number(written)
  if (known)
    return withQuotas(
      target,
      target.quotas.map((quota) => (quota === known ? { ...known, value } : quota)),
    )
  return withQuotas(target, [...others, { unit, value, source: target.source }])
}
