/**
 * The one textarea that always has the focus. It lies over the active cell, unseen, until something is typed or composed
 * into it: so an input method finds a real field from its first letter on. Copy, cut and paste arrive here as events.
 */
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react'
import type { Model } from '../model/model.ts'
import { copy, paste } from './copying.ts'
import { sizeOf } from './growing.ts'
import { handleKey, type KeyActions } from './keys.ts'
import './Editor.css'

type EditorProps = {
  model: Model
  field: RefObject<HTMLTextAreaElement | null>
  /** Commits the open editor, taking a suggestion where one is meant. */
  commit(over?: boolean): void
  actions: Omit<KeyActions, 'commit' | 'commitOver' | 'cancel' | 'insertText' | 'beginEdit'>
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
  const { awaitsFind } = props.actions.opened
  const was = useRef<typeof editing>(null)

  useLayoutEffect(() => {
    const textarea = field.current
    if (!textarea) return
    if (!editing) {
      // Also when an editor was opened and closed between two drawings: nothing is left for the next one.
      if (!composing.current && !awaitsFind) textarea.value = ''
    } else if (!was.current && editing.mode === 'edit') {
      textarea.value = editing.text
      textarea.setSelectionRange(editing.text.length, editing.text.length)
    } else if (!composing.current && textarea.value !== editing.text) textarea.value = editing.text
    was.current = editing
  })

  /** Something arrived in the field: the first of it opens the editor. */
  function onInput() {
    const textarea = field.current
    if (!textarea || awaitsFind) return
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
    commit: () => props.commit(),
    commitOver: () => props.commit(true),
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
    if (awaitsFind) {
      if (event.key === 'Escape') props.actions.opened.close()
      if (event.key.length > 1 && event.key !== 'Backspace') event.preventDefault()
      return
    }
    // Tab moves within the table; Escape lets go of it, so that the next Tab leaves.
    const leaves = event.key === 'Tab' && released.current
    released.current = event.key === 'Escape' && !model.editing()
    if (leaves || event.key === 'Shift' || !handleKey(model, event, actions)) return
    event.preventDefault()
    // The page has a search of its own on the same key, for when the table has not the focus.
    if (['f', 'h'].includes(event.key.toLowerCase())) event.stopPropagation()
  }

  return (
    <textarea
      ref={field}
      className={editing ? `grid-editor open ${editing.column.type}` : 'grid-editor'}
      style={{ minWidth: width + 1, minHeight: rowHeight + 1, textAlign: editing ? 'left' : undefined }}
      rows={1}
      {...(editing && sizeOf(editing.text))}
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
        if (!model.editing() && !awaitsFind) model.beginEdit('type')
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
        if (!model.editing()) paste(model, event)
      }}
      onBlur={() => {
        // Going to another window leaves the editor open; going to another field does not.
        if (model.editing() && document.activeElement !== field.current) props.commit()
      }}
    />
  )
}
