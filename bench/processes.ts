/** Processes looked at from outside: how much memory one holds, and the processor time that it or all of PostgreSQL took. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Served = { address: string; pid: number; stop: () => Promise<void> }

/** Starts `serve.ts` and waits for its address. */
export async function serve(what: 'ours' | 'floor', env: Record<string, string>): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'serve.ts'), what],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
  const address = await Promise.race([
    once(child, 'message').then(([told]) => String(told)),
    once(child, 'exit').then(([code]) => {
      throw new Error(`serve.ts ${what} ended with ${code}`)
    }),
  ])
  return {
    address,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

const TICK_MS = 10

/** State fields of a process behind its name, as proc(5) numbers them from 3; undefined when it is gone. */
function stateOf(pid: number | string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
  } catch {
    return undefined
  }
}

const cpuOf = (state: string[] | undefined) => (state ? (Number(state[11]) + Number(state[12])) * TICK_MS : 0)

/** Milliseconds of processor time that these processes, and all children of `parent`, have taken so far. */
export function processorTime(pids: readonly number[], parent: number): number {
  const own = pids.reduce((sum, pid) => sum + cpuOf(stateOf(pid)), 0)
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(stateOf)
    .filter((state) => Number(state?.[1]) === parent)
  return own + children.reduce((sum, state) => sum + cpuOf(state), 0)
}

export const parentOf = (pid: number) => Number(stateOf(pid)?.[1] ?? 0)

const PAGE_KB = 4

/** Megabytes a process holds now; 0 when it is gone. */
export const memoryOf = (pid: number): number => (Number(stateOf(pid)?.[21] ?? 0) * PAGE_KB) / 1024

/** Looks at a process every few milliseconds until `stop`, which answers the most megabytes seen. */
export function watchMemory(pid: number): { stop: () => number } {
  let most = memoryOf(pid)
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(pid))
  }, 10)
  return {
    stop: () => {
      clearInterval(timer)
      return Math.max(most, memoryOf(pid))
    },
  }
}
