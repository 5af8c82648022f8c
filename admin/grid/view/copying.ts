/** What the selection puts on the clipboard, in both flavours, and what is taken from it. */
import type { ClipboardEvent } from 'react'
import { parseTsv, prefersHtml, printHtml, printTsv } from '../model/clipboard.ts'
import { cellState } from '../model/edits.ts'
import type { Model } from '../model/model.ts'
import { MAX_GESTURE_ROWS } from '../model/reach.ts'
import { rectOf } from '../model/selection.ts'

/** Texts of the selected range, or the sentence that says why they cannot be had. */
function copyBlock(model: Model): string[][] | string {
  const { rows } = model
  const rect = rectOf(model.selection())
  const bottom = Math.min(rect.bottom, Math.max(rows.realCount() - 1, rect.top))
  if (bottom - rect.top >= MAX_GESTURE_ROWS)
    return `一次最多复制 ${MAX_GESTURE_ROWS.toLocaleString('en')} 行，要更多请用导出。`
  const columns = model.columns().slice(rect.left, rect.right + 1)
  const block: string[][] = []
  for (let row = rect.top; row <= bottom; row += 1) {
    const place = rows.placeAt(row)
    if (place.kind === 'loading') {
      void rows.windows.ensure(rect.top, bottom)
      return '选中的行还没有全部读到，没有复制。请稍等再按一次 Ctrl C。'
    }
    const edit = 'key' in place ? rows.edits.get(place.key) : undefined
    block.push(columns.map((column) => ('key' in place ? cellState(column, place.base, edit).input : '')))
  }
  return block
}

/** True when the selection now stands on the clipboard. */
export function copy(model: Model, event: ClipboardEvent): boolean {
  event.preventDefault()
  const block = copyBlock(model)
  if (typeof block === 'string') {
    model.say({ kind: 'note', text: block })
    return false
  }
  const { left } = rectOf(model.selection())
  const [first = []] = block
  const isText = first.map((_, at) => !/^(number|date)$/.test(model.columns()[left + at]?.type ?? ''))
  event.clipboardData.setData('text/plain', printTsv(block))
  event.clipboardData.setData('text/html', printHtml(block, isText))
  if (block.length * first.length > 1) {
    model.say({ kind: 'done', text: `已复制 ${block.length.toLocaleString('en')} 行 × ${first.length} 列。` })
  }
  return true
}

export function paste(model: Model, event: ClipboardEvent) {
  event.preventDefault()
  const html = event.clipboardData.getData('text/html')
  const plain = event.clipboardData.getData('text/plain')
  const { gestures } = model
  const area = gestures.rect()
  if (!html || (plain !== '' && !prefersHtml(html, plain))) gestures.paste(parseTsv(plain), area)
  else {
    const lay = ({ parseHtmlTable }: typeof import('../model/htmlTable.ts')) =>
      gestures.paste(parseHtmlTable(html) ?? parseTsv(plain), area)
    gestures.later(import('../model/htmlTable.ts'), lay)
  }
}
