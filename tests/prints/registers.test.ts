/** Every register as a one-page form of its own labels: matched, printed, read back, and masked for whoever may not read all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Form, printField, registers } from '../../server/forms/index.ts'
import { binary } from '../support/matrix.ts'
import { cellsOfXlsx, paperOf, type StoredTemplate, templatesIn } from '../support/prints.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
const templates = new Map<string, StoredTemplate>()
beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  for (const { name } of registers) await hefei.post(`/${name}`, sample[name]?.(1) ?? {}).expect(201)
})
afterAll(() => world?.close())

/** Fields whose label no other one has. */
const fieldsOf = ({ fields }: Form) =>
  fields.filter(({ label }) => fields.filter((each) => each.label === label).length === 1)
const written = (form: Form) => fieldsOf(form).filter(({ type, derived }) => type !== 'attachments' && !derived)

/** What stands beside each label of a printed sheet. */
async function printed(agent: Agent, form: Form): Promise<Map<string, string>> {
  const path = `/${form.name}/prints/${templates.get(form.name)?.id}`
  const { body } = await binary(agent.get(path, { as: 'one', filter: {} })).expect(200)
  const cells = await cellsOfXlsx(body)
  return new Map(fieldsOf(form).map(({ name }, n) => [name, String(cells[`登记表!B${n + 2}`] ?? '')]))
}

describe.each(registers.map((form) => [form.label, form] as const))('%s', (_label, form) => {
  test('has a paper of its labels, each beside the column it names', async () => {
    const paper = await paperOf({ ...form, fields: fieldsOf(form) })
    const template = await templatesIn(world, await world.as('province')).make(paper, `${form.label}.xlsx`, form.name)
    templates.set(form.name, template)
    const fields = Object.fromEntries(template.blanks.map(({ label, field }) => [label, field]))
    for (const { label, name, type } of fieldsOf(form))
      if (type !== 'attachments') expect([label, fields[label]]).toEqual([label, name])
  })

  test('prints what its unit reads of a row, word by word', async () => {
    const [row] = (await hefei.get(`/${form.name}`).expect(200)).body
    const words = await printed(hefei, form)
    for (const field of written(form)) {
      const value = row[`${field.name}_label`] ?? row[field.name]
      const wanted =
        field.type === 'reference' || typeof value === 'number' ? String(value ?? '') : printField(field, value)
      expect([field.name, words.get(field.name)]).toEqual([field.name, wanted])
    }
  })

  test('prints nothing private for the internet office, whatever the label', async () => {
    const [row] = (await hefei.get(`/${form.name}`).expect(200)).body
    const words = await printed(await world.as('cac'), form)
    for (const { name, private: isPrivate } of written(form))
      if (isPrivate && row[name])
        expect([name, [...words.values()].join()]).toEqual([name, expect.not.stringContaining(row[name])])
  })

  test('comes back as the row it is', async () => {
    const path = `/${form.name}/prints/${templates.get(form.name)?.id}`
    const { body } = await binary(hefei.get(path, { as: 'one', filter: {} })).expect(200)
    const checked = await hefei.upload(`${path}/rows`, body, '填好的.xlsx')
    expect(checked.status, checked.text).toBe(200)
    expect(checked.body.errors).toEqual([])
    expect(checked.body).toMatchObject({ rows: 1, create: 0, update: 0, unchanged: 1, mapping: { needed: false } })
  })
})
