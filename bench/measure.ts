/** Timing in turns: a, b, a, b …; medians, and the ratio of the medians pair by pair. */
import { Agent, request } from 'node:http'

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The value that `share` of a hundred do not pass. */
export const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * share) / 100))] ??
  Number.NaN

type Call = { address: string; method?: string; path: string; headers?: Record<string, string>; body?: string }

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request, answered whole; throws unless the answer is 2xx. */
export function call({ address, method = 'GET', path, headers = {}, body }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${address}${path}`,
      { method, agent, headers: body ? { ...headers, 'content-type': 'application/json' } : headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Milliseconds a call takes at `width` calls at once, over `rounds` rounds. */
async function batch(
  make: (n: number) => Promise<unknown>,
  rounds: number,
  width: number,
  from: number,
): Promise<number> {
  const started = performance.now()
  let next = 0
  const lane = async () => {
    while (next < rounds) await make(from + next++)
  }
  await Promise.all(Array.from({ length: width }, lane))
  return (performance.now() - started) / rounds
}

type Pair = { ours: number; floor: number; ratio: number }
/** Milliseconds on the clock, and of processor time where the machine is shared. */
export type Timed = { ms: number; cpu_ms: number }

/** A piece of work that takes seconds, timed; `pids` are processes that work for it besides the application's. */
export async function timed(
  { processorTime }: { processorTime: (pids?: readonly number[]) => number },
  work: () => Promise<unknown>,
  pids: readonly number[] = [],
): Promise<Timed> {
  const before = processorTime(pids)
  const started = performance.now()
  await work()
  return { ms: performance.now() - started, cpu_ms: processorTime(pids) - before }
}

/** Medians of both, and of the ratios turn by turn. */
export const compare = (ours: readonly Timed[], floors: readonly Timed[]): Pair => ({
  ours: median(ours.map(({ ms }) => ms)),
  floor: median(floors.map(({ ms }) => ms)),
  ratio: median(ours.map(({ ms }, turn) => ms / (floors[turn]?.ms ?? Number.NaN))),
})

/** Both in turns; the ratio is the median of the pairs' ratios, so that drift of the machine cancels out. */
export async function inTurns(
  ours: (n: number) => Promise<unknown>,
  floor: (n: number) => Promise<unknown>,
  { turns = 9, rounds = 60, width = 1 } = {},
): Promise<Pair> {
  await batch(ours, rounds, width, 0)
  await batch(floor, rounds, width, 0)
  const pairs: Pair[] = []
  for (let turn = 1; turn <= turns; turn++) {
    const [a, b] = [await batch(ours, rounds, width, turn * rounds), await batch(floor, rounds, width, turn * rounds)]
    pairs.push({ ours: a, floor: b, ratio: a / b })
  }
  return {
    ours: median(pairs.map((p) => p.ours)),
    floor: median(pairs.map((p) => p.floor)),
    ratio: median(pairs.map((p) => p.ratio)),
  }
}

/** One line of the report. */
export function report(what: string, { ours, floor, ratio }: Pair, goal: number, unit = 'ms') {
  const verdict = ratio <= goal ? 'reached' : 'missed'
  console.log(
    `${what.padEnd(68)} ${ours.toFixed(2).padStart(9)} ${floor.toFixed(2).padStart(9)} ${unit.padEnd(3)} ${ratio.toFixed(2).padStart(6)} ×   goal ≤ ${goal} × ${verdict}`,
  )
}

/** What belongs to the line above. */
export const note = (text: string) => console.log(`    ${text}`)
