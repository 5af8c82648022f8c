/**
 * The one textarea that always has the focus. It lies over the active cell, unseen, until something is typed or composed
 * into it: so an input method finds a real field from its first letter on. Copy, cut and paste arrive here as events.
 */
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react'
import { parseTsv, prefersHtml, printHtml, printTsv } from './clipboard.ts'
import { parseHtmlTable } from './htmlTable.ts'
import { handleKey, type KeyActions } from './keys.ts'
import type { Model } from './model.ts'

type EditorProps = {
  model: Model
  field: RefObject<HTMLTextAreaElement | null>
  /** Commits the open editor, taking a suggestion where one is meant. */
  commit(): void
  actions: Omit<KeyActions, 'commit' | 'cancel' | 'insertText' | 'beginEdit'>
  width: number
  rowHeight: number
  label: string
  described: string | undefined
  invalid: boolean
  readOnly: boolean
  listId: string | undefined
  optionId: string | undefined
}

export function Editor(props: EditorProps) {
  const { model, field, width, rowHeight } = props
  const composing = useRef(false)
  const released = useRef(false)
  const editing = model.editing()
  const was = useRef<typeof editing>(null)

  useLayoutEffect(() => {
    const textarea = field.current
    if (!textarea) return
    if (!editing) textarea.value = ''
    else if (!was.current && editing.mode === 'edit') {
      textarea.value = editing.text
      textarea.setSelectionRange(editing.text.length, editing.text.length)
    } else if (!composing.current && textarea.value !== editing.text) textarea.value = editing.text
    was.current = editing
  }, [editing, field])

  /** Something arrived in the field: the first of it opens the editor. */
  function onInput() {
    const textarea = field.current
    if (!textarea) return
    if (!model.editing() && !model.beginEdit('type')) {
      // A read-only cell: a composition cannot be stopped from here, so it runs out unseen.
      if (!composing.current) textarea.value = ''
      return
    }
    model.setEditText(textarea.value)
  }

  const actions: KeyActions = {
    ...props.actions,
    beginEdit: (mode) => void model.beginEdit(mode),
    commit: props.commit,
    cancel: () => model.cancelEdit(),
    insertText(text) {
      const textarea = field.current
      if (!textarea || (!model.editing() && !model.beginEdit('type'))) return
      textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, 'end')
      model.setEditText(textarea.value)
    },
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    // Tab moves within the table; Escape lets go of it, so that the next Tab leaves.
    const leaves = event.key === 'Tab' && released.current
    released.current = event.key === 'Escape' && !model.editing()
    if (!leaves && event.key !== 'Shift' && handleKey(model, event, actions)) event.preventDefault()
  }

  return (
    <textarea
      ref={field}
      className={editing ? `grid-editor open ${editing.column.type}` : 'grid-editor'}
      style={{ minWidth: width + 1, minHeight: rowHeight + 1, textAlign: editing ? 'left' : undefined }}
      rows={1}
      spellCheck={false}
      autoComplete="off"
      aria-label={props.label}
      aria-describedby={props.described}
      aria-invalid={props.invalid || undefined}
      aria-readonly={props.readOnly || undefined}
      aria-autocomplete={props.listId ? 'list' : undefined}
      aria-controls={props.listId}
      aria-activedescendant={props.optionId}
      onKeyDown={onKeyDown}
      onInput={onInput}
      onCompositionStart={() => {
        composing.current = true
        if (!model.editing()) model.beginEdit('type')
      }}
      onCompositionEnd={() => {
        composing.current = false
        onInput()
      }}
      onCopy={(event) => !model.editing() && copy(model, event)}
      onCut={(event) => {
        if (!model.editing() && copy(model, event)) model.gestures.clear()
      }}
      onPaste={(event) => {
        if (model.editing()) return
        event.preventDefault()
        paste(model, event)
      }}
      onBlur={() => {
        // Going to another window leaves the editor open; going to another field does not.
        if (model.editing() && document.activeElement !== field.current) props.commit()
      }}
    />
  )
}

function copy(model: Model, event: ClipboardEvent): boolean {
  event.preventDefault()
  const block = model.copyBlock()
  if (!block) {
    model.say({ kind: 'note', text: '选中的行太多，或者还没有全部读到，没有复制。' })
    return false
  }
  event.clipboardData.setData('text/plain', printTsv(block))
  event.clipboardData.setData('text/html', printHtml(block))
  const cells = block.length * (block[0]?.length ?? 0)
  if (cells > 1) model.say({ kind: 'done', text: `已复制 ${block.length} 行 × ${block[0]?.length ?? 0} 列。` })
  return true
}

function paste(model: Model, event: ClipboardEvent) {
  const html = event.clipboardData.getData('text/html')
  const plain = event.clipboardData.getData('text/plain')
  const table = html && (plain === '' || prefersHtml(html)) ? parseHtmlTable(html) : null
  model.gestures.paste(table ?? parseTsv(plain))
}
