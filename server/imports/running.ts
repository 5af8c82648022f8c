// The imports that this process runs or has waiting, so that one can be stopped and none runs twice.
import { Refusal } from '../errors.ts'
import { waitingRoom } from '../workbook/turns.ts'

/** A running import holds the advisory lock of this number and its id: other processes see by it that it runs. */
export const LOCK_SPACE = 7_317_202

const running = new Map<number, AbortController>()
const inTurn = waitingRoom()

export const busy = () => new Refusal(409, '这次导入正在处理，请等它完成。')

/** Stops an import of this process, running or waiting. */
export const stopRun = (importId: number): void => running.get(importId)?.abort()

/** Whether this process runs the import or has it waiting. */
export const isRunningHere = (importId: number): boolean => running.has(importId)

/** Runs an import when its turn has come; the controller is aborted by `stopRun`. Refuses one that runs or waits already. */
export async function asRun<T>(importId: number, work: (controller: AbortController) => Promise<T>): Promise<T> {
  if (running.has(importId)) throw busy()
  const controller = new AbortController()
  const result = inTurn(() => work(controller)).finally(() => running.delete(importId))
  running.set(importId, controller)
  return result
}
