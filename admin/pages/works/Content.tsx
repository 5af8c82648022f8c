/** The middle: the work large, its title, state and number, what the form says of it, and what the rules say to that. */
import type { ReactNode } from 'react'
import { type Field, fieldOf } from '../../../server/forms/index.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { entryFields } from '../../entries.ts'
import { useForms } from '../../forms.ts'
import { type Me, rightsOf } from '../../me.ts'
import { Icon } from '../../parts/icons.tsx'
import { shown } from '../../parts/shown.ts'
import { Mark, Toned, toneOf } from '../../parts/states.tsx'
import css from './Content.module.css'
import { Media } from './Media.tsx'
import type { WorkRow } from './queries.ts'
import { stateWord } from './stages.ts'
import works from './works.module.css'

const told = [
  'sub_theme',
  'author',
  'coauthors',
  'author_workplace',
  'phone',
  'duration_s',
  'description',
  'url',
  'remark',
]
/** Said only where they are filled in. */
const optional = new Set(['sub_theme', 'coauthors', 'duration_s', 'url', 'remark'])

export function Content({
  work,
  me,
  collection,
  faults,
  twins,
}: {
  work: WorkRow
  me: Me
  collection: StoredRow
  faults: Readonly<Record<string, string>>
  twins: readonly WorkRow[]
}) {
  return (
    <section className={works.work} aria-label={work.title}>
      <Media key={work.id} collection={collection} files={work.files} url={work.url} title={work.title} />
      <header>
        <h2>{work.title}</h2>
        <Mark tone={toneOf(work.status)} tag>
          {stateWord(work.status)}
        </Mark>
        <span className="fill" />
        <span className="muted">{work.number}</span>
      </header>
      {work.status === 'refused' && work.returned_reason ? (
        <p className={works.refused}>
          <b>不受理原因</b>　{String(work.returned_reason)}
        </p>
      ) : null}
      <div className={css.parts}>
        <Fields work={work} me={me} collection={collection} />
        <Checks work={work} collection={collection} faults={faults} twins={twins} />
      </div>
    </section>
  )
}

/** 102 → 1 分 42 秒. */
export function lengthOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return minutes === 0 ? `${rest} 秒` : `${minutes} 分${rest ? ` ${rest} 秒` : '钟'}`
}

function wordsFor(field: Field, work: WorkRow) {
  const value = work[field.name]
  if (field.name === 'duration_s' && typeof value === 'number') return lengthOf(value)
  const text = shown(field, value, work)
  if (!text) return <span className="muted">未填</span>
  if (field.type === 'url' && /^https?:\/\//i.test(text))
    return (
      <a href={text} target="_blank" rel="noreferrer">
        {text}
      </a>
    )
  if (field.name === 'description')
    return (
      <>
        {text}
        <span className="muted">（{[...text].length} 字）</span>
      </>
    )
  if (field.name === 'phone' && text.includes('*'))
    return (
      <>
        {text} <span className="muted">入围后可见</span>
      </>
    )
  return text
}

function Fields({ work, me, collection }: { work: WorkRow; me: Me; collection: StoredRow }) {
  const hidden = rightsOf(me, 'submissions').fields_hidden
  const { submissions } = useForms()
  const fields = told
    .filter((name) => !hidden.includes(name) && (work[name] || !optional.has(name)))
    .flatMap((name) => (submissions && fieldOf(submissions, name)) ?? [])
  const own = submissions ? entryFields(submissions, collection).filter(({ name }) => !hidden.includes(name)) : []
  return (
    <dl>
      <dt>单位</dt>
      <dd>{work.unit_id_label}</dd>
      {[...fields, ...own].map((field) => (
        <div key={field.name} className={works.line}>
          <dt>{field.label.replace('（秒）', '')}</dt>
          <dd>{wordsFor(field, work)}</dd>
        </div>
      ))}
    </dl>
  )
}

type Check = { name: string; sentence: string }

/** What holds, for the rules this collection has. */
function holds(work: WorkRow, collection: StoredRow): Check[] {
  const chars = [...String(work.description ?? '')].length
  const seconds = typeof work.duration_s === 'number' ? work.duration_s : undefined
  const suggested = collection.suggested_seconds
  const files = work.files?.length ?? 0
  const needed = (collection.needed_slots ?? []) as string[]
  return [
    ...(work.is_original ? [{ name: 'is_original', sentence: '原创承诺已签' }] : []),
    ...(files > 0
      ? [{ name: 'files', sentence: needed.length > 0 ? `${needed.join('、')}都有` : `有 ${files} 个文件` }]
      : []),
    ...(collection.max_chars
      ? [{ name: 'description', sentence: `说明 ${chars} 字，最多 ${String(collection.max_chars)} 字` }]
      : []),
    ...(collection.max_seconds && seconds !== undefined
      ? [
          {
            name: 'duration_s',
            sentence: `时长 ${lengthOf(seconds)}，最多 ${lengthOf(Number(collection.max_seconds))}${
              suggested ? `，${lengthOf(Number(suggested))}左右为宜` : ''
            }`,
          },
        ]
      : []),
  ]
}

/** To be looked at, not wrong by the rules. */
const Reminder = ({ children }: { children: ReactNode }) => (
  <Toned tone="back" className={css.said}>
    <Icon name="warning" small />
    <span>{children}</span>
  </Toned>
)

function Checks({
  work,
  collection,
  faults,
  twins,
}: {
  work: WorkRow
  collection: StoredRow
  faults: Readonly<Record<string, string>>
  twins: readonly WorkRow[]
}) {
  const hasFiles = Boolean(work.files?.length)
  return (
    <ul className={css.checks} aria-label="核对">
      {holds(work, collection)
        .filter(({ name }) => !faults[name])
        .map(({ name, sentence }) => (
          <li key={name}>
            <Mark tone="ok" className={css.said}>
              {sentence}
            </Mark>
          </li>
        ))}
      {Object.entries(faults).map(([name, sentence]) => (
        <li key={name}>
          <Mark tone="bad" className={css.said}>
            {sentence}
          </Mark>
        </li>
      ))}
      {!hasFiles && !faults.files && (
        <li>
          <Reminder>{work.url ? '没有文件，只有平台链接' : '没有文件，也没有链接'}</Reminder>
        </li>
      )}
      <li>
        {twins.length > 0 ? (
          <Reminder>与 {twins.map((twin) => twin.number ?? twin.title).join('、')} 同名</Reminder>
        ) : (
          <Mark tone="ok" className={css.said}>
            本项目里没有同名作品
          </Mark>
        )}
      </li>
      <li className="muted">
        <Icon name="lock" small /> 这里不改作品内容；有问题请退回报送单位
      </li>
    </ul>
  )
}
