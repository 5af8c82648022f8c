/** The packages of other notices: each makes a campaign, is given back as it was, and a clerk of it fills its registers. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileDefinition, sentenceOf } from '../../server/forms/index.ts'
import type { CampaignPackage } from '../../server/packages/package.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const FOLDER = 'seeds/packages'
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== '2019-anhui.json')
const textOf = (file: string) => readFileSync(`${FOLDER}/${file}`, 'utf8')

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
})
afterAll(() => world?.close())

test('there is one for each of the three other notices', () => {
  expect(files).toEqual(['2023-binhai.json', '2024-shaanxi.json', '2025-laomo.json'])
})

describe.each(files)('%s', (file) => {
  const content = JSON.parse(textOf(file)) as CampaignPackage
  let id: number

  test('is looked at, and loaded as it was looked at', async () => {
    const looked = await province.post('/campaigns/packages?check=1', content)
    expect(looked.body.errors ?? {}).toEqual({})
    expect(looked.status).toBe(200)
    const made = await province.post('/campaigns/packages', content)
    expect(made.body.errors ?? {}).toEqual({})
    expect(made.status).toBe(201)
    id = made.body.campaign_id
  })

  test('comes out of the campaign byte for byte', async () => {
    const { text } = await province.get(`/campaigns/${id}/package.json`).expect(200)
    expect(text).toBe(textOf(file))
  })

  test('has rules that are broken by their examples, each with a sentence', () => {
    for (const definition of content.forms) {
      if ('extends' in definition) continue
      const { rules } = compileDefinition(definition)
      for (const rule of rules ?? [])
        expect([rule.name, sentenceOf(rule)]).toEqual([rule.name, expect.stringMatching(/。$/)])
    }
  })

  test('has the registers it says, in the order of their annexes', async () => {
    const { body } = await province.get('/forms', { campaign_id: id }).expect(200)
    const named = content.forms.map((form) => ('extends' in form ? form.extends : form.name))
    const registers = (body as { name: string; scope: string }[]).filter(({ scope }) => scope === 'unit')
    expect(registers.map(({ name }) => name)).toEqual(named)
  })
})
