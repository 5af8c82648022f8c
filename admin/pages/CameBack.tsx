/** 退回给我: what came back, with its reason in full and the way to the cells. */

import { LinkBase as Link } from 'react-admin'
import { fieldOf } from '../../server/forms/index.ts'
import { useForms } from '../forms.ts'
import { Lines, Section } from '../parts/controls.tsx'
import { rowsAt } from '../parts/links.ts'
import type { Returned, Todo } from '../parts/queries.ts'
import { RowsLink } from '../parts/RowsLink.tsx'
import { Mark, Toned } from '../parts/states.tsx'
import { count, when } from '../parts/words.ts'
import css from './CameBack.module.css'

type Batch = Returned & { ids: number[] }

/** Rows sent back together for one reason are one line. */
function batched(returned: readonly Returned[]): Batch[] {
  const batches = new Map<string, Batch>()
  for (const row of returned) {
    const key = [row.form, row.reason, ...(row.fields ?? [])].join('\n')
    const known = batches.get(key)
    if (known) known.ids.push(row.id)
    else batches.set(key, { ...row, ids: [row.id] })
  }
  return [...batches.values()]
}

const idsOf = ({ ids }: Batch) => ({ id: { values: ids, label: `退回的 ${count(ids.length)} 行` } })

export function CameBack({ todo, today, enters }: { todo: Todo; today: string; enters: boolean }) {
  const forms = useForms()
  const batches = batched(todo.returned)
  const all = todo.returned_counts.reduce((sum, each) => sum + each.count, 0)
  return (
    <Section
      title={enters ? '退回给我' : '退回未改'}
      note={all > 0 && <Mark tone="back" tag>{`${count(all)} 行`}</Mark>}
    >
      {batches.length === 0 ? (
        <p className="soft">没有退回的记录。</p>
      ) : (
        <Lines className={css.returned}>
          <colgroup>
            <col style={{ width: 84 }} />
            <col style={{ width: 180 }} />
            <col style={{ width: 128 }} />
            <col />
            <col style={{ width: 128 }} />
            <col style={{ width: 56 }} />
          </colgroup>
          <thead>
            <tr>
              <th>登记</th>
              <th>记录</th>
              <th>要改的栏目</th>
              <th>退回原因</th>
              <th>审核人</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {batches.map((batch) => {
              const form = forms[batch.form]
              const only = batch.ids.length === 1
              return (
                <tr key={`${batch.form} ${batch.id}`}>
                  <td>{form?.label}</td>
                  <td className="cut">
                    <b>{batch.name}</b>
                    {!only && ` 等 ${batch.ids.length} 行`}
                  </td>
                  <td className="cut">
                    <Toned tone="back">
                      {batch.fields?.map((name) => (form && fieldOf(form, name)?.label) ?? name).join('、')}
                    </Toned>
                  </td>
                  <td>{batch.reason}</td>
                  <td className="muted cut">
                    {batch.by} {when(batch.at, today)}
                  </td>
                  <td>
                    <Link to={rowsAt(batch.form, idsOf(batch), { open: batch.id })}>{enters ? '去修改' : '查看'}</Link>
                  </td>
                </tr>
              )
            })}
          </tbody>
          {all > todo.returned.length && (
            <tfoot>
              <tr>
                <td colSpan={6} className="muted">
                  只列出最近的 {count(todo.returned.length)} 行，全部：
                  {todo.returned_counts.map((each) => (
                    <RowsLink key={each.form} className="soft" to={rowsAt(each.form, { status: ['returned'] })}>
                      {forms[each.form]?.label} {count(each.count)}
                    </RowsLink>
                  ))}
                </td>
              </tr>
            </tfoot>
          )}
        </Lines>
      )}
    </Section>
  )
}
