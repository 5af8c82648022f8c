/** 打印登记表: rows of the register printed into its one-page forms, and filled ones taken in. */
import { useRef, useState } from 'react'
import { useNavigate } from 'react-admin'
import type { Setting } from '../../columns.tsx'
import { Ask } from '../../parts/Ask.tsx'
import { Button } from '../../parts/controls.tsx'
import { MenuButton, MenuItem } from '../../parts/MenuButton.tsx'
import {
  emptyPaper,
  type FormRead,
  type PrintTemplate,
  print,
  sendFilled,
  usePrintTemplates,
} from '../../parts/prints.ts'
import { count } from '../../parts/words.ts'

type PrintsProps = {
  setting: Setting
  /** The list's filter as the server takes it. */
  asked: Record<string, unknown>
  chosen: readonly number[]
  total: number
  /** Whether filled forms may be sent in here. */
  takesFilled: boolean
}

export function Prints({ setting: { form, campaign }, asked, chosen, total, takesFilled }: PrintsProps) {
  const { data: templates = [] } = usePrintTemplates(campaign.id, form.name)
  const filling = useFilled()
  if (templates.length === 0) return null
  const rows = chosen.length > 0 ? `选中的 ${count(chosen.length)} 行` : `现在看到的 ${count(total)} 行`
  const filter = chosen.length > 0 ? { campaign_id: campaign.id, id: chosen } : asked
  const nameOf = ({ name }: PrintTemplate) => (templates.length > 1 ? `${name}：` : '')
  const nothing = chosen.length === 0 && total === 0
  return (
    <>
      <MenuButton
        button={(opener) => (
          <Button icon="sheet" {...opener} disabled={filling.isSending}>
            {filling.isSending ? '正在读入' : '打印登记表'}
          </Button>
        )}
      >
        {templates.flatMap((template) => [
          <MenuItem key={`${template.id} zip`} disabled={nothing} onChoose={() => print(template, 'zip', filter)}>
            {nameOf(template)}打印{rows}，每行一份
          </MenuItem>,
          <MenuItem key={`${template.id} one`} disabled={nothing} onChoose={() => print(template, 'one', filter)}>
            {nameOf(template)}打印{rows}，合成一份
          </MenuItem>,
          <MenuItem key={`${template.id} empty`} onChoose={() => emptyPaper(template)}>
            {nameOf(template)}下载空表
          </MenuItem>,
          takesFilled && (
            <MenuItem key={`${template.id} rows`} onChoose={() => filling.choose(template)}>
              {nameOf(template)}读入填好的表
            </MenuItem>
          ),
        ])}
      </MenuButton>
      {filling.parts}
    </>
  )
}

/** Filled forms chosen, sent, and what of them was not read told before the check is shown. */
function useFilled() {
  const input = useRef<HTMLInputElement>(null)
  const template = useRef<PrintTemplate | null>(null)
  const [isSending, setSending] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const [read, setRead] = useState<{ id: number; files: FormRead[] } | null>(null)
  const navigate = useNavigate()
  const lead = (id: number) => navigate(`/imports/${id}/show`)

  async function send(files: readonly File[]) {
    if (!template.current || files.length === 0) return
    setSending(true)
    try {
      const checked = await sendFilled(template.current, files)
      if (checked.files.some(({ missing, unread }) => missing.length + unread.length > 0)) setRead(checked)
      else lead(checked.id)
    } catch (error) {
      setFault((error as Error).message)
    } finally {
      setSending(false)
    }
  }
  const choose = (chosen: PrintTemplate) => {
    template.current = chosen
    input.current?.click()
  }
  const parts = (
    <>
      <input
        ref={input}
        type="file"
        accept=".docx,.xlsx"
        multiple
        hidden
        aria-label="填好的表"
        onChange={({ target }) => {
          void send([...(target.files ?? [])])
          target.value = ''
        }}
      />
      {fault && (
        <Ask
          title="填好的表没有读进来"
          verb="换文件"
          onGo={() => input.current?.click()}
          onClose={() => setFault(null)}
        >
          <p className="soft">{fault}</p>
        </Ask>
      )}
      {read && (
        <Ask title="有几处没有读进登记表" verb="看核对结果" onGo={() => lead(read.id)} onClose={() => setRead(null)}>
          <Unread files={read.files} />
        </Ask>
      )}
    </>
  )
  return { choose, isSending, parts }
}

const MAX_TOLD_FORMS = 8

function Unread({ files }: { files: readonly FormRead[] }) {
  const told = files.filter(({ missing, unread }) => missing.length + unread.length > 0)
  return (
    <>
      <ul>
        {told.slice(0, MAX_TOLD_FORMS).map(({ sheet, missing, unread }) => (
          <li key={sheet}>
            <b>{sheet}</b>
            {missing.length > 0 && <>　没有找到“{missing.join('”“')}”。</>}
            {unread.length > 0 && <>　写了但没有对应的栏目：{unread.map(({ label }) => label).join('、')}。</>}
          </li>
        ))}
      </ul>
      {told.length > MAX_TOLD_FORMS && <p className="soft">还有 {count(told.length - MAX_TOLD_FORMS)} 份也是这样。</p>}
      <p className="soft">别的栏目已经读出，还没有写入；下一步逐格核对。照片请在登记表里上传。</p>
    </>
  )
}
