// The reading thread: workbooks are read in a thread of their own, with a ceiling on its memory, so that no file slows the
// server or ends it. One thread, one file at a time (turns.ts). What is done with a file is a job, an async generator that
// stands in a file of its own and knows no database; that file makes it run here:
//
//     export const readFileInThread = inThread(import.meta.url, readFile)
//
// worker.ts is the thread's end.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { definitionOf, type Form, type Forms, formsBeside } from '../forms/index.ts'
import { WorkbookRefused } from './limits.ts'
import type { FromThread, JobRequest, PortableForm, ToThread } from './worker.ts'

const OLD_GENERATION_MB = 384
const YOUNG_GENERATION_MB = 24
/** No honest file of the allowed size takes longer between two messages: the longest is a second before the first. */
const SILENCE_MS = 9_000
const IDLE_MS = 60_000
const require = createRequire(import.meta.url)
/** A thread does not inherit tsx from the process, so it loads it before its own file. */
const ENTRY = `const { loader, file } = require('node:worker_threads').workerData
import(loader).then((tsx) => { tsx.register(); return import(file) })`

const TOO_MUCH = '这个工作簿读起来太费力，已经停下。请把数据复制到一个新的工作簿里再上传。'

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let lastId = 0

/**
 * A job as it is called from outside the thread. `file` is the `import.meta.url` of the file that exports `job` under its
 * own name. The call yields what the job yields and throws the `WorkbookRefused` it throws; a thread that runs out of its
 * memory or falls silent is refused as `too_large`. One at a time: callers take turns.
 */
export function inThread<Input extends { bytes: Buffer }, Message>(
  file: string,
  job: (input: Input) => AsyncGenerator<Message>,
): (given: Input, signal?: AbortSignal) => AsyncGenerator<Message> {
  return (given, signal) =>
    messagesOf({ file, job: job.name, given: portable(given) }, signal) as AsyncGenerator<Message>
}

const sets = new WeakMap<Forms, Omit<PortableForm, 'name'>>()
let lastSet = 0

/** Forms hold functions, which can't go into a thread: they go as definitions, and are made there again. */
function portable({ form, ...given }: { bytes: Buffer; form?: Form }): JobRequest['given'] {
  if (!form) return given
  const forms = formsBeside(form)
  const known = sets.get(forms) ?? {
    set: ++lastSet,
    definitions: JSON.stringify(Object.values(forms).map(definitionOf)),
  }
  sets.set(forms, known)
  return { ...given, form: { name: form.name, ...known } }
}

async function* messagesOf(request: JobRequest, signal?: AbortSignal): AsyncGenerator<unknown> {
  if (signal?.aborted) throw new WorkbookRefused('cancelled', '已取消。')
  const worker = startThread()
  const id = ++lastId
  const answers: FromThread[] = []
  let wake = () => {}
  let isAtEnd = false
  const arrive = (answer: FromThread) => {
    if (answer.id !== id) return
    answers.push(answer)
    wake()
  }
  const fail = (message: string) => arrive({ id, failed: message })
  const onError = (error: Error) => fail(error.message)
  const onExit = () => fail('exit')
  const onAbort = () => arrive({ id, refused: { reason: 'cancelled', message: '已取消。' } })
  worker.on('message', arrive)
  worker.on('error', onError)
  worker.on('exit', onExit)
  signal?.addEventListener('abort', onAbort)
  worker.postMessage({ id, request } satisfies ToThread)
  try {
    for (;;) {
      const silence = setTimeout(() => fail('silence'), SILENCE_MS)
      while (answers.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      clearTimeout(silence)
      const answer = answers.shift()
      if (!answer) continue
      if ('message' in answer) {
        worker.postMessage({ id, more: true } satisfies ToThread)
        yield answer.message
        continue
      }
      isAtEnd = !('failed' in answer) && !('refused' in answer && answer.refused.reason === 'cancelled')
      if ('done' in answer) return
      if ('refused' in answer) throw new WorkbookRefused(answer.refused.reason, answer.refused.message)
      if (answer.failed.startsWith('fault:')) throw new Error(answer.failed)
      throw new WorkbookRefused('too_large', TOO_MUCH)
    }
  } finally {
    worker.off('message', arrive)
    worker.off('error', onError)
    worker.off('exit', onExit)
    signal?.removeEventListener('abort', onAbort)
    // a reader that left early or a thread in trouble: the thread ends, the next file gets a new one
    if (!isAtEnd) stopThread(worker)
    else idle = setTimeout(() => stopThread(worker), IDLE_MS).unref()
  }
}

function startThread(): Worker {
  clearTimeout(idle)
  if (thread) return thread
  const worker = new Worker(ENTRY, {
    eval: true,
    workerData: {
      loader: new URL('dist/esm/api/index.mjs', pathToFileURL(require.resolve('tsx/package.json'))).href,
      file: new URL('worker.ts', import.meta.url).href,
    },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  worker.unref()
  worker.on('error', () => stopThread(worker))
  worker.on('exit', () => stopThread(worker))
  thread = worker
  return worker
}

function stopThread(worker: Worker): void {
  if (thread === worker) thread = undefined
  worker.terminate().catch(() => undefined)
}
