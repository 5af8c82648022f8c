/**
 * The open streams of this process: server-sent events to one page each. A page that does not read what it is sent is
 * dropped; it comes back by itself and reads everything again.
 */
import type { Response } from 'express'
import type { Identity, Person } from '../database/connection.ts'
import type { Form } from '../forms/index.ts'

const MAX_STREAMS = 1000
const MAX_STREAMS_A_PERSON = 24
const MAX_UNREAD_BYTES = 1_000_000
const HEARTBEAT_MS = 15_000

export type Stream = {
  identity: Identity
  person: Person
  form: Form
  /** Absent: rows of every campaign. */
  campaign_id: number | undefined
  /** The page's own name for itself, unique with the person. */
  seat: string
  response: Response
  /** The presence it was last sent, and of whom that was read. */
  told: string
  asked: string
}

export function createStreams(onLeave: (stream: Stream) => void) {
  const streams = new Set<Stream>()
  const beating = setInterval(() => {
    for (const stream of streams) send(stream, 'beat', {})
  }, HEARTBEAT_MS)
  beating.unref()

  function send(stream: Stream, event: string, data: object) {
    if (!streams.has(stream)) return
    stream.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    if (stream.response.writableLength > MAX_UNREAD_BYTES) drop(stream)
  }

  function remove(stream: Stream) {
    if (streams.delete(stream)) onLeave(stream)
  }

  /** For whoever does not read: without a last word, which would only be one more to wait in line. */
  function drop(stream: Stream) {
    remove(stream)
    stream.response.destroy()
  }

  /** Says goodbye with a reason: `session` (log in again), `changed` (come back), `stopping`. */
  function end(stream: Stream, reason: 'session' | 'changed' | 'stopping') {
    send(stream, 'over', { reason })
    remove(stream)
    stream.response.end()
  }

  /** `definitions` is the version of those it was opened with. */
  function add(stream: Stream, definitions: number) {
    const { response } = stream
    response.set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Neither kept nor compressed nor held back on its way through a proxy.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    })
    streams.add(stream)
    response.on('close', () => remove(stream))
    response.on('error', () => remove(stream))
    response.write('retry: 2000\n\n')
    send(stream, 'hello', { definitions })
  }

  return {
    add,
    send,
    end,
    all: () => [...streams],
    /** Whether there is room for one more of this person. */
    hasRoom(person: Person) {
      let own = 0
      for (const stream of streams) if (stream.person.id === person.id) own += 1
      return streams.size < MAX_STREAMS && own < MAX_STREAMS_A_PERSON
    },
    close() {
      clearInterval(beating)
      for (const stream of [...streams]) end(stream, 'stopping')
    },
  }
}

export type Streams = ReturnType<typeof createStreams>

/** Pages of one person on one list get the same events: rows are read for them once. */
export function inCompany(streams: readonly Stream[]): Stream[][] {
  const groups = new Map<string, Stream[]>()
  for (const stream of streams) {
    const key = JSON.stringify([stream.identity, stream.form.name, stream.campaign_id])
    groups.set(key, [...(groups.get(key) ?? []), stream])
  }
  return [...groups.values()]
}
