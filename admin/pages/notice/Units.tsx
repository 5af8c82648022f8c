/** The units a table lists, with what each has to reach: names, kinds and numbers are mended in place. */
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { Input, LinkButton } from '../../parts/controls.tsx'
import css from './FromNotice.module.css'

type UnitsProps = { proposal: NoticeProposal; onProposal: (proposal: NoticeProposal) => void }

export function Units({ proposal, onProposal }: UnitsProps) {
  const { units, targets } = proposal
  const counted = targets.filter(({ quotas }) => quotas.length > 0)
  const change = (at: number, mend: Partial<NoticeProposal['units'][number]>) =>
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
          {units.map(({ name, kind, position }, at) => (
            <tr key={position}>
              <td>
                <Input
                  small
                  aria-label={`单位 ${position}`}
                  value={name}
                  onChange={({ target }) => change(at, { name: target.value })}
                />
              </td>
              <td>
                <Input
                  small
                  aria-label={`类别：${name}`}
                  value={kind ?? ''}
                  onChange={({ target }) => change(at, { kind: target.value || null })}
                />
              </td>
              {counted.map((target) => (
                <td key={target.id}>
                  <Input
                    small
                    type="number"
                    min={0}
                    aria-label={`${target.label}：${name}`}
                    value={target.quotas.find(({ unit }) => unit === name)?.value ?? ''}
                    onChange={(event) =>
                      onProposal({
                        ...proposal,
                        targets: targets.map((each) =>
                          each.id === target.id ? withQuota(each, name, event.target.value) : each,
                        ),
                      })
                    }
                  />
                </td>
              ))}
              <td>
                <LinkButton aria-label={`去掉：${name}`} onClick={() => drop(name)}>
                  去掉
                </LinkButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

type Target = NoticeProposal['targets'][number]

/** The sum follows its numbers, as long as it was their sum. */
function withQuotas(target: Target, quotas: Target['quotas']): Target {
  const sum = (numbers: Target['quotas']) => numbers.reduce((total, { value }) => total + value, 0)
  return { ...target, quotas, total: target.total === sum(target.quotas) ? sum(quotas) : target.total }
}

function withQuota(target: Target, unit: string, written: string): Target {
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
