/**
 * A stock Firefox, spoken to in WebDriver BiDi: real keys, the real clipboard. playwright-core drives Firefox only in
 * builds of its own, or in versions newer than Debian's.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_WITHIN = 60_000

/** The Firefox of this machine: `FIREFOX` if set, else Debian's; null when there is none. */
export const firefoxPath = [process.env.FIREFOX ?? '/usr/bin/firefox-esr'].find((path) => existsSync(path)) ?? null

const KEYS: Readonly<Record<string, string>> = {
  Enter: '\ue007',
  Tab: '\ue004',
  Escape: '\ue00c',
  Control: '\ue009',
  Shift: '\ue008',
  End: '\ue010',
  Home: '\ue011',
  ArrowUp: '\ue013',
  ArrowDown: '\ue015',
  Delete: '\ue017',
}

type Answer = { id?: number; type?: string; result?: Record<string, unknown>; error?: string; message?: string }

/** Starts it with an empty profile and one page. */
export async function launchFirefox() {
  const profile = await mkdtemp(join(tmpdir(), 'firefox-test-'))
  const child = spawn(
    firefoxPath ?? '',
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } },
  )
  const { port } = await listening(child)
  const socket = await connect(port)
  const send = speak(socket)
  await send('session.new', { capabilities: {} })
  const tree = (await send('browsingContext.getTree', {})) as { contexts: { context: string }[] }
  const context = tree.contexts[0]?.context
  await send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 720 } })
  const act = (source: object) => send('input.performActions', { context, actions: [source] })

  return {
    open: (url: string) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    /** The value of an expression in the page, once it has settled; it travels as JSON. */
    async evaluate<T>(expression: string): Promise<T> {
      const answer = (await send('script.evaluate', {
        expression: `(async () => JSON.stringify(await (${expression})))()`,
        target: { context },
        awaitPromise: true,
      })) as { type: string; result: { value?: string }; exceptionDetails?: { text: string } }
      if (answer.type !== 'success') throw new Error(answer.exceptionDetails?.text)
      return answer.result.value === undefined ? (undefined as T) : JSON.parse(answer.result.value)
    },
    /** Keys one after the other; `Control+C` holds the first while the last is pressed. */
    async press(...strokes: string[]) {
      for (const stroke of strokes) {
        const keys = stroke.split('+').map((key) => KEYS[key] ?? key.toLowerCase())
        const down = keys.map((value) => ({ type: 'keyDown', value }))
        const up = keys.reverse().map((value) => ({ type: 'keyUp', value }))
        await act({ type: 'key', id: 'keyboard', actions: [...down, ...up] })
      }
    },
    type: (text: string) =>
      act({
        type: 'key',
        id: 'keyboard',
        actions: [...text].flatMap((value) => [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]),
      }),
    click: (x: number, y: number) =>
      act({
        type: 'pointer',
        id: 'mouse',
        actions: [
          { type: 'pointerMove', x, y },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      }),
    async close() {
      socket.destroy()
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The port it tells on its error output. */
function listening(child: ChildProcess): Promise<{ port: number }> {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`Firefox did not start: ${said}`)), START_WITHIN)
    let said = ''
    child.stderr?.on('data', (text) => {
      said = (said + text).slice(-4000)
      const port = /BiDi listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1]
      if (!port) return
      clearTimeout(late)
      done({ port: Number(port) })
    })
    child.once('exit', (code) => fail(new Error(`Firefox ended with ${code}: ${said}`)))
  })
}

/** A web socket, as far as this needs one: Node 20 has none. */
async function connect(port: number): Promise<Socket> {
  const asked = request({
    port,
    host: '127.0.0.1',
    path: '/session',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  })
  asked.end()
  return new Promise((done, fail) => {
    asked.once('upgrade', (_, socket) => done(socket))
    asked.once('response', ({ statusCode }) => fail(new Error(`Firefox answered ${statusCode}`)))
    asked.once('error', fail)
  })
}

/** Commands go out as masked text frames, answers come back as whole ones. */
function speak(socket: Socket) {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  let rest = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      if (rest.length < 2) return
      const short = (rest[1] ?? 0) & 127
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (rest.length < head) return
      const size = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
      if (rest.length < head + size) return
      const isText = ((rest[0] ?? 0) & 15) === 1
      const text = rest.subarray(head, head + size).toString()
      rest = rest.subarray(head + size)
      const answer: Answer = isText ? JSON.parse(text) : {}
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
    }
  })
  let isOpen = true
  socket.on('close', () => {
    isOpen = false
    for (const answer of waiting.values()) answer({ type: 'error', message: 'Firefox hung up.' })
  })
  return async (method: string, params: object): Promise<unknown> => {
    if (!isOpen) throw new Error('Firefox hung up.')
    last += 1
    const id = last
    const body = Buffer.from(JSON.stringify({ id, method, params }))
    const size = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 255]
    const head = [0x81, 0x80 | (size[0] ?? 0), ...size.slice(1)]
    // Firefox takes a mask of noughts for none.
    const mask = [1, 2, 3, 4]
    socket.write(Buffer.from([...head, ...mask, ...body.map((byte, at) => byte ^ (mask[at % 4] ?? 0))]))
    return new Promise((done, fail) => {
      waiting.set(id, (answer) => {
        waiting.delete(id)
        if (answer.type === 'error') fail(new Error(`${method}: ${answer.message}`))
        else done(answer.result)
      })
    })
  }
}
