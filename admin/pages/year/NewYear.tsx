/**
 * 新建年度, the province's: the next campaign out of one there is. On the left each part with what it was and what it becomes,
 * on the right what a person has to say; nothing is made before it is asked for.
 */
import { type RefObject, useRef, useState } from 'react'
import { type HttpError, LinkBase as Link, useNavigate, useNotify, useStore } from 'react-admin'
import { type Campaign, useCampaign, useMe, useRenewMe } from '../../me.ts'
import { Button, Fault, Field, Input, Lines, Notice, Page, PageHead, Segments, Select } from '../../parts/controls.tsx'
import { Changes } from './Changes.tsx'
import {
  type Choices,
  firstChoices,
  keyOf,
  makeYear,
  parts,
  readAnnexFile,
  readPackageFile,
  useYearPreview,
  type YearPreview,
  type YearSource,
} from './choices.ts'
import css from './NewYear.module.css'
import { Questions } from './Questions.tsx'

export default function NewYear() {
  const me = useMe()
  const campaign = useCampaign()
  const [chosen, choose] = useState<YearSource>()
  if (!me) return <Page />
  if (me.role !== 'province') return <Notice>年度由活动的主办方建立。</Notice>
  const source = chosen ?? (campaign && sourceOf(campaign))
  if (!source) return <Page />
  return <Turning key={keyOf(source)} source={source} campaigns={me.campaigns} onSource={choose} />
}

const sourceOf = ({ id, year }: Campaign): YearSource => ({ id, year, first_year: year + 1 })

type TurningProps = { source: YearSource; campaigns: readonly Campaign[]; onSource: (source: YearSource) => void }

function Turning({ source, campaigns, onSource }: TurningProps) {
  const [choices, setChoices] = useState(() => firstChoices(source.first_year))
  const { data, error, isFetching } = useYearPreview(source, choices)
  const { make, isMaking, fault, setFault } = useMaking(source)
  const open = data?.questions.filter(({ answer }) => answer === null).length ?? 0
  const change = (changes: Partial<Choices>) => setChoices({ ...choices, ...changes })
  /** What a file of a person's holds, or why it can't be used. */
  async function use<T>(reading: Promise<T>, then: (read: T) => void) {
    setFault(undefined)
    try {
      then(await reading)
    } catch (failed) {
      setFault(sentencesIn(failed as HttpError))
    }
  }
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
          <Sources
            source={source}
            campaigns={campaigns}
            onCampaign={(campaign) => onSource(sourceOf(campaign))}
            onFile={(file) => void use(readPackageFile(file), onSource)}
            choices={choices}
            change={change}
          />
          {data && (
            <Parts
              preview={data}
              source={source}
              choices={choices}
              change={change}
              onAnnex={(files) => void use(readAnnexFile(files), (annex) => change({ quotas: 'annex', annex }))}
            />
          )}
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
function useMaking(source: YearSource) {
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
      const made = await makeYear(source, choices)
      await renew()
      choose(made)
      notify(`已建立 ${choices.year} 年度，正在筹备。看过以后在上面开启。`, { type: 'info' })
      navigate('/campaigns')
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
    } finally {
      setMaking(false)
    }
  }
  return { make, isMaking, fault, setFault }
}

type ChoosingProps = { choices: Choices; change: (changes: Partial<Choices>) => void }

type SourcesProps = ChoosingProps & {
  source: YearSource
  campaigns: readonly Campaign[]
  onCampaign: (campaign: Campaign) => void
  onFile: (file: File) => void
}

/** What it is made from: a year, a package, or a notice, which has its own page; and which year it is. */
function Sources({ source, campaigns, onCampaign, onFile, choices, change }: SourcesProps) {
  const picker = useRef<HTMLInputElement>(null)
  function choose(value: string) {
    const campaign = campaigns.find(({ id }) => String(id) === value)
    if (campaign) onCampaign(campaign)
    else picker.current?.click()
  }
  return (
    <div className={css.sources}>
      <Field label="照哪个年度">
        <Select small value={keyOf(source)} onChange={({ target }) => choose(target.value)}>
          {campaigns.map(({ id, year, name }) => (
            <option key={id} value={id}>
              {year} 年度 {name}
            </option>
          ))}
          {'file' in source && <option value={source.file}>活动包 {source.file}</option>}
          <option value="">活动包文件（.json）…</option>
        </Select>
      </Field>
      <Field label="新的年度">
        <Input
          small
          type="number"
          value={choices.year}
          min={source.first_year}
          max={2100}
          onChange={({ target }) => change({ year: Number(target.value) })}
        />
      </Field>
      <FilePicker picker={picker} label="活动包文件" accept=".json" onFiles={([file]) => file && onFile(file)} />
      <p className={css.notice}>
        有了新通知？<Link to="/from_notice">从通知来</Link>，任务、日程和征集活动照通知读。
      </p>
    </div>
  )
}

type FilePickerProps = {
  picker: RefObject<HTMLInputElement | null>
  label: string
  accept: string
  onFiles: (files: readonly File[]) => void
}

/** What asks for a file when something else is pressed; the same file may be chosen again. */
const FilePicker = ({ picker, label, accept, onFiles }: FilePickerProps) => (
  <input
    ref={picker}
    type="file"
    hidden
    aria-label={label}
    accept={accept}
    onChange={({ target }) => {
      onFiles([...(target.files ?? [])])
      target.value = ''
    }}
  />
)

type QuotasHeadProps = ChoosingProps & { onAnnex: (files: readonly File[]) => void }

/** Where quotas come from: last year's, in proportion, the year's own annex, or later. */
function QuotasHead({ choices, change, onAnnex }: QuotasHeadProps) {
  const annex = useRef<HTMLInputElement>(null)
  return (
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
          ['annex', '从附件1…'],
          ['none', '以后填'],
        ]}
        chosen={choices.quotas}
        onChoose={(quotas) => (quotas === 'annex' ? annex.current?.click() : change({ quotas }))}
      />
      <FilePicker
        picker={annex}
        label="附件1"
        accept=".xlsx,.xls,.docx"
        onFiles={(files) => files.length > 0 && onAnnex(files)}
      />
    </>
  )
}

type PartsProps = QuotasHeadProps & { preview: YearPreview; source: YearSource }

/** What becomes of each part; how days move and quotas are taken over is chosen at the head of theirs. */
function Parts({ preview, source, choices, change, onAnnex }: PartsProps) {
  const headOf = {
    quotas: <QuotasHead choices={choices} change={change} onAnnex={onAnnex} />,
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
          <th>项目</th>
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
