// Runs `readImport` in a thread of its own, with a ceiling on its memory, so that no file slows the server or ends it.
// One thread, one file at a time. This file is both ends: the server's and the thread's.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { type HeldMessage, type Holding, readHeld } from '../filings/held.ts'
import { forms } from '../forms/index.ts'
import { type CleanMessage, cleanFile } from '../workbook/clean/clean.ts'
import { type Limits, type Refusal, WorkbookRefused } from '../workbook/read.ts'
import { type Message, readImport, readMarkOnly } from './read/file.ts'
import type { Layouts } from './read/mapping.ts'
import { type PatchedMessage, type Patching, patchSent } from './tell/error_patch.ts'
import { readSent, type SentMessage, type Wanted } from './tell/error_rows.ts'

/** What is read, and how it is asked for. */
export type Request = {
  bytes: Buffer
  file_name: string
  form: string
  year: number
  limits?: Partial<Limits>
  /** How many were blanked before the file was kept. */
  identity_numbers?: number
  /** Columns that somebody has given to fields. */
  layouts?: Layouts
  /** Only the mark of a table of errors is wanted. */
  only_mark?: boolean
  /** Rows to be given as they were sent, instead of all rows understood. */
  wanted?: Wanted
  /** The bytes are wanted as they may be kept. */
  clean?: true
  /** The bytes themselves are wanted, as a table of errors. */
  patch?: Pick<Patching, 'import_id' | 'faults' | 'corrected'>
  /** The rows are wanted as they stand under the headings of a registered paper. */
  held?: Pick<Holding, 'snapshot' | 'names_unit'>
}

type Asked = { id: number; request: Request } | { id: number; more: true } | { id: number; stop: true }
type AnyMessage = Message | SentMessage | PatchedMessage | HeldMessage | CleanMessage
type Answered =
  | { id: number; message: AnyMessage }
  | { id: number; done: true }
  | { id: number; refused: { reason: Refusal; message: string } }
  | { id: number; failed: string }

const OLD_GENERATION_MB = 384
const YOUNG_GENERATION_MB = 24
/** Messages the thread may be ahead of its reader. */
const AHEAD = 8
/** No honest file of the allowed size takes longer between two messages: the longest is a second before the first. */
const SILENCE_MS = 9_000
const IDLE_MS = 60_000
const ROLE = 'haowangmin reader'
const require = createRequire(import.meta.url)
/** A thread does not inherit tsx from the process, so it loads it before this file. */
const ENTRY = `const { loader, file } = require('node:worker_threads').workerData
import(loader).then((tsx) => { tsx.register(); return import(file) })`

const TOO_MUCH = '这个工作簿读起来太费力，已经停下。请把数据复制到一个新的工作簿里再上传。'

// The server's end ---------------------------------------------------------------------------------------------------

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let last_id = 0

/** Reads in the thread. Yields what `readImport` yields and throws what it throws. One at a time: see run.ts. */
export const readInThread = (request: Omit<Request, 'wanted'>, signal?: AbortSignal) =>
  inThread(request, signal) as AsyncGenerator<Message>

/** The same for `readSent`. */
export const readSentInThread = (request: Request & { wanted: Wanted }, signal?: AbortSignal) =>
  inThread(request, signal) as AsyncGenerator<SentMessage>

/** The same for `patchSent`. */
export const patchInThread = (request: Request & { patch: NonNullable<Request['patch']> }, signal?: AbortSignal) =>
  inThread(request, signal) as AsyncGenerator<PatchedMessage>

/** The same for `readHeld`. */
export const heldInThread = (request: Request & { held: NonNullable<Request['held']> }, signal?: AbortSignal) =>
  inThread(request, signal) as AsyncGenerator<HeldMessage>

/** The same for `cleanFile`. */
export const cleanInThread = (request: Pick<Request, 'bytes' | 'file_name' | 'form'>, signal?: AbortSignal) =>
  inThread({ ...request, year: 0, clean: true }, signal) as AsyncGenerator<CleanMessage>

async function* inThread(request: Request, signal?: AbortSignal): AsyncGenerator<AnyMessage> {
  if (signal?.aborted) throw new WorkbookRefused('cancelled', '已取消。')
  const worker = startThread()
  const id = ++last_id
  const answers: Answered[] = []
  let wake = () => {}
  let ended = false
  const arrive = (answer: Answered) => {
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
  worker.postMessage({ id, request } satisfies Asked)
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
        worker.postMessage({ id, more: true } satisfies Asked)
        yield answer.message
        continue
      }
      ended = !('failed' in answer) && !('refused' in answer && answer.refused.reason === 'cancelled')
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
    if (!ended) stopThread(worker)
    else idle = setTimeout(() => stopThread(worker), IDLE_MS).unref()
  }
}

function startThread(): Worker {
  clearTimeout(idle)
  if (thread) return thread
  const worker = new Worker(ENTRY, {
    eval: true,
    workerData: {
      role: ROLE,
      loader: new URL('dist/esm/api/index.mjs', pathToFileURL(require.resolve('tsx/package.json'))).href,
      file: import.meta.url,
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

// The thread's end ---------------------------------------------------------------------------------------------------

function serve(port: MessagePort): void {
  let credit = 0
  let wake = () => {}
  port.on('message', (asked: Asked) => {
    if ('request' in asked) {
      credit = AHEAD
      answer(asked.id, asked.request).catch((error: Error) => {
        port.postMessage({ id: asked.id, failed: `fault: ${error.stack}` } satisfies Answered)
      })
    } else if ('more' in asked) {
      credit++
      wake()
    }
  })

  async function answer(id: number, request: Request): Promise<void> {
    const form = forms[request.form]
    if (!form) throw new Error(request.form)
    try {
      const given = { ...request, bytes: Buffer.from(request.bytes), form }
      const messages = request.clean
        ? cleanFile(given)
        : request.patch
          ? patchSent({ ...given, ...request.patch })
          : request.held
            ? readHeld({ ...given, ...request.held })
            : request.wanted
              ? readSent({ ...given, wanted: request.wanted })
              : request.only_mark
                ? readMarkOnly(given)
                : readImport(given)
      for await (const message of messages) {
        while (credit === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        credit--
        port.postMessage({ id, message } satisfies Answered)
      }
    } catch (error) {
      if (!(error instanceof WorkbookRefused)) throw error
      const refusal = { reason: error.reason, message: error.message }
      port.postMessage({ id, refused: refusal } satisfies Answered)
      return
    }
    port.postMessage({ id, done: true } satisfies Answered)
  }
}

if (workerData?.role === ROLE && parentPort) serve(parentPort)
