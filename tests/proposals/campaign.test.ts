/** What holds for every proposal: facts beside their words, questions once, nothing stored, the province alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FactSource } from '../../server/proposals/notice/document.ts'
import type { NoticeProposal } from '../../server/proposals/notice/proposal.ts'
import { filesOfNotice, noticeFolders, proposalOf, sendNotice } from '../support/notices.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
const proposals = new Map<string, NoticeProposal>()
const read = (folder: string) => proposals.get(folder) as NoticeProposal

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  for (const folder of noticeFolders) proposals.set(folder, await proposalOf(province, folder))
})
afterAll(() => world?.close())

describe.each(noticeFolders)('%s', (folder) => {
  const allSources = (proposal: NoticeProposal): FactSource[] => {
    const { days, hosts, targets, units, shares } = proposal
    return [
      ...[...days, ...hosts, ...targets].flatMap(({ source, also }) => [source, ...also]),
      ...[...units, ...shares].map(({ source }) => source),
      ...targets.flatMap(({ quotas }) => quotas.map(({ source }) => source)),
    ]
  }

  test('each fact carries the words it comes from, which stand where it says', () => {
    const proposal = read(folder)
    const plain = (text: string) => text.replace(/[\s\u3000]+/g, '')
    for (const source of allSources(proposal)) {
      const { blocks } = proposal.documents.find(({ file }) => file === source.file) ?? { blocks: [] }
      if (source.table !== undefined) {
        const table = proposal.tables.find(({ id }) => id === source.table)
        expect([source, table?.file]).toEqual([source, source.file])
        expect(table?.cells.map(({ text }) => text)).toContain(source.text)
        expect(source.cell).toMatch(/^[A-Z]+\d+$/)
      } else {
        const paragraph = blocks.find((block) => block.kind === 'paragraph' && block.n === source.paragraph)
        expect(plain(paragraph?.kind === 'paragraph' ? paragraph.text : '')).toContain(plain(source.text))
      }
    }
  })

  test('what is asked is asked once, with at least two answers', () => {
    const { questions } = read(folder)
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length)
    expect(new Set(questions.map(({ says }) => says)).size).toBe(questions.length)
    for (const { id, options } of questions) expect([id, options.length]).toEqual([id, Math.max(2, options.length)])
  })

  test('the order in which files are sent makes no difference to what is found', async () => {
    const { body } = await sendNotice(province, filesOfNotice(folder).reverse()).expect(200)
    const found = ({ days, targets, hosts, units }: NoticeProposal) =>
      JSON.stringify([days, targets, hosts, units], (name, value) =>
        name === 'table' || name === 'locks' ? undefined : value,
      )
    expect(found(body)).toBe(found(read(folder)))
    expect(body.campaign).toEqual(read(folder).campaign)
  })

  test('nothing is stored', async () => {
    const [row] = await world.owner<{ campaigns: number; imports: number }>(
      'select (select count(*) from campaigns) as campaigns, (select count(*) from imports) as imports',
    )
    expect(row).toEqual({ campaigns: 1, imports: 0 })
  })
})

test('a table is read as what a person says it is', async () => {
  const proposal = read('2019安徽')
  const quotas = proposal.tables.find(({ kind }) => kind === 'quotas')?.id ?? ''
  const { body } = await sendNotice(province, filesOfNotice('2019安徽'), {
    kinds: JSON.stringify({ [quotas]: 'unused' }),
  }).expect(200)
  expect(body.units).toEqual([])
  expect(body.tables.find(({ id }: { id: string }) => id === quotas)).toMatchObject({
    kind: 'unused',
    why: '按您选的。',
  })
  for (const kinds of ['{', '[]', '{"f1t1":"sheet"}'])
    await sendNotice(province, filesOfNotice('2019安徽'), { kinds }).expect(400)
})

test('the province alone proposes', async () => {
  for (const username of ['hefei', 'cac', 'juror1'] as const) {
    const { body } = await sendNotice(await world.as(username), filesOfNotice('2019安徽')).expect(403)
    expect(body.message).toMatch(/主办方/)
  }
})
