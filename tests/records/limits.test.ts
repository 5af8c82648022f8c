/** What a collection takes: kinds, size and number of files, and how many works a unit may send, however they come to be sent. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileKinds, kindsOfFile } from '../../server/forms/files.ts'
import { forms } from '../../server/forms/index.ts'
import { operate } from '../support/operating.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let suzhou: Agent
let province: Agent
let next = 1
beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, wuhu, suzhou, province] = (await Promise.all(
    (['hefei', 'wuhu', 'suzhou', 'province'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
})
afterAll(() => world?.close())

/** What C5 takes from now on. */
const limit = async (limits: object) => {
  const { id, version } = (await province.get(`/collections/${world.collections.C5}`).expect(200)).body
  const none = { file_kinds: null, max_file_mb: null, min_files: null, max_files: null, min_per_unit: null }
  return province.put(`/collections/${id}`, { version, ...none, max_per_unit: null, ...limits })
}
const make = async (agent = hefei, more: object = {}): Promise<number> =>
  (await agent.post('/submissions', { ...sample.submissions?.(next++), ...more }).expect(201)).body.id
const act = (agent: Agent, id: number, action: string, reason?: string) =>
  agent.post(`/submissions/${id}/${action}`, { reason })
const send = (id: number, agent = hefei) => act(agent, id, 'submission')
const upload = (name: string, megabytes: number, fields?: Record<string, string>) =>
  hefei.upload('/files', Buffer.alloc(Math.round(megabytes * 1_048_576), 1), name, fields)
const uploaded = async (name: string, megabytes = 0.1) => {
  const { id } = (await upload(name, megabytes).expect(201)).body
  return { id, name }
}
const keep = async (id: number, files: object[]) => {
  const { version } = (await hefei.get(`/submissions/${id}`)).body
  await hefei.put(`/submissions/${id}`, { version, files }).expect(200)
}

describe('limits of a collection', () => {
  test('go from less to more, and are of what can be uploaded', async () => {
    for (const [low, high] of [
      ['min_files', 'max_files'],
      ['min_per_unit', 'max_per_unit'],
    ])
      expect((await limit({ [low as string]: 3, [high as string]: 2 }).then((told) => told.body)).errors).toMatchObject(
        {
          [low as string]: expect.stringContaining('3 大于'),
        },
      )
    expect((await limit({ file_kinds: ['exe'] })).body.errors.file_kinds).toContain('没有“exe”这一项')
    expect((await limit({ file_kinds: ['JPEG', '视频'] })).body.file_kinds).toEqual(['jpg', '视频'])
    await limit({}).then(({ status }) => expect(status).toBe(200))
  })

  test('name kinds and endings as PostgreSQL does, and the column takes all of them', async () => {
    const types = await world.owner<{ type: string; kinds: string[] }>(
      `select t as type, app.kinds_of_file(t) as kinds from unnest($1::text[]) t`,
      [['image/jpeg', 'image/png', 'audio/mp4', 'video/webm', 'application/pdf', 'application/msword', 'text/plain']],
    )
    for (const { type, kinds } of types) expect([type, kinds]).toEqual([type, kindsOfFile(type)])
    expect((await limit({ file_kinds: fileKinds })).body.file_kinds).toEqual(fileKinds)
    expect(forms.collections?.fields.find(({ name }) => name === 'file_kinds')?.choices).toEqual(fileKinds)
    await limit({})
  })
})

