/** What nobody but a person can say of the next year: the questions, who joins, whose rows are offered again. */
import { Checkbox, LinkButton, Select } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'
import { type Choices, toggled, type YearPreview } from './choices.ts'
import css from './NewYear.module.css'

type QuestionsProps = { preview: YearPreview; choices: Choices; change: (changes: Partial<Choices>) => void }

export function Questions(props: QuestionsProps) {
  const { questions } = props.preview
  const open = questions.filter(({ answer }) => answer === null).length
  return (
    <>
      <h2>
        {open > 0 ? `${open} 处要定` : '都定了'} <span className="muted">{open > 0 && '定了才能建立'}</span>
      </h2>
      {questions.map((question) => (
        <Question key={question.id} question={question} {...props} />
      ))}
      <Carried {...props} />
      <Units about="有单位退出吗" label="退出的单位" list="leaving" from={props.preview.units} {...props} />
      <Units about="有单位加入吗" label="加入的单位" list="joining" from={props.preview.others} {...props} />
      <h3>建立以后</h3>
      <ul className="soft">
        <li>新年度在筹备中，只有主办方看得见；可以接着改任务、日程、单位、表单和征集活动。</li>
        <li>开启以后，参加单位打开系统先看到新年度；旧年度照样能看，归档以后不能再改。</li>
      </ul>
    </>
  )
}

/** More answers than these are a list. */
const MAX_RADIOS = 5

function Question({ question, choices, change }: QuestionsProps & { question: YearPreview['questions'][number] }) {
  const { id, about, says, options, answer } = question
  const say = (value: string) => change({ answers: { ...choices.answers, [id]: value } })
  return (
    <fieldset className={css.question} data-open={answer === null ? '' : undefined}>
      <legend>{about}</legend>
      <p className="soft">{says}</p>
      {options.length > MAX_RADIOS && (
        <Select small value={answer ?? ''} aria-label={about} onChange={({ target }) => say(target.value)}>
          <option value="" disabled>
            选一个…
          </option>
          {options.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      )}
      {(options.length > MAX_RADIOS ? [] : options).map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name={id} checked={answer === value} onChange={() => say(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  )
}

/** Registers whose rows can be of use again: offered to their units to be confirmed, never taken over unseen. */
function Carried({ preview, choices, change }: QuestionsProps) {
  if (preview.carriable.length === 0) return null
  return (
    <fieldset className={css.question}>
      <legend>去年的名单带过来吗</legend>
      <p className="soft">带过来的是“待确认”：各单位核对后确认、改或不带，没有确认的不算；当年的日期由各单位重填。</p>
      {preview.carriable.map(({ form, label, measure, rows }) => (
        <Checkbox
          key={form}
          checked={choices.carried.includes(form)}
          onChange={() => change(toggled(choices, 'carried', form))}
        >
          {label}，通过的 {count(rows)} {measure}
        </Checkbox>
      ))}
    </fieldset>
  )
}

type ListedProps = {
  about: string
  label: string
  list: 'joining' | 'leaving'
  from: readonly string[]
  choices: Choices
  change: (changes: Partial<Choices>) => void
}

/** Units that come or go, one chosen after the other. */
function Units({ about, label, list, from, choices, change }: ListedProps) {
  if (from.length === 0) return null
  return (
    <fieldset className={css.question}>
      <legend>{about}</legend>
      {choices[list].map((unit) => (
        <p key={unit}>
          {unit} <LinkButton onClick={() => change(toggled(choices, list, unit))}>去掉</LinkButton>
        </p>
      ))}
      <Select
        small
        value=""
        aria-label={label}
        onChange={({ target }) => target.value && change(toggled(choices, list, target.value))}
      >
        <option value="">选一个单位…</option>
        {from
          .filter((unit) => !choices[list].includes(unit))
          .map((unit) => (
            <option key={unit}>{unit}</option>
          ))}
      </Select>
    </fieldset>
  )
}
