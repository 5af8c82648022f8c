/** POST /:form/bulk: new rows, changes and removals in one transaction, all of them or none. */

import type { Person, Trx } from '../database/connection.ts'
import { Refusal } from '../errors.ts'
import { isRecord } from '../requests.ts'
import { createRows } from './creations.ts'
import { changeRows, moveToBin, noFaults } from './edits.ts'
import { readRows, type StoredRecord } from './read.ts'
import type { Relation } from './relation.ts'

const MAX_BULK_ROWS = 10_000

type BulkRequest = { create?: unknown[]; update?: unknown[]; remove?: unknown[] }
/** The rows as they are stored now, in the order of the request. */
export type BulkAnswer = { create: StoredRecord[]; update: StoredRecord[]; remove: { id: number }[] }

/** Many rows in one transaction: all, or none with an answer for each row at fault. */
export async function bulk(trx: Trx, relation: Relation, person: Person, body: unknown): Promise<BulkAnswer> {
  if (!isRecord(body)) throw new Refusal(400, '应是 {create, update, remove}。')
  for (const [name, value] of Object.entries(body)) {
    if (!['create', 'update', 'remove'].includes(name) || !Array.isArray(value))
      throw new Refusal(400, `不认识“${name.slice(0, 40)}”，应是 create、update、remove 三个列表。`)
  }
  const { create = [], update = [], remove = [] } = body as BulkRequest
  const count = create.length + update.length + remove.length
  if (count > MAX_BULK_ROWS) throw new Refusal(413, `一次最多 ${MAX_BULK_ROWS} 行，现在是 ${count} 行。`)
  const removed = remove.length ? await moveToBin(trx, relation, person, remove, true) : []
  const changed = update.length ? await changeRows(trx, relation, person, update) : { rows: [], faults: noFaults() }
  if (changed.faults.refusal) throw changed.faults.refusal
  const made = create.length ? await createRows(trx, relation, person, create) : { ids: [], faults: noFaults() }
  if (made.faults.refusal) throw made.faults.refusal
  const again = made.faults.conflicts
  const conflicts = { update: changed.faults.conflicts, ...(Object.keys(again).length > 0 && { create: again }) }
  const errors = { create: made.faults.errors, update: changed.faults.errors }
  if (Object.keys(errors.create).length + Object.keys(errors.update).length)
    throw new Refusal(422, '有几格要改，改好再存。', { errors, conflicts })
  if (Object.keys(again).length + Object.keys(conflicts.update).length)
    throw new Refusal(409, '有几行刚被别人改过，请选一个。', { conflicts })
  return {
    create: await readRows(trx, relation, made.ids),
    update: changed.rows,
    remove: removed.map((id) => ({ id })),
  }
}