describe('files', () => {
  test('of another kind or too large are refused as they come, where it is said what they are for', async () => {
    await limit({ file_kinds: ['图片', 'mp3'], max_file_mb: 1 })
    const into = { collection_id: String(world.collections.C5) }
    const told = await upload('片子.mp4', 0.1, into).expect(422)
    expect(told.body.message).toBe('这里只收图片、mp3，“片子.mp4”是 mp4。')
    expect((await upload('大.jpg', 1.5, into).expect(422)).body.message).toBe(
      '“大.jpg”有 1.5 MB，这里一个文件最多 1 MB。',
    )
    await upload('好.jpg', 0.5, into).expect(201)
    await upload('好.mp3', 0.5, into).expect(201)
    await upload('片子.mp4', 0.1, { collection_id: '999999' }).expect(404)
    await upload('片子.mp4', 0.1).expect(201)
  })

  test('are asked once more when the work is handed in: kind, size, how many', async () => {
    const [film, large, small] = [await uploaded('片.mp4'), await uploaded('大.jpg', 1.5), await uploaded('小.jpg')]
    const other = await uploaded('又.png')
    await limit({ file_kinds: ['图片'], max_file_mb: 1, min_files: 2, max_files: 3 })
    const id = await make(hefei, { files: [small] })
    const lacks = async () => (await send(id).expect(422)).body.errors.files
    expect(await lacks()).toBe('有 1 个文件，至少 2 个才能提交。')
    await keep(id, [small, film])
    expect(await lacks()).toBe('这里只收图片，“片.mp4”是 mp4。')
    await keep(id, [small, large])
    expect(await lacks()).toBe('“大.jpg”有 1.5 MB，这里一个文件最多 1 MB。')
    await keep(id, [small, other, await uploaded('三.jpg'), await uploaded('四.jpg')])
    expect(await lacks()).toBe('有 4 个文件，最多 3 个，请去掉 1 个。')
    await keep(id, [small, other])
    await send(id).expect(200)
  })

  test('past the rules PostgreSQL refuses each of them itself', async () => {
    await limit({})
    const film = await uploaded('片.mp4', 1.5)
    const id = await make(hefei, { files: [film] })
    for (const broken of [
      { file_kinds: ['图片', 'webm'] },
      { max_file_mb: 1 },
      { min_files: 2 },
      { min_files: 0, max_files: 3, file_kinds: ['mp3'] },
    ]) {
      expect((await limit(broken)).status).toBe(200)
      const user_id = (await hefei.get('/me')).body.id as number
      const moved = await world.database.inTx({ user_id }, (trx) =>
        sql<{
          result: string
        }>`select result from app.move('submissions', array[${id}]::integer[], 'submission', null, null)`.execute(trx),
      )
      expect([broken, moved.rows[0]?.result]).toEqual([broken, 'unfinished'])
    }
    await limit({ file_kinds: ['mp4'], max_file_mb: 2, min_files: 1, max_files: 1 })
    await send(id).expect(200)
  })
})

describe('how many works a unit may send', () => {
  const full = '这个征集活动每个单位最多报 2 件，已经报了 2 件，不能再提交；要换一件，请先撤回一件。'

  test('is asked of what is sent, per unit: drafts, and what came back, are not counted', async () => {
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    await limit({ max_per_unit: 2 })
    const [one, two, three] = [await make(), await make(), await make()]
    await send(one).expect(200)
    await send(two).expect(200)
    expect((await send(three).expect(409)).body.message).toBe(full)
    await send(await make(wuhu), wuhu).expect(200)
    await act(suzhou, one, 'return', '请重拍。').expect(200)
    await send(three).expect(200)
    expect((await send(one).expect(409)).body.message).toBe(full)
    await act(hefei, three, 'withdrawal').expect(200)
    await send(one).expect(200)
  })

  test('of many at once so many go as there is room, whichever way they are sent', async () => {
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    const ids = [await make(), await make(), await make()]
    const told = (await hefei.post('/submissions/submission', { ids }).expect(200)).body
    expect(told.done).toEqual(ids.slice(0, 2))
    expect(told.refused).toMatchObject([
      { id: ids[2], result: 'full', message: expect.stringContaining('最多报 2 件') },
    ])
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    const more = [await make(), await make(), await make()]
    const done = await operate(hefei, 'submissions', { kind: 'move', action: 'submission', filter: { id: more } })
    expect(done.skipped_count).toBe(1)
  })

  test('holds when several are sent at the same moment', async () => {
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    const ids = await Promise.all(Array.from({ length: 8 }, () => make()))
    const answers = await Promise.all(ids.map((id) => send(id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409, 409, 409, 409])
    const [{ sent }] = (await world.owner<{ sent: number }>(
      `select count(*)::integer as sent from submissions where status = 'submitted' and unit_id = $1`,
      [world.units.合肥],
    )) as [{ sent: number }]
    expect(sent).toBe(2)
  })

  test('holds when a step is taken back, too', async () => {
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    await limit({ max_per_unit: 1 })
    const [one, two] = [await make(), await make()]
    await send(one).expect(200)
    await act(hefei, one, 'withdrawal').expect(200)
    await send(two).expect(200)
    const told = await act(hefei, one, 'undo')
    expect([told.status, told.body.message]).toEqual([422, '这个征集活动每个单位最多报 1 件，已经报了 1 件。'])
    await act(hefei, two, 'withdrawal').expect(200)
    await act(hefei, one, 'undo').expect(200)
    await limit({})
  })

  test('is told where it is too few, to the unit and to the province, and never refused', async () => {
    await world.owner(`update submissions set status = 'void', version = version + 1`)
    await limit({ min_per_unit: 1 })
    const missing = async (agent: Agent) => (await agent.get('/reports/todo').expect(200)).body.missing_works
    const own = { collection_id: world.collections.C5, unit: '合肥', sent: 0, least: 1 }
    expect(await missing(hefei)).toMatchObject([own])
    expect((await missing(province)).map(({ unit }: { unit: string }) => unit)).toHaveLength(16)
    await send(await make()).expect(200)
    expect(await missing(hefei)).toEqual([])
    expect((await missing(province)).map(({ unit }: { unit: string }) => unit)).not.toContain('合肥')
    await limit({})
  })
})
