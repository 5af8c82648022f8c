/** A juror's page: works by number only, one after the other, with the three scores beside them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { get, put } from '../http.ts'
import { useCampaign } from '../me.ts'
import { Button, Field, Section } from '../parts/controls.tsx'
import { Icon } from '../parts/icons.tsx'
import { Mark } from '../parts/states.tsx'
import { duration, Media, parts, type Score } from '../parts/Work.tsx'
import './works.css'

const most = 1000

const nameOf = (row: StoredRow) => `作品 ${String(row.blind_number ?? row.id).padStart(2, '0')}`

/** The works assigned, by collection, in the order of their numbers. */
function useAssigned() {
  const campaign = useCampaign()
  return useQuery({
    queryKey: ['assigned', campaign?.id],
    enabled: campaign !== undefined,
    queryFn: async () => {
      const { data } = await dataProvider.getList<StoredRow>('submissions', {
        pagination: { page: 1, perPage: most },
        sort: { field: 'collection_id', order: 'ASC' },
        filter: { campaign_id: campaign?.id },
      })
      return data.toSorted(
        (a, b) => Number(a.collection_id) - Number(b.collection_id) || Number(a.blind_number) - Number(b.blind_number),
      )
    },
  })
}

/** My scores of the works of one collection, by work. */
function useMyScores(rows: readonly StoredRow[], collection: number | undefined) {
  return useQuery({
    queryKey: ['my-scores', collection, rows.length],
    enabled: rows.length > 0,
    queryFn: async () => {
      const found = await Promise.all(rows.map((row) => get(`/submissions/${row.id}/scores`) as Promise<Score[]>))
      return new Map(rows.map((row, at) => [row.id, found[at]?.find((score) => score.mine)] as const))
    },
  })
}

export default function Jury() {
  const { data: assigned } = useAssigned()
  const [wanted, want] = useState<number | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const collections = [...new Map((assigned ?? []).map((row) => [Number(row.collection_id), String(row.collection_id_label)]))]
  const collection = collections.find(([id]) => id === wanted)?.[0] ?? collections[0]?.[0]
  const rows = (assigned ?? []).filter((row) => row.collection_id === collection)
  const { data: mine } = useMyScores(rows, collection)
  const work = rows.find((row) => row.id === at) ?? rows[0]
  const done = rows.filter((row) => mine?.get(row.id)).length
  if (assigned?.length === 0)
    return <p className="notice">现在没有请您评的作品。承办单位送评审以后，作品会出现在这里。</p>
  return (
    <div className="page">
      <header className="page-head">
        <h1>评分</h1>
        {collections.length > 1 ? (
          <select
            className="input small works-choice"
            aria-label="征集活动"
            value={collection}
            onChange={(event) => {
              want(Number(event.target.value))
              setAt(null)
            }}
          >
            {collections.map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        ) : (
          <span className="muted">{collections[0]?.[1]}</span>
        )}
        <span className="fill" />
        <span>
          已评 <b>{done}</b> / {rows.length} 件
        </span>
      </header>
      <div className="works">
        <nav className="works-list" aria-label="请您评的作品">
          <ul>
            {rows.map((row) => {
              const score = mine?.get(row.id)
              return (
                <li key={row.id}>
                  <button type="button" aria-pressed={row.id === work?.id} onClick={() => setAt(row.id)}>
                    <span className="fill">
                      <b>{nameOf(row)}</b>
                      <small className="cut">{String(row.title)}</small>
                    </span>
                    {score ? <b className="works-score">{Number(score.total).toFixed(1)}</b> : <Mark tone="draft">没评</Mark>}
                  </button>
                </li>
              )
            })}
          </ul>
        </nav>
        {work && (
          <>
            <article className="works-middle">
              <Media row={work} blind />
              <header>
                <h2>{String(work.title)}</h2>
                <span className="fill" />
                <span className="muted">{nameOf(work)}</span>
              </header>
              <dl>
                {work.sub_theme ? (
                  <>
                    <dt>主题</dt>
                    <dd>{String(work.sub_theme)}</dd>
                  </>
                ) : null}
                {work.duration_s ? (
                  <>
                    <dt>时长</dt>
                    <dd>{duration(work.duration_s)}</dd>
                  </>
                ) : null}
                {work.description ? (
                  <>
                    <dt>说明</dt>
                    <dd>{String(work.description)}</dd>
                  </>
                ) : null}
              </dl>
            </article>
            {mine && (
              <ScoreForm
                key={work.id}
                row={work}
                score={mine.get(work.id)}
                onNext={() => {
                  const rest = rows.filter((row) => row.id !== work.id && !mine.get(row.id))
                  setAt(rest[0]?.id ?? work.id)
                }}
              />
            )}
          </>
        )}
      </div>
    </div>
  )
}

function ScoreForm({ row, score, onNext }: { row: StoredRow; score: Score | undefined; onNext: () => void }) {
  const client = useQueryClient()
  const notify = useNotify()
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(parts.map((part) => [part.name, score ? String(score[part.name]) : ''])),
  )
  const [faults, setFaults] = useState<Record<string, string>>({})
  const given = parts.every((part) => /^\d{1,3}$/.test(values[part.name] ?? ''))
  const total = parts.reduce((sum, part) => sum + (Number(values[part.name]) * part.weight) / 100, 0)
  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const opinion = String(new FormData(event.currentTarget).get('opinion') ?? '')
    try {
      await put(`/submissions/${row.id}/scores`, {
        ...Object.fromEntries(parts.map((part) => [part.name, Number(values[part.name])])),
        opinion,
      })
      setFaults({})
      await client.invalidateQueries({ queryKey: ['my-scores'] })
      notify(`${nameOf(row)} 已评 ${total.toFixed(1)} 分。`, { type: 'info' })
      if (!score) onNext()
    } catch (error) {
      const { errors } = ((error as HttpError).body ?? {}) as { errors?: Record<string, string> }
      if (errors) setFaults(errors)
      else notify((error as HttpError).message, { type: 'error' })
    }
  }
  return (
    <aside className="works-side">
      <form onSubmit={save}>
        <Section title="您的评分" aside={<b className="works-mean">{given ? total.toFixed(1) : '—'}</b>}>
          {parts.map((part) => (
            <Field key={part.name} label={`${part.label}（占 ${part.weight}%）`} fault={faults[part.name]}>
              <input
                className="input"
                inputMode="numeric"
                autoComplete="off"
                placeholder="0—100"
                value={values[part.name]}
                onChange={(event) => setValues({ ...values, [part.name]: event.target.value.replace(/\D/g, '').slice(0, 3) })}
              />
            </Field>
          ))}
          <Field label="意见（可不写）">
            <textarea className="input" name="opinion" maxLength={500} defaultValue={score?.opinion ?? ''} />
          </Field>
          <Button kind="primary" large submit disabled={!given}>
            {score ? '改分' : '评分，看下一件'}
          </Button>
        </Section>
      </form>
      <p className="muted works-blind">
        <Icon name="blind" small /> 您看不到作者、单位和别的评委的分数，别人也看不到您是谁。
      </p>
    </aside>
  )
}
