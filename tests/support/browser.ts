/**
 * A real browser for tests: `CHROMIUM` if set, the machine's own if it has one, else the one that comes from npm with
 * its libraries and fonts, unpacked once a machine.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const UNPACK_WITHIN = 120_000

/** Launches a headless browser; the caller closes it. */
export async function launch(): Promise<Browser> {
  const own = process.env.CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : null)
  if (own) return chromium.launch({ executablePath: own, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const { executablePath, args, env } = await packaged()
  return chromium.launch({ executablePath, args, env })
}

/** The npm browser looks at the environment to see where it runs; what it changes there is kept to the browser alone. */
async function packaged() {
  const folder = join(tmpdir(), `grid-tests-chromium-${process.getuid?.() ?? 0}`)
  const before = { ...process.env }
  await mkdir(folder, { recursive: true })
  process.env.TMPDIR = folder
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x'
  try {
    const { default: npmChromium } = await import('@sparticuz/chromium')
    const executablePath = await once(folder, () => npmChromium.executablePath())
    // One process for everything is what a cloud function needs; here it only makes crashes likelier.
    const args = npmChromium.args.filter((arg) => !['--single-process', '--no-zygote'].includes(arg))
    const env = { ...process.env, TMPDIR: tmpdirOf(before) } as Record<string, string>
    return { executablePath, args: [...args, '--disable-dev-shm-usage'], env }
  } finally {
    for (const name of ['TMPDIR', 'AWS_LAMBDA_JS_RUNTIME', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
}

function tmpdirOf(env: NodeJS.ProcessEnv): string {
  return env.TMPDIR ?? '/tmp'
}

/** Several test processes may want it at once: the first unpacks, the others wait for it. */
async function once(folder: string, unpack: () => Promise<string>): Promise<string> {
  const done = join(folder, 'unpacked')
  const lock = join(folder, 'unpacking')
  const until = Date.now() + UNPACK_WITHIN
  while (!existsSync(done)) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) {
      await unpack()
      await writeFile(done, '')
      await rm(lock, { recursive: true })
    } else {
      const since = await stat(lock).catch(() => null)
      // Left behind by a process that was killed.
      if (since && Date.now() - since.mtimeMs > UNPACK_WITHIN) await rm(lock, { recursive: true, force: true })
      if (Date.now() > until) throw new Error('the browser from npm was not unpacked in time')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return unpack()
}
