/** 变更记录: who changed what, old → new, newest first. */
import { useState } from 'react'
import { LinkBase as Link, useGetList } from 'react-admin'
import { forms } from '../../server/forms/index.ts'
import { rightsOf, useCampaign, useMe } from '../me.ts'
import { PageHead } from '../parts/controls.tsx'
import { actionWord, type Change, Differences, differencesOf, reasonOf, statusAfter } from '../parts/history.tsx'
import { rowsAt } from '../parts/links.ts'
import { Pages } from '../parts/Pages.tsx'
import { useUnits } from '../parts/queries.ts'
import { Mark, toneOf } from '../parts/states.tsx'
import { when } from '../parts/words.ts'
import './plain.css'

const perPage = 100
/** Said one by one, unless an import made them. */
const singly = new Set(['update'])
const actions = ['create', 'update', 'remove', 'restore', 'submission', 'withdrawal', 'approval', 'return']

/** What the row calls itself, as far as the change tells. */
function nameIn(change: Change): string {
  const form = forms[change.form]
  const name = form && (change.after?.[form.names] ?? change.before?.[form.names])
  return typeof name === 'string' ? name : `第 ${change.row_id} 号`
}

type Run = { first: Change; ids: number[] }

/** Rows moved together (70 行通过) are one line; changes of cells each keep their own. */
function runsOf(changes: readonly Change[]): Run[] {
  const runs: Run[] = []
  for (const change of changes) {
    const last = runs.at(-1)
    const together =
      last &&
      !singly.has(change.action) &&
      (['actor', 'action', 'form', 'unit_id', 'import_id'] as const).every(
        (name) => last.first[name] === change[name],
      ) &&
      last.first.at.slice(0, 16) === change.at.slice(0, 16) &&
      reasonOf(last.first) === reasonOf(change)
    if (together && change.row_id) last.ids.push(change.row_id)
    else runs.push({ first: change, ids: change.row_id ? [change.row_id] : [] })
  }
  return runs
}

export default function Changes() {
  const me = useMe()
  const campaign = useCampaign()
  const many = me?.role === 'province' || (me?.role === 'cac' && me.unit_id === null)
  const { data: units } = useUnits(many)
  const [page, setPage] = useState(1)
  const [narrowing, setNarrowing] = useState<Record<string, string>>({})
  const filter = Object.fromEntries(
    Object.entries(narrowing)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, name === 'unit_id' ? Number(value) : value]),
  )
  const { data, total } = useGetList<Change>('changes', {
    pagination: { page, perPage },
    sort: { field: 'id', order: 'DESC' },
    filter,
  })
  const pick = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <select
      className="input small"
      aria-label={label}
      value={narrowing[name] ?? ''}
      onChange={(event) => {
        setNarrowing({ ...narrowing, [name]: event.target.value })
        setPage(1)
      }}
    >
      <option value="">{label}</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  )
  const readable = Object.values(forms).filter((form) => rightsOf(me, form.name).read)
  return (
    <div className="page scrolls">
      <PageHead title="变更记录" note="谁在什么时候改了什么，改前改后都在" />
      <div className="narrow">
        {pick(
          'form',
          '全部登记',
          readable.map((form) => [form.name, form.label] as const),
        )}
        {pick(
          'action',
          '全部动作',
          actions.map((action) => [action, actionWord(action)] as const),
        )}
        {many &&
          pick(
            'unit_id',
            '全部单位',
            (units ?? []).map((unit) => [String(unit.id), String(unit.short_name)] as const),
          )}
      </div>
      <div className="body">
        <table className="lines sticky">
          <thead>
            <tr>
              <th>时间</th>
              <th>谁</th>
              {many && <th>单位</th>}
              <th>动作</th>
              <th>登记</th>
              <th>记录</th>
              <th>改动</th>
            </tr>
          </thead>
          <tbody>
            {runsOf(data ?? []).map(({ first: change, ids }) => {
              const reason = reasonOf(change)
              const form = forms[change.form]
              return (
                <tr key={change.id}>
                  <td className="muted cut">{when(change.at, campaign?.today ?? '')}</td>
                  <td className="cut">{change.actor ?? '系统'}</td>
                  {many && <td className="cut">{change.unit_id_label}</td>}
                  <td className="cut">
                    <Mark tone={toneOf(statusAfter[change.action] ?? 'submitted')}>{actionWord(change.action)}</Mark>
                    {change.import_id && <Link to={`/imports/${change.import_id}/show`}>（导入）</Link>}
                  </td>
                  <td className="cut">{form?.label ?? (change.form === 'users' ? '用户' : change.form)}</td>
                  <td className="cut">
                    {form && change.row_id && change.action !== 'remove' ? (
                      <Link
                        className="rows"
                        to={rowsAt(
                          form.name,
                          { id: { values: ids, label: ids.length > 1 ? `${ids.length} 行` : nameIn(change) } },
                          ids.length > 1 ? undefined : change.row_id,
                        )}
                      >
                        {ids.length > 1 ? <b>{ids.length} 行</b> : nameIn(change)}
                      </Link>
                    ) : ids.length > 1 ? (
                      <b>{ids.length} 行</b>
                    ) : (
                      nameIn(change)
                    )}
                  </td>
                  <td>
                    {reason ? (
                      <span className="soft">“{reason}”</span>
                    ) : (
                      ids.length < 2 && <Differences of={differencesOf(change)} limit={4} />
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
        {data?.length === 0 && <p className="notice">没有符合这些条件的变更。</p>}
        <Pages page={page} perPage={perPage} total={total} onPage={setPage} />
      </div>
    </div>
  )
}
