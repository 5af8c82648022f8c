/**
 * 新建年度, the province's: the next campaign out of one there is. On the left each part with what it was and what it becomes,
 * on the right what a person has to say; nothing is made before it is asked for.
 */
import { useState } from 'react'
import { type HttpError, useNavigate, useNotify, useStore } from 'react-admin'
import { post } from '../../http.ts'
import { type Campaign, useCampaign, useMe, useRenewMe } from '../../me.ts'
import { Button, Fault, Field, Input, Lines, Notice, Page, PageHead, Segments, Select } from '../../parts/controls.tsx'
import { Changes } from './Changes.tsx'
import { type Choices, firstChoices, parts, useYearPreview, type YearPreview } from './choices.ts'
import css from './NewYear.module.css'
import { Questions } from './Questions.tsx'

export default function NewYear() {
  const me = useMe()
  const campaign = useCampaign()
  const [from, setFrom] = useState<number>()
  if (!me || !campaign) return <Page />
  if (me.role !== 'province') return <Notice>年度由活动的主办方建立。</Notice>
  const source = me.campaigns.find(({ id }) => id === from) ?? campaign
  return <Turning key={source.id} source={source} campaigns={me.campaigns} onSource={setFrom} />
}

type TurningProps = { source: Campaign; campaigns: readonly Campaign[]; onSource: (id: number) => void }

function Turning({ source, campaigns, onSource }: TurningProps) {
  const [choices, setChoices] = useState(() => firstChoices(source.year + 1))
  const { data, error, isFetching } = useYearPreview(source.id, choices)
  const { make, isMaking, fault } = useMaking(source.id)
  const open = data?.questions.filter(({ answer }) => answer === null).length ?? 0
  const change = (changes: Partial<Choices>) => setChoices({ ...choices, ...changes })
  return (
    <Page>
      <PageHead title={`新建 ${choices.year} 年度`}>
        <Button
          kind="primary"
          disabled={!data || open > 0 || isMaking || isFetching || error !== null}
          onClick={() => void make(choices)}
        >
          {open > 0 ? `还有 ${open} 处没有定` : '建立年度'}
        </Button>
      </PageHead>
      {fault && <Fault>{fault}</Fault>}
      {error && <Fault>{sentencesIn(error)}</Fault>}
      <div className={css.sides}>
        <div className={css.changes}>
          <Sources source={source} campaigns={campaigns} onSource={onSource} choices={choices} change={change} />
          {data && <Parts preview={data} source={source} choices={choices} change={change} />}
        </div>
        <aside className={css.questions} aria-label="要定的事">
          {data && <Questions preview={data} choices={choices} change={change} />}
        </aside>
      </div>
    </Page>
  )
}

const sentencesIn = ({ message, body }: HttpError) =>
  Object.values((body as { errors?: Record<string, string> } | null)?.errors ?? {}).join('') || message

/** Makes the year, and goes to it. */
function useMaking(from: number) {
  const [isMaking, setMaking] = useState(false)
  const [fault, setFault] = useState<string>()
  const [, choose] = useStore<number | null>('campaign', null)
  const renew = useRenewMe()
  const navigate = useNavigate()
  const notify = useNotify()
  async function make(choices: Choices) {
    setMaking(true)
    setFault(undefined)
    try {
      const made = (await post(`/campaigns/${from}/next_year`, choices)) as { campaign_id: number }
      await renew()
      choose(made.campaign_id)
      notify(`已建立 ${choices.year} 年度，正在筹备。看过以后在上面开启。`, { type: 'info' })
      navigate('/campaigns')
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
    } finally {
      setMaking(false)
    }
  }
  return { make, isMaking, fault }
}

type ChoosingProps = { choices: Choices; change: (changes: Partial<Choices>) => void }

/** Which year it comes from, and which one it is. */
function Sources({ source, campaigns, onSource, choices, change }: TurningProps & ChoosingProps) {
  return (
    <div className={css.sources}>
      <Field label="照哪个年度">
        <Select small value={source.id} onChange={({ target }) => onSource(Number(target.value))}>
          {campaigns.map(({ id, year, name }) => (
            <option key={id} value={id}>
              {year} 年度 {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="新的年度">
        <Input
          small
          type="number"
          value={choices.year}
          min={source.year + 1}
          max={2100}
          onChange={({ target }) => change({ year: Number(target.value) })}
        />
      </Field>
    </div>
  )
}

/** What becomes of each part; how days move and quotas are taken over is chosen at the head of theirs. */
function Parts({ preview, source, choices, change }: { preview: YearPreview; source: Campaign } & ChoosingProps) {
  const headOf = {
    quotas: (
      <>
        {choices.quotas === 'scaled' && (
          <Input
            small
            type="number"
            aria-label="比例，百分之"
            className={css.factor}
            value={Math.round(choices.factor * 100)}
            min={1}
            max={1000}
            end="%"
            onChange={({ target }) => change({ factor: Number(target.value) / 100 })}
          />
        )}
        <Segments
          label="任务怎么来"
          choices={[
            ['copied', '照抄'],
            ['scaled', '按比例'],
            ['none', '以后填'],
          ]}
          chosen={choices.quotas}
          onChoose={(quotas) => change({ quotas })}
        />
      </>
    ),
    stages: (
      <Segments
        label="日程怎么顺延"
        choices={[
          ['date', '照日期'],
          ['weekday', '照星期'],
        ]}
        chosen={choices.days}
        onChoose={(days) => change({ days })}
      />
    ),
  }
  return (
    <Lines sticky>
      <thead>
        <tr>
          <th className={css.tick}>带过来</th>
          <th aria-label="名称" />
          <th>{source.year}</th>
          <th>{choices.year}</th>
          <th>说明</th>
        </tr>
      </thead>
      {parts.map(([part, label]) => (
        <Changes
          key={part}
          label={label}
          head={headOf[part as keyof typeof headOf]}
          changes={preview.changes.filter((each) => each.part === part)}
          choices={choices}
          onChange={change}
        />
      ))}
    </Lines>
  )
}
