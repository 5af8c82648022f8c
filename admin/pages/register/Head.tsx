/** The head of a grid page: title and annex, tabs with counts, what is saved, import, export, the one red button. */
import { type RefObject, useRef, useState } from 'react'
import { useNavigate } from 'react-admin'
import { annexOf, collectionField } from '../../../server/forms/index.ts'
import type { Setting } from '../../columns.tsx'
import { collectionIn } from '../../entries.ts'
import { useForms } from '../../forms.ts'
import type { GridHandle, Row, Status } from '../../grid/index.ts'
import { familyOf } from '../../layout/places.ts'
import { rightsOf } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { classes } from '../../parts/classes.ts'
import { Button, Tabs } from '../../parts/controls.tsx'
import { accepted, useUpload } from '../../parts/Drop.tsx'
import { Icon } from '../../parts/icons.tsx'
import { download } from '../../parts/links.ts'
import { MenuButton, MenuItem } from '../../parts/MenuButton.tsx'
import { useCount } from '../../parts/queries.ts'
import { Toned } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { type Does, mayMove } from './acting.ts'
import type { FilterEntries } from './address.ts'
import css from './Head.module.css'
import { Prints } from './Prints.tsx'
import { pickStates, type StateTab, statesIn, tabOf, tabsFor, unitIn } from './view.ts'
import { WideHead } from './WideHead.tsx'

type HeadProps = {
  setting: Setting
  reviews: boolean
  filter: FilterEntries
  setFilter: (filter: FilterEntries) => void
  status: Status | null
  /** The list's filter as the server takes it, for exports. */
  asked: Record<string, unknown>
  chosen: number[]
  chosenRows: Row[]
  grid: RefObject<GridHandle | null>
  move: Does['move']
}

export function Head(props: HeadProps) {
  const { setting, reviews, status } = props
  const { form, rights } = setting
  const isRegister = form.scope === 'unit'
  const mayImport = rights.import && !setting.closed && (!reviews || statesIn(props.filter).length === 0)
  return (
    <WideHead>
      <h1>
        {reviews && '审核'}
        {form.label}
      </h1>
      {form.annex && <span className="muted">{annexOf(form)}</span>}
      {isRegister ? <StateTabs {...props} /> : <FamilyTabs {...props} />}
      <span className="fill" />
      <Saved status={status} />
      {mayImport && <Import {...props} />}
      {rights.export && <Export {...props} />}
      {rights.export && isRegister && <Prints {...props} total={status?.total ?? 0} takesFilled={mayImport} />}
      {isRegister && setting.me.role === 'clerk' && rights.create && <Submit {...props} />}
    </WideHead>
  )
}

/** How many rows each tab would show: whatever else narrows the list stays when another tab is chosen. */
function useTabCounts({ setting, filter, asked }: HeadProps, tabs: StateTab[]): (number | undefined)[] {
  const unit = unitIn(filter)
  const { status: _, status_not: __, ...others } = asked
  const base = { ...others, ...(unit && { unit_id: unit }) }
  const filterOf = (tab: StateTab | undefined) =>
    tab && tab.states.length > 0 ? { ...base, status: tab.states } : base
  // A fixed number of tabs, so that the hooks stay in order.
  const counts = [
    useCount(setting.form.name, filterOf(tabs[0])),
    useCount(setting.form.name, filterOf(tabs[1])),
    useCount(setting.form.name, filterOf(tabs[2])),
    useCount(setting.form.name, filterOf(tabs[3])),
    useCount(setting.form.name, filterOf(tabs[4])),
  ]
  return counts.map(({ data }) => data)
}

function StateTabs(props: HeadProps) {
  const { setting, reviews, filter, setFilter } = props
  const tabs = tabsFor(reviews, setting.form.flow === 'work', setting.me.role === 'clerk')
  const counts = useTabCounts(props, tabs)
  return (
    <Tabs
      label="按状态看"
      chosen={tabOf(tabs, statesIn(filter))?.key ?? null}
      tabs={tabs.map(({ key, label }, at) => ({ key, label, count: counts[at] ?? null }))}
      onChoose={(key) => {
        const tab = tabs.find((each) => each.key === key)
        const { status: _, ...rest } = filter
        setFilter(tab && tab.states.length > 0 ? { ...rest, status: pickStates(tab.states) } : rest)
      }}
    />
  )
}

/** Forms that share one menu item: 征集活动 and 全国活动, 进度安排 and 年度活动 and 填报单位. */
function FamilyTabs({ setting }: HeadProps) {
  const navigate = useNavigate()
  const forms = useForms()
  const family = familyOf(setting.form.name).filter((name) => name in forms && rightsOf(setting.me, name).read)
  if (family.length < 2) return null
  return (
    <Tabs
      label="一起设置的几张表"
      chosen={setting.form.name}
      tabs={family.map((name) => ({ key: name, label: forms[name]?.label ?? name }))}
      onChoose={(name) => navigate(`/${name}`)}
    />
  )
}

