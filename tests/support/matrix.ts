/** Asking every actor of the permission table the same question, and reading what came back. */
import ExcelJS from 'exceljs'
import { expect } from 'vitest'
import { forms as builtIn, type Forms, fieldOf } from '../../server/forms/index.ts'
import { type Actor, actors } from './permissions.ts'
import type { Agent, Username, World } from './world.ts'

export type Answer = { status: number; text: string; body: unknown; headers: Record<string, string> }
export type StoredId = { id: number; version: number }
/** An answer, or already what it means. */
export type MatrixAttempt = PromiseLike<Answer> | Promise<'yes' | 'no' | Answer>

export async function agentsOf(world: World): Promise<Record<Actor, Agent>> {
  const agents: Partial<Record<Actor, Agent>> = { anonymous: world.anonymous }
  for (const actor of actors) agents[actor] ??= await world.as(actor as Username)
  return agents as Record<Actor, Agent>
}

/** A cell of the table: yes, no, or the status of the refusal, which must be a Chinese sentence. */
export async function told(asked: MatrixAttempt): Promise<string> {
  const got = await asked
  if (typeof got === 'string') return got
  if (got.status >= 400) {
    const { message } = (Buffer.isBuffer(got.body) ? JSON.parse(String(got.body)) : got.body) as { message?: string }
    expect(message, got.text).toMatch(/[\u4e00-\u9fff]/)
  }
  return got.status < 300 ? 'yes' : String(got.status)
}

/** Holds what every actor is told against a line of the table. */
export async function compare(cells: readonly string[], ask: (actor: Actor) => Promise<string>) {
  const found: Record<string, string> = {}
  for (const actor of actors) found[actor] = await ask(actor)
  expect(found).toEqual(Object.fromEntries(actors.map((actor, i) => [actor, cells[i]])))
}

const rowsOf = (answer: Answer) => answer.body as { id: number }[]

/** Whether an answer that came has the row in it. */
export async function has(answer: PromiseLike<Answer>, row: StoredId, of = rowsOf) {
  const got = await answer
  if (got.status !== 200) return got
  return of(got).some(({ id }) => id === row.id) ? 'yes' : 'no'
}

export const binary = (test: ReturnType<Agent['get']>) =>
  test.buffer(true).parse((response, done) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => done(null, Buffer.concat(chunks)))
  })

/** Every text in a workbook. */
export async function textsOf(bytes: Buffer): Promise<string[]> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  const texts: string[] = []
  for (const sheet of book.worksheets) sheet.eachRow((line) => line.eachCell((cell) => texts.push(cell.text)))
  return texts
}

/** A workbook of one row under plain headings, as a clerk would send it. */
export async function workbookOf(form: string, row: Record<string, unknown>, forms: Forms = builtIn): Promise<Buffer> {
  const fields = forms[form]
  if (!fields) throw new Error(form)
  const book = new ExcelJS.Workbook()
  const labels = Object.keys(row).map((name) => fieldOf(fields, name)?.label ?? name)
  const cells = Object.values(row).map((value) =>
    typeof value === 'boolean' ? (value ? '是' : '否') : Array.isArray(value) ? value.join('、') : String(value ?? ''),
  )
  book.addWorksheet('表').addRows([labels, cells])
  return Buffer.from(await book.xlsx.writeBuffer())
}
