// The thread's end of the reading thread (see thread.ts): loads the file that a job stands in, runs it, and gives its
// messages on, a few ahead of whoever reads them. What a job imports is all that the thread ever holds.
import { type MessagePort, parentPort } from 'node:worker_threads'
import { type Forms, formOf, formsFrom } from '../forms/index.ts'
import { type RefusalReason, WorkbookRefused } from './limits.ts'

/** A form as it goes into the thread: its name, and the set it is in, by a number and as JSON of its definitions. */
export type PortableForm = { name: string; set: number; definitions: string }
/** A job, by its file and the name it is exported by, and what it is given. */
export type JobRequest = { file: string; job: string; given: { bytes: Uint8Array; form?: PortableForm } }

export type ToThread = { id: number; request: JobRequest } | { id: number; more: true }
export type FromThread =
  | { id: number; message: unknown }
  | { id: number; done: true }
  | { id: number; refused: { reason: RefusalReason; message: string } }
  | { id: number; failed: string }

/** Messages the thread may be ahead of its reader. */
const MAX_AHEAD = 8

function serve(port: MessagePort): void {
  let credit = 0
  let wake = () => {}
  const say = (answer: FromThread) => port.postMessage(answer)
  port.on('message', (asked: ToThread) => {
    if ('request' in asked) {
      credit = MAX_AHEAD
      answer(asked.id, asked.request).catch((error: Error) => say({ id: asked.id, failed: `fault: ${error.stack}` }))
    } else {
      credit++
      wake()
    }
  })

  async function answer(id: number, request: JobRequest): Promise<void> {
    try {
      for await (const message of await begin(request)) {
        while (credit === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        credit--
        say({ id, message })
      }
    } catch (error) {
      if (!(error instanceof WorkbookRefused)) throw error
      return say({ id, refused: { reason: error.reason, message: error.message } })
    }
    say({ id, done: true })
  }
}

const sets = new Map<number, Forms>()
/** Campaigns whose files come in turns. */
const MAX_SETS = 8

/** The forms of a set, made once. */
function formsIn({ set, definitions }: PortableForm): Forms {
  const forms = sets.get(set) ?? formsFrom(JSON.parse(definitions))
  sets.delete(set)
  sets.set(set, forms)
  for (const oldest of sets.keys()) if (sets.size > MAX_SETS) sets.delete(oldest)
  return forms
}

async function begin({ file, job, given }: JobRequest): Promise<AsyncIterable<unknown>> {
  const { form: named, ...others } = given
  const form = named && formOf(formsIn(named), named.name)
  if (named && !form) throw new Error(`no form ${named.name}`)
  const jobs = (await import(file)) as Record<string, (given: object) => AsyncIterable<unknown>>
  const run = jobs[job]
  if (!run) throw new Error(`no ${job} in ${file}`)
  return run({ ...others, bytes: Buffer.from(given.bytes), ...(form ? { form } : {}) })
}

if (parentPort) serve(parentPort)
