/** The tick box of the head: which rows a bulk action will take. */
import type { Model } from './model.ts'

export function checkedState(model: Model): 'none' | 'some' | 'all' {
  const total = model.rows.realCount()
  const count = model.ticks.count(total)
  return count === 0 ? 'none' : count >= total ? 'all' : 'some'
}

/** Up to here each row is read, so that the page can say what may be done with it. */
const MAX_NAMED_ROWS = 2_000

/** Ticks every row of the list, or none when some are ticked. */
export async function checkAll(model: Model) {
  const count = model.rows.realCount()
  if (model.ticks.count(count) > 0) return model.ticks.set([])
  if (count > MAX_NAMED_ROWS) return model.ticks.setAll()
  await model.rows.windows.ensure(0, count - 1)
  const keys = []
  for (let row = 0; row < count; row += 1) {
    const place = model.rows.placeAt(row)
    if (place.kind !== 'stored') continue
    model.rows.touch(place.key, place.base)
    keys.push(place.key)
  }
  model.ticks.set(keys)
}
