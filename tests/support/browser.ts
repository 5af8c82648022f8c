/**
 * A real browser for tests: the headless Chromium that comes from npm with its libraries, the same on every machine and
 * unpacked there once; `CHROMIUM` names another. It has no window to draw, so that a page costs half of what it costs in a
 * whole Chromium.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const UNPACK_TIMEOUT_MS = 120_000

/** Launches a headless browser; the caller closes it. */
export async function launch(): Promise<Browser> {
  const own = process.env.CHROMIUM
  const { executablePath, env } = own ? { executablePath: own, env: process.env } : await packaged()
  return chromium.launch({ executablePath, env, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/**
 * The npm browser looks at the environment to see where it runs; what it changes there is kept to the browser alone. Its
 * arguments are for a cloud function: one process for all, and graphics drawn in software, which costs more than the pages.
 */
async function packaged() {
  const folder = join(tmpdir(), `haowangmin-chromium-${version()}-${process.getuid?.() ?? 0}`)
  const before = { ...process.env }
  await mkdir(folder, { recursive: true })
  process.env.TMPDIR = folder
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x'
  try {
    const { default: npmChromium } = await import('@sparticuz/chromium')
    npmChromium.setGraphicsMode = false
    const executablePath = await once(folder, () => npmChromium.executablePath())
    const env = { ...process.env, TMPDIR: before.TMPDIR, FONTCONFIG_FILE: join(folder, 'fonts.conf') }
    return { executablePath, env }
  } finally {
    for (const name of ['TMPDIR', 'AWS_LAMBDA_JS_RUNTIME', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
}

function version(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const root = entry.slice(0, entry.lastIndexOf('chromium/') + 'chromium/'.length)
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

/** The machine's fonts, and where it has none the one that comes along: without any, Chromium takes no text. */
const fonts = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`

/** Several test processes may want it at once: the first unpacks, the others wait for it. */
async function once(folder: string, unpack: () => Promise<string>): Promise<string> {
  const done = join(folder, 'unpacked')
  const lock = join(folder, 'unpacking')
  const until = Date.now() + UNPACK_TIMEOUT_MS
  while (!existsSync(done)) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) {
      await unpack()
      await writeFile(join(folder, 'fonts.conf'), fonts(folder))
      await writeFile(done, '')
      await rm(lock, { recursive: true })
    } else {
      const since = await stat(lock).catch(() => null)
      // Left behind by a process that was killed.
      if (since && Date.now() - since.mtimeMs > UNPACK_TIMEOUT_MS) await rm(lock, { recursive: true, force: true })
      if (Date.now() > until) throw new Error('the browser from npm was not unpacked in time')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return unpack()
}
