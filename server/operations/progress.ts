/** Progress of a long-running job, written now and then on a separate connection: the job never waits for it. */

export type OperationProgress<Counts extends unknown[]> = {
  /** Reports the counts; throws what `cancelled` makes once the work is no longer wanted. */
  tell: (...counts: Counts) => void
  /** Waits for what is being written; nothing is written afterwards. */
  stop: () => Promise<void>
}

type ProgressOptions<Counts extends unknown[]> = {
  /** Writes the counts; answers whether the work is still wanted. What fails is written again with the next counts. */
  write: (...counts: Counts) => Promise<boolean>
  every_ms: number
  /** The first counts are written as they come, not only when the work has taken a while. */
  at_once?: boolean
  /** Aborted when the work is no longer wanted. */
  controller: AbortController
  cancelled: () => Error
}

/** A job that was cancelled, here or by another process, stops at its next `tell`. */
export function progressOf<Counts extends unknown[]>(telling: ProgressOptions<Counts>): OperationProgress<Counts> {
  const { write, every_ms, at_once, controller, cancelled } = telling
  let writing: Promise<unknown> | undefined
  let isStopped = false
  let last = at_once ? 0 : Date.now()
  return {
    tell: (...counts) => {
      if (controller.signal.aborted) throw cancelled()
      if (writing || isStopped || Date.now() - last < every_ms) return
      last = Date.now()
      writing = write(...counts)
        .then(
          (isWanted) => isWanted || controller.abort(),
          () => undefined,
        )
        .finally(() => {
          writing = undefined
        })
    },
    stop: async () => {
      isStopped = true
      await writing
    },
  }
}
