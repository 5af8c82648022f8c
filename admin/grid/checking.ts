/** The tick boxes: which rows a bulk action will take. */
import type { Model } from './model.ts'
import type { Message } from './types.ts'

export function checkedState(model: Model): 'none' | 'some' | 'all' {
  const count = model.checked().size
  return count === 0 ? 'none' : count >= model.rows.realCount() ? 'all' : 'some'
}

const MAX_CHECKED = 10_000

/** Ticks every row of the list as far as one gesture goes, or none when some are ticked. */
export async function checkAll(model: Model, say: (message: Message) => void) {
  if (model.checked().size > 0) {
    model.setChecked([])
    return
  }
  const count = Math.min(model.rows.realCount(), MAX_CHECKED)
  await model.rows.windows.ensure(0, count - 1)
  const keys = []
  for (let row = 0; row < count; row += 1) {
    const place = model.rows.placeAt(row)
    if (place.kind === 'stored') keys.push(place.key)
  }
  for (const [row, key] of keys.entries()) {
    const place = model.rows.placeAt(row)
    if ('base' in place) model.rows.touch(key, place.base)
  }
  model.setChecked(keys)
  if (model.rows.realCount() > MAX_CHECKED)
    say({ kind: 'note', text: `选中了前 ${keys.length.toLocaleString('en')} 行。` })
}
