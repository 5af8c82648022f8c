/**
 * The designer of one register: its columns in a grid, its words above and its rules below them; beside it, live, the paper as
 * it will print, the grid as a clerk will see it, what publishing does, the definition itself and its versions.
 */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useNotify } from 'react-admin'
import { type Definition, type Form, isReservedColumn, proposedName } from '../../../server/forms/index.ts'
import { useForms } from '../../forms.ts'
import type { GridHandle, Status } from '../../grid/index.ts'
import type { Campaign, Me } from '../../me.ts'
import { Button, ButtonLink, LinkButton, Page, PageHead, Tabs } from '../../parts/controls.tsx'
import { ClerkGrid } from './ClerkGrid.tsx'
import { ColumnGrid } from './ColumnGrid.tsx'
import css from './Design.module.css'
import { type DesignCheck, type FormDesign, useDesignSteps, wholeOf } from './designs.ts'
import { Paper } from './Paper.tsx'
import { Publishing } from './Publishing.tsx'
import { Asking, Checked, DesignState } from './parts.tsx'
import { previewOf } from './preview.ts'
import { Replacements } from './Replacements.tsx'
import { Rules } from './Rules.tsx'
import { Notices, Stored, Tools } from './Standing.tsx'
import type { DesignHead } from './sheet/sheet.ts'
import { type OpenDraft, useDraft } from './useDraft.ts'
import { Versions } from './Versions.tsx'
import { Words } from './Words.tsx'
import { Written } from './Written.tsx'

type DesignProps = {
  me: Me
  campaign: Campaign
  /** Null: one that is being written. */
  design: FormDesign | null
  /** All versions there are, the last one first. */
  designs: readonly FormDesign[]
  /** The definition to begin with. */
  first: Definition
  /** Null: back to the list. */
  onOpen: (design: FormDesign | null) => void
  /** It has been stored for the first time: the same page goes on with it. */
  onMade: (design: FormDesign) => void
}

type Pane = 'paper' | 'clerk' | 'check' | 'written' | 'versions'
const panes = [
  { key: 'paper', label: '纸面' },
  { key: 'clerk', label: '录入时' },
  { key: 'check', label: '核对' },
  { key: 'written', label: '定义' },
  { key: 'versions', label: '版本' },
]

/** The form that is shown: the last that could be made, while a sheet contradicts itself. */
function usePreview({ sheet, definition, isReadable }: OpenDraft): Form | undefined {
  const forms = useForms()
  const last = useRef<Form | undefined>(undefined)
  return useMemo(() => {
    last.current = previewOf(sheet, isReadable ? definition : undefined, forms) ?? last.current
    return last.current
  }, [sheet, definition, isReadable, forms])
}

/** 核对, 发布, 停用: each stores what stands there first. */
function usePublishing({
  open,
  grid,
  onOpen,
}: { open: OpenDraft; grid: () => GridHandle | null } & Pick<DesignProps, 'onOpen'>) {
  const [checked, setChecked] = useState<DesignCheck | null>(null)
  const [asking, setAsking] = useState<'publication' | 'retirement' | null>(null)
  const steps = useDesignSteps(onOpen)
  const notify = useNotify()
  async function check(): Promise<DesignCheck | undefined> {
    await grid()?.flush()
    const stored = await open.store()
    if (!stored) notify('还有几处要改，改好才能核对。', { type: 'warning' })
    const found = stored && (await steps.check(stored))
    setChecked(found ?? null)
    return found
  }
  return {
    steps,
    checked,
    asking,
    setAsking,
    check,
    publish: async () => (await check()) && setAsking('publication'),
    forget: () => setChecked(null),
  }
}