const timeOf = (at: number) => new Date(at).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })

function Saved({ status }: { status: Status | null }) {
  if (!status) return null
  const { saving, savedAt, faulty, conflicts } = status
  if (saving) return <span className={classes(css.saved, 'muted')}>正在保存</span>
  if (savedAt === null) return null
  const stuck = faulty + conflicts > 0
  return (
    <span className={css.saved} role="status">
      <Toned tone="ok">
        <Icon name="cloud" small />
        {stuck ? '其余已保存' : '已保存'} {timeOf(savedAt)}
      </Toned>
    </span>
  )
}

function Import({ setting }: HeadProps) {
  const upload = useUpload()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon="imports" disabled={upload.file !== null} onClick={() => input.current?.click()}>
        {upload.file ? (upload.share < 1 ? `上传 ${Math.floor(upload.share * 100)}%` : '正在核对') : '导入'}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accepted}
        hidden
        aria-label={`导入${setting.form.label}`}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) upload.send(setting.form.name, file)
          event.target.value = ''
        }}
      />
      {upload.fault && (
        <Ask title="这个文件没有读出来" verb="换一个文件" onGo={() => input.current?.click()} onClose={upload.forget}>
          <p className="soft">{upload.fault}</p>
          <p className="muted">可以先下载空表，把内容贴进去再传。</p>
        </Ask>
      )}
    </>
  )
}

function Export({ setting, filter, asked, chosen, status }: HeadProps) {
  const { form, campaign } = setting
  const total = status?.total ?? 0
  const one = collectionIn(setting, filter)
  const annex = form.annex === 1 || form.annex === 2
  const way = (words: string, path: string, query: Record<string, unknown> = {}) => (
    <MenuItem onChoose={() => download(path, query)}>{words}</MenuItem>
  )
  return (
    <MenuButton
      button={(opener) => (
        <Button icon="download" {...opener}>
          导出
        </Button>
      )}
    >
      {way(`导出现在看到的 ${count(total)} 行`, `/${form.name}/export.xlsx`, { filter: asked })}
      {chosen.length > 0 &&
        way(`导出选中的 ${count(chosen.length)} 行`, `/${form.name}/export.xlsx`, {
          filter: { campaign_id: campaign.id, id: chosen },
        })}
      {annex && way(`下载附件${form.annex}`, `/annexes/${form.annex}.xlsx`, { campaign_id: campaign.id })}
      {form.annex && way('下载空表', `/${form.name}/template.xlsx`)}
      {one &&
        way(`下载空表（${one.title}）`, `/${form.name}/template.xlsx`, {
          filter: { campaign_id: campaign.id, [collectionField(form) ?? '']: one.id },
        })}
    </MenuButton>
  )
}

/** Ticked rows that can be submitted, else all drafts. What follows is said before it is done. */
function Submit({ setting, filter, chosenRows, grid, move }: HeadProps) {
  const { form, me, rights, campaign } = setting
  const [asking, setAsking] = useState(false)
  const action = rights.actions.find((each) => each.action === 'submission')
  const drafts = { campaign_id: campaign.id, unit_id: me.unit_id, status: 'draft' }
  const { data: waiting = 0 } = useCount(form.name, drafts)
  if (!action) return null
  const ticked = chosenRows.filter((row) => mayMove(me, action, row)).map((row) => Number(row.id))
  const rows = ticked.length || waiting
  const nothing = statesIn(filter).length === 0 ? '没有草稿可以提交' : '这里没有可以提交的行'
  return (
    <>
      <Button
        kind="primary"
        disabled={rows === 0 || setting.closed}
        title={setting.closed ? '已经截止' : rows === 0 ? nothing : undefined}
        onClick={() => setAsking(true)}
      >
        提交{rows > 0 && ` ${count(rows)} 行`}
      </Button>
      {asking && (
        <Ask
          title={`提交 ${count(rows)} 行？`}
          verb={`提交 ${count(rows)} 行`}
          onClose={() => setAsking(false)}
          onGo={async () => {
            setAsking(false)
            await grid.current?.flush()
            await move(
              'submission',
              ticked.length > 0 ? { ids: ticked } : { filter: drafts, except: [], count: waiting },
            )
          }}
        >
          <p className="soft">
            {ticked.length > 0 ? '提交选中的行。' : '提交本单位的全部草稿。'}提交后不能改，审核前可以撤回。
          </p>
        </Ask>
      )}
    </>
  )
}
