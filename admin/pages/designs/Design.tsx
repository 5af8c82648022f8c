/** One design: its fields as a table, its definition as text, what publishing it would change, and the steps it may take. */
import { useState } from 'react'
import type { Definition } from '../../../server/forms/index.ts'
import type { Campaign } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Body, Button, Fault, LinkButton, Page, PageHead, Section, TextArea } from '../../parts/controls.tsx'
import css from './Designs.module.css'
import { type DesignCheck, type DesignFault, type FormDesign, textOf, useDesignSteps, wholeOf } from './designs.ts'
import { Checked, DesignState, Faults, Fields } from './parts.tsx'
import { Replacements } from './Replacements.tsx'

type DesignProps = {
  campaign: Campaign
  /** Null: one that is being written. */
  design: FormDesign | null
  /** The definition to begin with. */
  first: object
  /** Null: back to the list. */
  onOpen: (design: FormDesign | null) => void
}

export function Design({ campaign, design, first, onOpen }: DesignProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [checked, setChecked] = useState<DesignCheck | null>(null)
  const [asking, setAsking] = useState<'publication' | 'retirement' | null>(null)
  const steps = useDesignSteps((next) => {
    setTyped(null)
    onOpen(next)
  })
  const text = typed ?? textOf(design?.definition ?? first)
  const isDraft = design === null || design.state === 'draft'

  /** The draft as it is written here; undefined where it was refused. */
  const saved = async () =>
    design === null ? steps.create(campaign.id, text) : typed === null ? design : steps.save(design, text)

  async function check() {
    const draft = await saved()
    setChecked((draft && (await steps.check(draft))) ?? null)
  }
  async function publish() {
    const draft = await saved()
    const result = draft && (await steps.check(draft))
    setChecked(result ?? null)
    if (result) setAsking('publication')
  }
  const step = (words: string, run: () => Promise<unknown>, kind?: 'primary') => (
    <Button kind={kind} disabled={steps.busy} onClick={() => void run()}>
      {words}
    </Button>
  )
  return (
    <Page scrolls>
      <PageHead title={design?.label ?? '新的表单'} note={design?.name}>
        {design && <DesignState state={design.state} />}
        <Button onClick={() => onOpen(null)}>返回</Button>
        {isDraft && step('存为草稿', saved)}
        {isDraft && step('检查', check)}
        {isDraft && step('发布', publish, 'primary')}
        {design?.state === 'published' && step('停用', async () => setAsking('retirement'))}
        {design?.state === 'published' && step('另建草稿', () => steps.create(campaign.id, text))}
      </PageHead>
      {steps.fault && <Fault>{steps.fault.sentence}</Fault>}
      <Body className={css.page}>
        {checked && <Checked of={checked} definition={design && wholeOf(design.definition)} />}
        {isDraft && <Unfitting of={checked} text={text} onText={setTyped} />}
        {design && <Fields fields={wholeOf(design.definition)?.fields ?? []} />}
        <Written
          text={text}
          isDraft={isDraft}
          onText={setTyped}
          fault={steps.fault}
          onRemove={design?.state === 'draft' ? () => void steps.remove(design) : undefined}
        />
      </Body>
      {asking && design && (
        <Asking
          design={design}
          step={asking}
          checked={checked}
          onClose={() => setAsking(null)}
          onGo={() => {
            setAsking(null)
            setChecked(null)
            void steps.move(design, asking)
          }}
        />
      )}
    </Page>
  )
}

/** Values that the definition, as it is written here, has no room for. */
function Unfitting({ of, text, onText }: { of: DesignCheck | null; text: string; onText: (text: string) => void }) {
  const definition = definitionIn(text)
  if (!of?.conversions || !definition) return null
  const onDefinition = (next: Definition) => onText(textOf(next))
  return <Replacements conversions={of.conversions} definition={definition} onDefinition={onDefinition} />
}

/** The definition that a text is; undefined where it is none yet. */
function definitionIn(text: string): Definition | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type WrittenProps = {
  text: string
  isDraft: boolean
  onText: (text: string) => void
  fault: DesignFault | null
  onRemove: (() => void) | undefined
}

/** The definition itself. */
function Written({ text, isDraft, onText, fault, onRemove }: WrittenProps) {
  return (
    <Section
      title="定义"
      note={isDraft ? '改好以后存为草稿，发布后才生效' : '已经发布的不能改，请另建草稿'}
      aside={onRemove && <LinkButton onClick={onRemove}>删去草稿</LinkButton>}
      className={css.text}
    >
      <TextArea
        aria-label="定义"
        rows={26}
        spellCheck={false}
        readOnly={!isDraft}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      {fault && <Faults of={fault} />}
    </Section>
  )
}

type AskingProps = {
  design: FormDesign
  step: 'publication' | 'retirement'
  checked: DesignCheck | null
  onGo: () => void
  onClose: () => void
}

function Asking({ design, step, checked, onGo, onClose }: AskingProps) {
  const verb = step === 'publication' ? '发布' : '停用'
  return (
    <Ask title={`${verb}“${design.label}”？`} verb={verb} onClose={onClose} onGo={onGo}>
      {checked && step === 'publication' ? (
        <Checked of={checked} definition={wholeOf(design.definition)} />
      ) : (
        <p className="soft">停用以后，这个年度没有这张登记表的这一版；已填的内容留在库里。</p>
      )}
    </Ask>
  )
}
