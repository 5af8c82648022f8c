/** The grid's imperative side: what a page's toolbar and bulk bar can ask of it. */
import type { RefObject } from 'react'
import type { Model } from '../model/model.ts'
import { selectCell } from '../model/selection.ts'
import { sharingOf } from '../model/sharing.ts'
import type { GridHandle } from '../types.ts'

export function handleOf(
  model: Model,
  field: RefObject<HTMLTextAreaElement | null>,
): Omit<GridHandle, 'openFilter' | 'foldGroups'> {
  const focus = () => field.current?.focus({ preventScroll: true })
  const keyOfId = (id: unknown) => model.rows.keyOf({ id })

  function selectedIds(): unknown[] {
    const checked = [...model.ticks.keys()].map((key) => model.rows.idOf(key) ?? Number(key))
    if (checked.length > 0) return checked
    return model
      .selectedPlaces()
      .map(({ base }) => base.id)
      .filter((id) => id !== undefined)
  }

  return {
    ...sharingOf(model),
    focus,
    nextProblem(step = 1) {
      model.commitEdit()
      const found = model.nextProblem(step)
      if (found) focus()
      return found
    },
    reload: () => model.reload(),
    undo: () => void model.gestures.undo(),
    redo: () => void model.gestures.redo(),
    selectedIds,
    clearSelected: () => model.ticks.set([]),
    focusCell(id, column) {
      const found = goToId(model, id, column)
      if (found) focus()
      return found
    },
    stepFrom(id, step) {
      const row = model.rows.indexOf(keyOfId(id)) ?? model.rows.windows.indexOf(id)
      const place = row === undefined ? null : model.rows.placeAt(row + step)
      if (row === undefined || place?.kind !== 'stored') return null
      model.select(selectCell({ row: row + step, column: model.selection().active.column }))
      return place.base.id
    },
    newRow() {
      model.goToNewRow()
      focus()
    },
    deleteRows(ids) {
      const places = ids ? placesOf(model, ids.map(keyOfId)) : checkedOrSelected(model)
      model.gestures.remove(places)
      model.ticks.set([])
    },
    operate: (label, total, begin) => model.wholes.perform(label, total, begin),
    duplicate(id, without) {
      const place = placesOf(model, [keyOfId(id)])[0]
      const made = place && model.gestures.duplicate(place, without)
      if (made) model.goTo(made, without[0])
      focus()
    },
    isUnsaved: (id) => model.rows.edits.has(keyOfId(id)),
    revert(id) {
      const place = placesOf(model, [keyOfId(id)])[0]
      if (place) model.gestures.revert(place)
    },
    flush: () => model.flush(),
    hasUnsaved: () => model.hasUnsaved(),
    dropLost: () => model.dropLost(),
    stuck: () => model.stuck(),
    refreshRows: (rows) => model.refreshRows(rows),
  }
}

function goToId(model: Model, id: unknown, column: string | undefined): boolean {
  const row = model.rows.windows.indexOf(id)
  if (row === undefined) return model.goTo(model.rows.keyOf({ id }), column)
  const at = model.columns().findIndex(({ name }) => name === column)
  model.select(selectCell({ row, column: at < 0 ? model.selection().active.column : at }))
  return true
}

/** Rows by their keys, wherever they stand: what was ticked need not be loaded any more. */
function placesOf({ rows }: Model, keys: readonly string[]) {
  return keys.flatMap((key) => {
    const base = rows.baseOf(key)
    return base ? [{ key, base }] : []
  })
}

function checkedOrSelected(model: Model) {
  const checked = [...model.ticks.keys()]
  return checked.length > 0 ? placesOf(model, checked) : model.selectedPlaces()
}
