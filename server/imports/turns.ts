// Whose turn it is: files are read one at a time in a process, whatever they are read for. They wait for each other here,
// before any of them holds a connection.
import { Refusal } from '../errors.ts'

/** Imports, and other readings, that may wait in one process. */
const MAX_WAITING = 50

const running = new Map<number, AbortController>()
let tail: Promise<unknown> = Promise.resolve()
let waiting = 0

export const busy = () => new Refusal(409, '这次导入正在处理，请等它完成。')
const crowded = () => new Refusal(503, '现在导入的人很多，请过几分钟再试。')

/** Stops an import of this process, running or waiting. */
export const stopRun = (import_id: number): void => running.get(import_id)?.abort()

/** Whether this process runs the import or has it waiting. */
export const isRunningHere = (import_id: number): boolean => running.has(import_id)

/** Runs an import when its turn has come; the controller is aborted by `stopRun`. Refuses one that runs or waits already. */
export async function asRun<T>(import_id: number, work: (controller: AbortController) => Promise<T>): Promise<T> {
  if (running.has(import_id)) throw busy()
  if (running.size >= MAX_WAITING) throw crowded()
  const controller = new AbortController()
  running.set(import_id, controller)
  const result = tail.then(() => work(controller)).finally(() => running.delete(import_id))
  tail = result.catch(() => undefined)
  return result
}

/** Reads in the thread when its turn has come, without being an import. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= MAX_WAITING) throw crowded()
  waiting++
  const result = tail.then(work).finally(() => waiting--)
  tail = result.catch(() => undefined)
  return result
}
