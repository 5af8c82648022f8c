// The notice and what is seeded from it, typed twice by hand; and the demonstration, held against the forms' own rules.
import { verify } from '@node-rs/argon2'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { loadDemo } from '../../seeds/demo.ts'
import { createAdmin, loadCampaign2019 } from '../../seeds/index.ts'
import { checkRow, forms, readRow, registers, sameText } from '../../server/forms/index.ts'
import { newDatabase } from '../support/databases.ts'

type Row = Record<string, unknown>
type Seeded = { url: string; rows: (text: string, values?: unknown[]) => Promise<Row[]>; close: () => Promise<void> }

/** A database of its own, migrated and empty. */
async function migrated(): Promise<Seeded> {
  const url = await newDatabase()
  await migrate(url)
  const client = new pg.Client({ connectionString: url, options: '-c timezone=Asia/Shanghai' })
  await client.connect()
  return {
    url,
    // As JSON, so that dates and moments are text, as everywhere else.
    rows: async (text, values) =>
      (await client.query(`select to_jsonb(t) as row from (${text}) t`, values)).rows.map(({ row }) => row),
    close: () => client.end(),
  }
}

describe('the notice of 2019', () => {
  let world: Seeded
  beforeAll(async () => {
    world = await migrated()
    await Promise.all([1, 2, 3].map(() => loadCampaign2019(world.url)))
  })
  afterAll(() => world?.close())

  test('is one campaign, however many processes load it at once and however often', async () => {
    await loadCampaign2019(world.url)
    const campaigns = await world.rows('select * from campaigns')
    expect(campaigns).toHaveLength(1)
    expect(campaigns[0]).toMatchObject({
      year: 2019,
      notice_number: '皖工发〔2019〕17号',
      theme: '倾情礼赞新中国 网聚职工正能量',
      starts_on: '2019-06-01',
      ends_on: '2019-11-30',
      today_on: null,
    })
    expect(campaigns[0]?.notice_title).toContain('“网聚职工正能量 争做中国好网民”主题活动的通知')
  })

  test('leaves alone what was changed since', async () => {
    await world.rows(`select 1 from (select set_config('app.user_id', '', false)) x`)
    const client = new pg.Client(world.url)
    await client.connect()
    await client.query(
      `update quotas set events = 21, version = version + 1 where unit_id = (select id from units where code = 'hefei')`,
    )
    await loadCampaign2019(world.url)
    const kept = await client.query(
      `update quotas set events = 20, version = version + 1 where events = 21 returning unit_id`,
    )
    await client.end()
    expect(kept.rowCount).toBe(1)
  })

  test('annex 1: sixteen cities in its order, each row and the total as printed', async () => {
    const quotas = await world.rows(
      `select p.annex_order as n, u.short_name as unit, u.name, q.organizations as o, q.propagandists as p, q.events as e
       from quotas q join units u on u.id = q.unit_id join participations p using (campaign_id, unit_id)
       where p.annex_order is not null order by p.annex_order`,
    )
    const printed = `1 合肥 7 140 20 / 2 淮北 5 120 18 / 3 亳州 6 120 18 / 4 宿州 6 120 20 / 5 蚌埠 7 130 20 / 6 阜阳 7 130 20
      / 7 淮南 7 130 18 / 8 滁州 7 130 20 / 9 六安 6 120 18 / 10 马鞍山 6 120 18 / 11 芜湖 6 120 18 / 12 宣城 5 120 18
      / 13 铜陵 6 120 18 / 14 池州 6 130 18 / 15 安庆 7 130 20 / 16 黄山 6 120 18`
    expect(quotas.map(({ n, unit, o, p, e }) => [n, unit, o, p, e].join(' '))).toEqual(
      printed.split('/').map((line) => line.trim()),
    )
    expect(quotas.every(({ unit, name }) => name === `${unit}市总工会`)).toBe(true)
    const total = (name: string) => quotas.reduce((sum, row) => sum + Number(row[name]), 0)
    expect([total('o'), total('p'), total('e')]).toEqual([100, 2000, 300])
  })

  test('50,000 workers met and 10,000,000 netizens reached are the province’s', async () => {
    const rest = await world.rows(
      `select u.short_name, q.organizations, q.propagandists, q.events, q.people, q.netizens
       from quotas q join units u on u.id = q.unit_id join participations p using (campaign_id, unit_id) where p.annex_order is null`,
    )
    const blank = { organizations: null, propagandists: null, events: null }
    expect(rest).toEqual([{ short_name: '省总', ...blank, people: 50_000, netizens: 10_000_000 }])
  })

  test('every kind of unit the notice addresses is there', async () => {
    const units = await world.rows(
      'select u.kind, array_agg(u.code order by p.annex_order, u.code) as codes from participations p join units u on u.id = p.unit_id group by 1',
    )
    const codes = Object.fromEntries(units.map((unit) => [unit.kind, unit.codes]))
    expect(codes.市总工会.join(' ')).toBe(
      'hefei huaibei bozhou suzhou bengbu fuyang huainan chuzhou luan maanshan wuhu xuancheng tongling chizhou anqing huangshan',
    )
    expect(codes.省直管县总工会).toEqual(['guangde', 'susong'])
    expect([codes.省总, codes.网信办, codes.省总直管基层工会].map((list) => list.length)).toEqual([1, 1, 1])
    expect(codes['省直/省产业工会'].length).toBeGreaterThan(1)
  })

  test('annex 2: eight collections, their hosts, rules and the national activities they feed', async () => {
    const collections = await world.rows(
      `select c.*, u.short_name as host, n.title as national from collections c join units u on u.id = c.host_unit_id
       left join national_activities n on n.id = c.national_activity_id order by c.code`,
    )
    expect(collections.map(({ code, medium, host, title }) => [code, medium, host, title].join(' '))).toEqual([
      'C1 图片 省总 全国工会网络正能量摄影作品征集活动',
      'C2 图片 省总 “‘70’你最美——安徽V力量在行动”图片征集',
      'C3 视频 省总 “70年70变”短视频征集',
      'C4 图文 淮北 “同框今昔赞发展”图文征集活动',
      'C5 视频 宿州 “祖国，我想对您说...”微视频征集活动',
      'C6 音频 淮南 “诗润江淮”音频征集活动',
      'C7 平台 马鞍山 互联网+优秀普惠平台征集活动',
      'C8 案例 宣城 省网络素养教育基地案例征集',
    ])
    const [c1, c2, c3, , c5, c6, c7, c8] = collections as Row[]
    expect(c2).toMatchObject({ max_chars: 100, sub_theme_required: true })
    expect(c2?.sub_themes).toEqual(['劳动的你最美', '奉献的你最美', '圆梦的你最美', '收获的你最美'])
    expect(c3).toMatchObject({ max_seconds: 180, suggested_seconds: 60, sub_theme_required: true })
    expect(c3?.sub_themes).toEqual(['我家乡的变化', '幸福是奋斗出来的', '不忘初心牢记使命', '网聚线上线下正能量'])
    expect(collections.filter(({ needed_slots }) => needed_slots)).toMatchObject([
      { code: 'C4', needed_slots: ['旧照', '新照'] },
    ])
    expect(c6?.sub_themes).toHaveLength(3)
    expect(c7?.sub_themes).toEqual(['宣传教育', '就业服务', '维权帮扶', '技能提升', '商家优惠', '公共服务'])
    expect(c7?.tags).toEqual(['微信', 'APP', '网站'])
    expect(c8?.tags).toEqual([
      '同心圆意识',
      '责任担当意识',
      '依法上网意识',
      '文明上网意识',
      '技能提升意识',
      '网络安全意识',
    ])
    expect([c1, c3, c5, c6, c7].map((each) => each?.national)).toEqual([
      '网络正能量摄影作品征集',
      '网络正能量微视频征集',
      '网络正能量微视频征集',
      '网络正能量诵读作品征集',
      '互联网+普惠服务优秀平台征集',
    ])
    for (const each of collections) expect(String(each.content).length).toBeGreaterThan(60)
    expect(String(c5?.entrance)).toBe('宿州市总工会微信公众号')
  })

  test('seven national activities and who organizes them', async () => {
    const activities = await world.rows('select position, title, organizer from national_activities order by position')
    expect(activities.map(({ organizer }) => organizer)).toEqual([
      '天津市总工会',
      '河北省总工会',
      '安徽省总工会',
      '福建省总工会、厦门市总工会',
      '湖北省总工会',
      '中国金融工会',
      '中国工人出版社',
    ])
    expect(activities.map(({ title }) => String(title).replace(/网络正能量|征集|作品/g, ''))).toEqual([
      '微视频',
      '专题活动',
      '摄影',
      '互联网+普惠服务优秀平台',
      '诵读',
      '歌曲',
      '微课',
    ])
  })

  test('the stages and their dates; a deadline long past locks nothing', async () => {
    const stages = await world.rows('select name, starts_on, ends_on, is_deadline, locks from stages order by position')
    expect(stages.map(({ name, starts_on, ends_on }) => `${name} ${starts_on} ${ends_on}`)).toEqual([
      '启动 2019-05-01 2019-05-31',
      '推进 2019-06-01 2019-08-31',
      '入围截止 2019-08-26 2019-08-26',
      '专家评审 2019-09-01 2019-09-30',
      '承办单位报送 2019-09-23 2019-09-27',
      '报全国 2019-10-01 2019-10-31',
      '总结表彰 2019-11-01 2019-11-30',
    ])
    expect(stages.filter(({ is_deadline }) => is_deadline).map(({ name }) => name)).toEqual([
      '入围截止',
      '承办单位报送',
    ])
    expect(stages.every(({ locks }) => locks === null)).toBe(true)
  })

  test('every seeded row passes the rules of its own form', async () => {
    // The notice opens nothing again: that is for the province to do, past a deadline.
    const seeded = Object.values(forms).filter(({ scope, name }) => scope !== 'unit' && name !== 'reopenings')
    for (const form of seeded) {
      const rows = await world.rows(`select * from ${form.name}`)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(faultsOf(form.name, row), `${form.name} ${row.id}`).toEqual({})
    }
  })

  test('the first administrator is created once, must change the password, and has it kept as argon2id', async () => {
    const created = await Promise.all([createAdmin(world.url, 'first word 1'), createAdmin(world.url, 'first word 1')])
    expect(created.filter(Boolean)).toHaveLength(1)
    expect(await createAdmin(world.url, 'another word 2')).toBe(false)
    const [admin, ...others] = await world.rows(
      'select p.*, u.short_name from users p join units u on u.id = p.unit_id order by p.id',
    )
    expect(others).toEqual([])
    expect(admin).toMatchObject({ username: 'admin', role: 'province', short_name: '省总', must_change_password: true })
    expect(admin?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verify(String(admin?.password_hash), 'first word 1')).toBe(true)
  })
})

