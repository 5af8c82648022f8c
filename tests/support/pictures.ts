/**
 * Every blank form, export and annex as pictures of its pages, to be looked at. It asks a running server (`npm run demo`)
 * and needs LibreOffice (`soffice`) and `pdftoppm`:
 *
 *   node --import tsx tests/support/pictures.ts http://127.0.0.1:3000 hefei <password> <folder>
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forms } from '../../server/forms/index.ts'

const [address = '', username = '', password = '', folder = ''] = process.argv.slice(2)
if (!folder) throw new Error('tests/support/pictures.ts <address> <username> <password> <folder>')

/** Rows of an export that are shown: two pages or three, not hundreds. */
const shown_rows = 40

const login = await fetch(`${address}/api/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: address },
  body: JSON.stringify({ username, password }),
})
if (!login.ok) throw new Error(`login: ${login.status} ${await login.text()}`)
const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
const ask = (path: string) => fetch(`${address}/api${path}`, { headers: { origin: address, cookie } })

async function save(path: string, name: string): Promise<void> {
  const answer = await ask(path)
  if (!answer.ok) return console.log(name, answer.status)
  writeFileSync(join(folder, `${name}.xlsx`), Buffer.from(await answer.arrayBuffer()))
}

/** The ids of the first rows of a list, as a filter. */
async function firstRows(form: string): Promise<string> {
  const answer = await ask(`/${form}?range=${encodeURIComponent(JSON.stringify([0, shown_rows - 1]))}`)
  const rows: { id: number }[] = answer.ok ? await answer.json() : []
  return encodeURIComponent(JSON.stringify({ id: rows.map(({ id }) => id) }))
}

mkdirSync(folder, { recursive: true })
for (const name of Object.keys(forms)) {
  await save(`/${name}/template.xlsx`, `${name}-blank`)
  await save(`/${name}/export.xlsx?filter=${await firstRows(name)}`, `${name}-rows`)
}
for (const annex of ['1', '2', 'progress']) await save(`/annexes/${annex}.xlsx`, `annex-${annex}`)
const events = await ask('/events?range=[0,0]')
const [event] = events.ok ? ((await events.json()) as { id: number }[]) : []
if (event) await save(`/events/${event.id}/sign_in.xlsx`, 'sign-in')

const files = readdirSync(folder).filter((name) => name.endsWith('.xlsx'))
execFileSync('soffice', ['--headless', '--convert-to', 'pdf', ...files], { cwd: folder, stdio: 'ignore' })
for (const file of files) {
  const name = file.replace('.xlsx', '')
  execFileSync('pdftoppm', ['-r', '60', '-png', `${name}.pdf`, name], { cwd: folder })
}
console.log(`${files.length} workbooks, ${readdirSync(folder).filter((name) => name.endsWith('.png')).length} pages`)
