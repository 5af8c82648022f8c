/**
 * Takes the pictures of the guide from a demonstration that has just begun (`npm run demo`), one or all of them:
 *
 *   npm run pictures -- http://127.0.0.1:3000 haowangmin-2019 [name…]
 *
 * WebP, because text on a page of many colours is five times as long in PNG.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './browser.ts'
import { type Ask, type Scene, scenes } from './guide_scenes.ts'

const [address = '', password = '', ...names] = process.argv.slice(2)
if (!password) throw new Error('npm run pictures -- <address> <password> [name…]')
const WIDTH = 1280
const HEIGHT = 760
const QUALITY = 82
const SETTLED_MS = 1_200

const browser = await launch()

async function take({ name, as, path, height = HEIGHT, before, act }: Scene): Promise<void> {
  const context = await browser.newContext({ viewport: { width: WIDTH, height }, locale: 'zh-CN' })
  const ask: Ask = async (method, to, data) => {
    const answer = await context.request.fetch(`${address}/api${to}`, { method, data, headers: { origin: address } })
    if (!answer.ok()) throw new Error(`${name}: ${method} ${to}: ${answer.status()} ${await answer.text()}`)
    return answer.status() === 204 ? undefined : answer.json()
  }
  await ask('POST', '/login', { username: as, password })
  const first = await before?.(ask)
  const page = await context.newPage()
  await page.goto(`${address}/#${first ?? path ?? '/'}`, { waitUntil: 'networkidle' }).catch(() => {})
  await act?.(page)
  await page.waitForTimeout(SETTLED_MS)
  const drawing = await context.newCDPSession(page)
  const { data } = await drawing.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  const bytes = Buffer.from(data, 'base64')
  writeFileSync(join(import.meta.dirname, '../../docs', `${name}.webp`), bytes)
  console.log(`${name}.webp ${Math.round(bytes.length / 1000)} kB`)
  await context.close()
}

const wanted = scenes.filter(({ name }) => names.length === 0 || names.includes(name))
for (const scene of wanted)
  await take(scene).catch((error: Error) => {
    console.error(`${scene.name}: ${error.message.slice(0, 300)}`)
    process.exitCode = 1
  })
await browser.close()
