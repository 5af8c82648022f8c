// Whose turn it is: workbooks are read one at a time in a process, whatever they are read for. They wait for each other
// here, before any of them holds a connection.
import { Refusal } from '../errors.ts'

/** Readings of one kind that may wait in one process, the one under way counted. */
const MAX_WAITING = 50

const crowded = () => new Refusal(503, '现在导入的人很多，请过几分钟再试。')

let last: Promise<unknown> = Promise.resolve()

/** A place to wait. All take turns with each other; each is full by itself, and refuses with a 503 then. */
export function waitingRoom() {
  let waiting = 0
  return function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= MAX_WAITING) throw crowded()
    waiting++
    const result = last.then(work).finally(() => waiting--)
    last = result.catch(() => undefined)
    return result
  }
}

/** Reads in the thread when its turn has come. */
export const inTurn = waitingRoom()
