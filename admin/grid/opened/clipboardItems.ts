/** Cut, copy and paste as the menu of a row has them. A page may write to the clipboard, but not read it everywhere. */
import type { RefObject } from 'react'
import { parseTsv, prefersHtml } from '../model/clipboard.ts'
import { parseHtmlTable } from '../model/htmlTable.ts'
import type { Model } from '../model/model.ts'
import type { MenuItem } from './Menu.tsx'

const ONLY_READ = '这一格只能查看'

export function clipboardItems(model: Model, field: RefObject<HTMLTextAreaElement | null>): MenuItem[] {
  const locked = model.canWriteActive() ? {} : { off: ONLY_READ }
  // The event goes to the field, as if the keys had been pressed.
  const press = (kind: 'cut' | 'copy') => () => {
    field.current?.focus({ preventScroll: true })
    document.execCommand(kind)
  }
  async function paste() {
    const area = model.gestures.rect()
    const read = async () => {
      const [item] = await navigator.clipboard.read()
      const text = async (type: string) => (item?.types.includes(type) ? (await item.getType(type)).text() : '')
      return [await text('text/html'), await text('text/plain')] as const
    }
    const [html, plain] = await read().catch(() => ['', ''] as const)
    if (html === '' && plain === '')
      return model.say({ kind: 'note', text: '浏览器没有让这一页读剪贴板，请按 Ctrl V 粘贴。' })
    const table = plain === '' || prefersHtml(html, plain) ? parseHtmlTable(html) : null
    model.gestures.paste(table ?? parseTsv(plain), area)
  }
  return [
    { words: '剪切', hint: 'Ctrl X', ...locked, run: press('cut') },
    { words: '复制', hint: 'Ctrl C', run: press('copy') },
    { words: '粘贴', hint: 'Ctrl V', ...locked, run: () => void paste() },
    '-',
  ]
}
