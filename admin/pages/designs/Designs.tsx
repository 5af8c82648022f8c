/** 表单设计, the province's: which registers the campaign has of its own or adjusted, in which version, by whom. */
import { useEffect, useMemo, useState } from 'react'
import { LinkBase as Link } from 'react-admin'
import { type Definition, registersOf } from '../../../server/forms/index.ts'
import { builtInForm, useForms } from '../../forms.ts'
import { type Campaign, type Me, useCampaign, useMe } from '../../me.ts'
import { Body, Button, Fault, Lines, Notice, Page, PageHead, Section } from '../../parts/controls.tsx'
import { when } from '../../parts/words.ts'
import { PrintTemplates } from '../prints/PrintTemplates.tsx'
import { useAddress } from '../tables/address.ts'
import { Design } from './Design.tsx'
import css from './Designs.module.css'
import { type FormDesign, useDesigns } from './designs.ts'
import { FromFile } from './FromFile.tsx'
import { DesignState } from './parts.tsx'

export default function Designs() {
  const me = useMe()
  const campaign = useCampaign()
  if (!me || !campaign) return <Page />
  if (me.role !== 'province') return <Notice>表单由活动的主办方设计。需要改栏目，请与主办方联系。</Notice>
  return <Opened key={campaign.id} me={me} campaign={campaign} />
}

/** The one-page forms of a register where the address names it, else the designs. */
function Opened(props: { me: Me; campaign: Campaign }) {
  const [address, change] = useAddress()
  const printed = registersOf(useForms()).find(({ name }) => name === address.prints)
  if (!printed) return <Listed {...props} />
  const leave = () => change({ prints: '', template: '' })
  return <PrintTemplates key={printed.name} campaign={props.campaign} form={printed} onLeave={leave} />
}

/** A register of which nothing is written yet. */
const blank: Definition = {
  ...{ name: '', label: '', title: '', annex: null, measure: '条', scope: 'unit', names: '' },
  ...{ fields: [], keys: [], rules: [] },
}

function Listed({ me, campaign }: { me: Me; campaign: Campaign }) {
  const { data, error, refetch } = useDesigns(campaign.id)
  const [address, change] = useAddress()
  /** One that was begun on this page: it goes on in the same designer once it has an id. */
  const [made, setMade] = useState<number | null>(null)
  const { adjusts } = address
  const open = data?.find(({ id }) => String(id) === address.open)
  const isUnknown = data !== undefined && !open && !['new', 'file', undefined].includes(address.open)
  // it may have been made elsewhere a moment ago
  useEffect(() => {
    if (isUnknown) void refetch()
  }, [isUnknown, refetch])
  const first = useMemo<Definition>(() => (adjusts ? { extends: adjusts } : blank), [adjusts])
  const isNew = address.open === 'new' || (made !== null && String(made) === address.open)
  if (address.open === 'file')
    return (
      <FromFile
        campaign={campaign}
        onOpen={(design) => change({ open: design ? String(design.id) : '', adjusts: '' })}
      />
    )
  if (data && (open || isNew))
    return (
      <Design
        key={isNew ? 'new' : open?.id}
        me={me}
        campaign={campaign}
        design={open ?? null}
        designs={data}
        first={first}
        onMade={({ id }) => {
          setMade(id)
          change({ open: String(id), adjusts: '' })
        }}
        onOpen={(design) => {
          setMade(null)
          change({ open: design ? String(design.id) : '', adjusts: '' })
        }}
      />
    )
  return (
    <Page scrolls>
      <PageHead title="表单设计">
        <Button onClick={() => change({ open: 'file' })}>从附件来</Button>
        <Button kind="primary" icon="plus" onClick={() => change({ open: 'new' })}>
          新建
        </Button>
      </PageHead>
      {error && <Fault>{error.message}</Fault>}
      <Body className={css.page}>
        {data && <Versions designs={data} today={campaign.today} />}
        <Adjustable
          onAdjust={(name) => {
            // one draft at a time for a register
            const draft = data?.find((design) => design.name === name && design.state === 'draft')
            change(draft ? { open: String(draft.id) } : { open: 'new', adjusts: name })
          }}
        />
        <OnePage onOpen={(name) => change({ prints: name })} />
      </Body>
    </Page>
  )
}

function Versions({ designs, today }: { designs: readonly FormDesign[]; today: string }) {
  if (designs.length === 0) return <p className="soft">这个年度的登记表都和原来的一样。</p>
  return (
    <Lines>
      <thead>
        <tr>
          <th>登记</th>
          <th>数据名</th>
          <th>状态</th>
          <th className="number">版本</th>
          <th>改动人</th>
          <th>时间</th>
        </tr>
      </thead>
      <tbody>
        {designs.map(({ id, label, name, state, version, updated_by_label, updated_at }) => (
          <tr key={id}>
            <td>
              <Link to={`/form_designs?open=${id}`}>{label}</Link>
            </td>
            <td>
              <code>{name}</code>
            </td>
            <td>
              <DesignState state={state} />
            </td>
            <td className="number">{version}</td>
            <td>{updated_by_label}</td>
            <td className="muted">{when(updated_at, today)}</td>
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}

/** Built-in registers, as they are in force: each may be adjusted. */
function Adjustable({ onAdjust }: { onAdjust: (name: string) => void }) {
  const builtIn = registersOf(useForms()).filter(({ name }) => builtInForm(name))
  return (
    <Section title="调整原有的登记表" note="标题、栏目名称、次序、必填、可选项；隐去栏目，或加栏目">
      <div className={css.tools}>
        {builtIn.map(({ name, label }) => (
          <Button key={name} onClick={() => onAdjust(name)}>
            {label}
          </Button>
        ))}
      </div>
    </Section>
  )
}

/** Registers in force, each with its one-page forms. */
function OnePage({ onOpen }: { onOpen: (name: string) => void }) {
  return (
    <Section title="一人一表" note="推荐表、审批表这样一人一份的表：登记表里的行打印成它，填好的读回登记表">
      <div className={css.tools}>
        {registersOf(useForms()).map(({ name, label }) => (
          <Button key={name} onClick={() => onOpen(name)}>
            {label}
          </Button>
        ))}
      </div>
    </Section>
  )
}