/** What the forms say to a stored row: nothing, if it is right. */
function faultsOf(name: string, stored: Row, related: Parameters<typeof checkRow>[2] = {}) {
  const form = forms[name]
  if (!form) throw new Error(name)
  const { row, errors } = readRow(form, stored, { year: 2019 })
  return { ...errors, ...checkRow(form, row, related) }
}

describe('the demonstration', () => {
  let world: Seeded
  const stored: Record<string, Row[]> = {}
  beforeAll(async () => {
    world = await migrated()
    await loadCampaign2019(world.url)
    await Promise.all([loadDemo(world.url, 'demo word 1'), loadDemo(world.url, 'demo word 1')])
    for (const { name } of [...registers, { name: 'collections' }])
      stored[name] = await world.rows(`select * from ${name} order by id`)
  })
  afterAll(() => world?.close())

  test('stands on 2019-08-19, with the deadline of the 26th ahead and its locks on', async () => {
    const [campaign] = await world.rows('select today_on from campaigns')
    expect(campaign?.today_on).toBe('2019-08-19')
    const locked = await world.rows('select name, locks from stages where locks is not null')
    expect(locked).toEqual([{ name: '入围截止', locks: registers.slice(0, 6).map(({ name }) => name) }])
  })

  test('has its accounts, one password for all of them, and no change demanded', async () => {
    const users = await world.rows('select username, role, password_hash, must_change_password from users order by id')
    const cities =
      'hefei huaibei bozhou suzhou bengbu fuyang huainan chuzhou luan maanshan wuhu xuancheng tongling chizhou anqing huangshan'
    expect(users.map(({ username }) => username)).toEqual(
      `admin province cac cac-hefei ${cities} juror1 juror2`.split(' '),
    )
    expect(users.some(({ must_change_password }) => must_change_password)).toBe(false)
    expect(await verify(String(users.at(-1)?.password_hash), 'demo word 1')).toBe(true)
  })

  test('is left alone once there is any account', async () => {
    const count = async () => (await world.rows('select count(*) as n from changes'))[0]?.n
    const before = await count()
    await loadDemo(world.url, 'another word 2')
    expect(await createAdmin(world.url, 'another word 2')).toBe(false)
    expect(await count()).toBe(before)
  })

  test('every row passes the rules of its form', () => {
    const collections = new Map(stored.collections?.map((row) => [row.id, row]))
    for (const { name } of registers) {
      for (const row of stored[name] ?? []) {
        const collection = collections.get(row.collection_id)
        const related = collection ? { collection_id: collection as Record<string, never> } : {}
        expect(faultsOf(name, row, related), `${name} ${row.id}`).toEqual({})
      }
    }
  })

  test('the counts are those of a province a week before its deadline', async () => {
    const done = (name: string) =>
      (stored[name] ?? []).filter((row) => !row.deleted_at && ['approved', 'archived'].includes(String(row.status)))
    const pending = (name: string) =>
      (stored[name] ?? []).filter((row) => !row.deleted_at && row.status === 'submitted').length
    expect(['organizations', 'propagandists', 'events'].map((name) => done(name).length)).toEqual([85, 1567, 226])
    expect(['organizations', 'propagandists', 'events'].map(pending)).toEqual([9, 196, 25])
    expect(done('events').reduce((sum, row) => sum + Number(row.headcount), 0)).toBe(38_216)
    const visits = stored.attendance?.length ?? 0
    expect(visits).toBeGreaterThan(19_500)
    expect(visits).toBeLessThan(21_500)
    const [reached] = await world.rows(
      `select sum(people) as people from (
         select distinct on (unit_id, channel, account, title) people from reach
         where status in ('approved', 'archived') and deleted_at is null order by unit_id, channel, account, title, counted_on desc) x`,
    )
    expect(reached?.people).toBe(7_477_000)
  })

  test('rows in every state of every form, and some in the 回收站', () => {
    const register = ['draft', 'submitted', 'approved', 'returned', 'archived', 'void']
    const work =
      'draft submitted accepted refused returned void shortlisted under_review proposed publicised awarded not_awarded nominated'
    for (const { name } of registers) {
      const rows = stored[name] ?? []
      const live = new Set(rows.filter((row) => !row.deleted_at).map((row) => row.status))
      const expected = name === 'submissions' ? work.split(' ') : register
      expect([...live].sort(), name).toEqual([...expected].sort())
      expect(
        rows.some((row) => row.deleted_at),
        name,
      ).toBe(true)
    }
  })

  test('what came back says why; what was submitted and reviewed says when, in order', () => {
    for (const { name } of registers) {
      for (const row of stored[name] ?? []) {
        const at = [row.created_at, row.submitted_at, row.reviewed_at, row.deleted_at].filter(Boolean).map(String)
        expect(at, `${name} ${row.id}`).toEqual([...at].sort())
        expect(String(at.at(-1)).slice(0, 10) <= '2019-08-19', `${name} ${row.id}`).toBe(true)
        expect(Boolean(row.submitted_at), `${name} ${row.id} ${row.status}`).toBe(row.status !== 'draft')
        if (['returned', 'refused', 'void'].includes(String(row.status))) expect(row.returned_reason).toBeTruthy()
      }
    }
  })

  test('history tells of each row who entered, submitted and reviewed it, oldest first', async () => {
    const changes = await world.rows('select id, at, form, row_id, action, actor_id, role from changes order by id')
    const moments = changes.map(({ at }) => String(at))
    expect(moments).toEqual([...moments].sort())
    const rows = registers.reduce((sum, { name }) => sum + (stored[name]?.length ?? 0), 0)
    const inRegisters = changes.filter(({ form }) => registers.some(({ name }) => name === form))
    expect(inRegisters.filter(({ action }) => action === 'create')).toHaveLength(rows)
    expect(inRegisters.every(({ actor_id, role }) => actor_id && role)).toBe(true)
  })

  test('numbers, phones and codes: given once, valid, and nobody’s', () => {
    const phones = registers.flatMap(({ name }) =>
      (stored[name] ?? []).flatMap(({ phone }) => (phone ? [String(phone)] : [])),
    )
    expect(phones.every((phone) => /^1[3-9]\d0000\d{4}$/.test(phone))).toBe(true)
    const codes = (stored.organizations ?? []).flatMap(({ credit_code }) => (credit_code ? [credit_code] : []))
    expect(new Set(codes).size).toBe(codes.length)
    const numbers = (stored.submissions ?? []).map(({ number }) => number)
    expect(numbers.every((number) => /^[一-龥]{2,3}-C[1-8]-\d{4}$/.test(String(number)))).toBe(true)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('works of all eight collections; those of 新旧图片对比 show an old and a new picture', async () => {
    const works = stored.submissions ?? []
    expect(new Set(works.map(({ collection_id }) => collection_id)).size).toBe(8)
    const pair = stored.collections?.find(({ code }) => code === 'C4')
    const parts = works
      .filter(({ collection_id }) => collection_id === pair?.id)
      .map(({ files }) => (files as { part: string }[]).map(({ part }) => part).join())
    expect([...new Set(parts)]).toEqual(['旧照,新照'])
    const [pictures] = await world.rows(
      `select count(*) as n, bool_and(sha256 = encode(sha256(content), 'hex') and size = length(content)) as whole from files`,
    )
    expect(pictures).toMatchObject({ whole: true })
    expect(Number(pictures?.n)).toBeGreaterThan(100)
  })

  test('jurors have scored part of what they see, votes never fall', async () => {
    const [scores] = await world.rows(
      `select count(*) filter (where s.status = 'under_review') as open, count(*) as all from scores join submissions s on s.id = submission_id`,
    )
    expect(Number(scores?.open)).toBeGreaterThan(10)
    expect(Number(scores?.all)).toBeGreaterThan(Number(scores?.open))
    const falls = await world.rows(
      `select from (select votes - lag(votes) over (partition by submission_id order by counted_on) as gain from votes) x where gain < 0`,
    )
    expect(falls).toEqual([])
  })

  test('reach is cumulative: no count of a content falls', () => {
    const series = new Map<string, Row>()
    for (const row of [...(stored.reach ?? [])].sort((a, b) =>
      String(a.counted_on) < String(b.counted_on) ? -1 : 1,
    )) {
      const key = [row.unit_id, row.channel, row.account, sameText(String(row.title))].join()
      const last = series.get(key)
      for (const name of ['views', 'people', 'interactions'])
        expect(Number(row[name]), `reach ${row.id}`).toBeGreaterThanOrEqual(Number(last?.[name] ?? 0))
      series.set(key, row)
    }
  })

  test('four people were registered by two cities, and 亳州 may enter events past the deadline', async () => {
    const twice = await world.rows(
      'select phone from propagandists where deleted_at is null group by 1 having count(distinct unit_id) > 1',
    )
    expect(twice).toHaveLength(4)
    const reopened = await world.rows(
      'select u.code, r.form, r.until from reopenings r join units u on u.id = r.unit_id',
    )
    expect(reopened).toEqual([{ code: 'bozhou', form: 'events', until: '2019-09-02' }])
  })
})