export function Design(props: DesignProps) {
  const { me, campaign, design, designs, onOpen } = props
  const forms = useForms()
  const grid = useRef<GridHandle>(null)
  const [pane, setPane] = useState<Pane>('paper')
  const [active, setActive] = useState<string | null>(null)
  /** Why the cell one is on can't be changed. */
  const [reason, setReason] = useState<string | undefined>()
  const [status, setStatus] = useState<Status | null>(null)
  const open = useDraft(props)
  const { draft, sheet, faults, isOpen } = open
  const publishing = usePublishing({ open, grid: () => grid.current, onOpen })
  const { steps } = publishing
  const preview = usePreview(open)
  const name = design?.name ?? sheet.base?.name ?? sheet.head.name
  function setHead(head: Partial<DesignHead>) {
    draft.setHead({ ...head, ...(head.label !== undefined && following(sheet.head, head.label, Object.keys(forms))) })
  }
  function replace(definition: Definition) {
    open.replace(definition)
    grid.current?.reload()
  }
  // what was taken up from the browser is another sheet than the one the grid has read
  useEffect(() => {
    if (open.isTakenUp) grid.current?.reload()
  }, [open.isTakenUp])
  useStoreKey(async () => {
    await grid.current?.flush()
    await open.store()
  })

  return (
    <Page>
      <PageHead title={sheet.head.label || '新的登记表'} note={sheet.base ? '调整原有的登记表' : name}>
        {design && <DesignState state={design.state} />}
        {isOpen && <Stored open={open} onFault={() => grid.current?.nextProblem()} />}
        {name in forms && <ButtonLink to={`/form_designs?prints=${name}`}>一人一表</ButtonLink>}
        <Button onClick={() => onOpen(null)}>返回</Button>
        {isOpen && (
          <Button
            disabled={steps.busy}
            onClick={() => {
              setPane('check')
              void publishing.check()
            }}
          >
            核对
          </Button>
        )}
        {isOpen && (
          <Button kind="primary" disabled={steps.busy || faults.count > 0} onClick={() => void publishing.publish()}>
            发布
          </Button>
        )}
        {design?.state === 'published' && (
          <Button disabled={steps.busy} onClick={() => publishing.setAsking('retirement')}>
            停用
          </Button>
        )}
        {design?.state === 'published' && (
          <Button
            kind="primary"
            disabled={steps.busy}
            onClick={() => void steps.create(campaign.id, JSON.stringify(design.definition))}
          >
            改一版
          </Button>
        )}
      </PageHead>
      <p className={css.purpose}>
        {isOpen
          ? '这里定一张登记表有哪些栏目。改动自动存为草稿，发布以后各单位的页面、导入、空表和纸面才一起换。'
          : '发布过的一版不再改。要改，点“改一版”另起草稿，发布时换下这一版。'}
      </p>
      <Notices open={open} steps={steps} grid={() => grid.current} />
      {design?.state === 'draft' && steps.busy && <Publishing designId={design.id} />}
      <div className={css.page}>
        <div className={css.left}>
          <Words
            sheet={sheet}
            faults={open.isUntouched ? {} : faults.head}
            isOpen={isOpen}
            isPublished={design !== null}
            onHead={setHead}
          />
          <Tools
            reason={reason}
            grid={() => grid.current}
            status={status}
            open={open}
            shown={preview?.fields.length ?? 0}
          />
          <div className={css.columns}>
            <ColumnGrid
              {...{ draft, faults, isOpen, grid }}
              adjusts={sheet.base !== undefined}
              onActive={(column, why) => {
                setActive(column)
                setReason(why)
              }}
              onStatus={setStatus}
            />
          </div>
          <div className={css.rules}>
            <Rules
              rules={sheet.rules}
              fixed={sheet.base?.rules ?? []}
              fields={preview?.fields ?? []}
              faults={faults.rules}
              isOpen={isOpen}
              onRules={draft.setRules}
            />
          </div>
        </div>
        <div className={css.right}>
          <Tabs label="旁边看什么" tabs={panes} chosen={pane} onChoose={(key) => setPane(key as Pane)} />
          <div className={css.pane}>
            {pane === 'paper' && preview && <Paper form={preview} year={campaign.year} marked={active} />}
            {pane === 'clerk' && preview && (
              <div className={css.clerk}>
                <ClerkGrid
                  key={preview.fields.map((field) => field.name).join()}
                  form={preview}
                  me={me}
                  campaign={campaign}
                />
              </div>
            )}
            {!preview && (pane === 'paper' || pane === 'clerk') && (
              <p className="soft">左边写下第一栏，这里就有样子了。</p>
            )}
            {pane === 'check' &&
              (publishing.checked ? (
                <Checked of={publishing.checked} form={name} definition={wholeOf(open.definition)} />
              ) : (
                <p className="soft">点“核对”，看发布以后变什么、已有的行有哪些不合新的写法。</p>
              ))}
            {pane === 'check' && isOpen && publishing.checked?.conversions && (
              <Replacements
                conversions={publishing.checked.conversions}
                definition={open.definition}
                onDefinition={replace}
              />
            )}
            {pane === 'written' && <Written definition={open.definition} isOpen={isOpen} onDefinition={replace} />}
            {pane === 'versions' && (
              <Versions of={designs.filter((each) => each.name === name)} open={design?.id} today={campaign.today} />
            )}
            {design?.state === 'draft' && pane === 'versions' && (
              <LinkButton onClick={() => void steps.remove(design)}>删去这份草稿</LinkButton>
            )}
          </div>
        </div>
      </div>
      {publishing.asking && design && (
        <Asking
          design={design}
          step={publishing.asking}
          checked={publishing.checked}
          onClose={() => publishing.setAsking(null)}
          onGo={async () => {
            const step = publishing.asking ?? 'publication'
            publishing.setAsking(null)
            const stored = step === 'publication' ? await open.store() : design
            if (stored) void steps.move(stored, step)
          }}
        />
      )}
    </Page>
  )
}

/** What follows a register's name as long as nobody has written it: its title on paper, its data name. */
function following(head: DesignHead, label: string, taken: readonly string[]): Partial<DesignHead> {
  const named = (of: string) => proposedName(of, (name) => isReservedColumn(name) || taken.includes(name))
  const titled = (of: string) => (of === '' ? '' : `${of}登记表`)
  return {
    ...(head.title === titled(head.label) && { title: titled(label) }),
    ...((head.name === '' || head.name === named(head.label)) && { name: label === '' ? '' : named(label) }),
  }
}

/** Ctrl+S stores at once, wherever one stands on the page. */
function useStoreKey(store: () => Promise<void>) {
  const latest = useRef(store)
  latest.current = store
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      void latest.current()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [])
}
