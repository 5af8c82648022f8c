/** 表单设计, the province's: which registers the campaign has of its own or adjusted, in which version, by whom. */
import { LinkBase as Link } from 'react-admin'
import { registersOf } from '../../../server/forms/index.ts'
import { builtInForm, useForms } from '../../forms.ts'
import { type Campaign, useCampaign, useMe } from '../../me.ts'
import { Body, Button, Fault, Lines, Notice, Page, PageHead, Section } from '../../parts/controls.tsx'
import { when } from '../../parts/words.ts'
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
  return <Listed key={campaign.id} campaign={campaign} />
}

/** A register as simple as can be, to be written over. */
const example = {
  name: 'new_register',
  label: '新的登记',
  title: '新的登记表',
  annex: null,
  measure: '条',
  scope: 'unit',
  names: 'name',
  fields: [
    { name: 'name', label: '名称', type: 'text', required: true, max: 50 },
    { name: 'held_on', label: '日期', type: 'date' },
  ],
  keys: [['name']],
  rules: [],
}

function Listed({ campaign }: { campaign: Campaign }) {
  const { data, error } = useDesigns(campaign.id)
  const [address, change] = useAddress()
  const open = data?.find(({ id }) => String(id) === address.open)
  const adjusts = address.adjusts
  if (address.open === 'file')
    return (
      <FromFile
        campaign={campaign}
        onOpen={(design) => change({ open: design ? String(design.id) : '', adjusts: '' })}
      />
    )
  if (open || address.open === 'new') {
    const first = adjusts ? { extends: adjusts } : example
    return (
      <Design
        campaign={campaign}
        design={open ?? null}
        first={first}
        onOpen={(design) => change({ open: design ? String(design.id) : '', adjusts: '' })}
      />
    )
  }
  return (
    <Page scrolls>
      <PageHead title="表单设计" note="这个年度自己的登记表，和对原有登记表的调整">
        <Button onClick={() => change({ open: 'file' })}>从附件来</Button>
        <Button kind="primary" icon="plus" onClick={() => change({ open: 'new' })}>
          新建
        </Button>
      </PageHead>
      {error && <Fault>{error.message}</Fault>}
      <Body className={css.page}>
        {data && <Versions designs={data} today={campaign.today} />}
        <Adjustable onAdjust={(name) => change({ open: 'new', adjusts: name })} />
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
