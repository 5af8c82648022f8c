/** Every file of four notices is read as a person reads it: units, targets, collections, days, and what has to be asked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NoticeProposal } from '../../server/proposals/notice/proposal.ts'
import { noticeFolders, proposalOf } from '../support/notices.ts'
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

const daysOf = ({ days }: NoticeProposal) =>
  days.map(({ name, starts_on, ends_on, annexes }) => [name, starts_on, ends_on, annexes.join()])
const targetsOf = ({ targets }: NoticeProposal) =>
  targets.map(({ label, measure, bound, total, each, quotas }) => [label, measure, bound, total, each, quotas.length])
const tablesOf = ({ tables }: NoticeProposal) =>
  tables.filter(({ kind }) => kind !== 'unused').map(({ annex, kind, one_page }) => [annex, kind, one_page])
const asked = ({ questions }: NoticeProposal) =>
  questions.filter(({ id }) => !id.startsWith('form.')).map(({ id }) => id)
const hostsOf = ({ hosts }: NoticeProposal) =>
  hosts.map(({ title, hosts, medium, level, limits, per_unit, until }) => ({
    title,
    hosts: hosts.join('、'),
    medium,
    level,
    limits,
    per_unit: per_unit ? [per_unit.min ?? null, per_unit.max] : null,
    until,
  }))

test('2019安徽: units, targets, collections, days', () => {
  const proposal = read('2019安徽')
  expect(proposal.campaign).toMatchObject({
    year: 2019,
    name: '2019年度“网聚职工正能量 争做中国好网民”主题活动',
    theme: '倾情礼赞新中国 网聚职工正能量',
    notice_number: '皖工发〔2019〕17号',
    dated: '2019-05-28',
    issued_by: ['安徽省总工会', '中共安徽省委网信办'],
  })
  expect(tablesOf(proposal)).toEqual([[1, 'quotas', false]])
  expect(proposal.units.map(({ name }) => name).join()).toBe(
    '合肥,淮北,亳州,宿州,蚌埠,阜阳,淮南,滁州,六安,马鞍山,芜湖,宣城,铜陵,池州,安庆,黄山',
  )
  expect(targetsOf(proposal)).toEqual([
    ['组织动员工会组织', '个', 'at_least', 100, null, 16],
    ['发展宣传员', '名', 'at_least', 2000, null, 16],
    ['线下活动数', '场', 'at_least', 300, null, 16],
    ['面对面接触职工', '名', 'at_least', 50_000, null, 0],
    ['影响职工网民', '人', 'at_least', 10_000_000, null, 0],
  ])
  expect(daysOf(proposal)).toEqual([
    ['启动', '2019-05-01', '2019-05-31', ''],
    ['征集评选', '2019-06-01', '2019-10-31', ''],
    ['活动推进', '2019-06-01', '2019-08-31', ''],
    ['评出入围作品', null, '2019-08-26', ''],
    ['专家评审', '2019-09-01', '2019-09-30', ''],
    ['报送成果', '2019-09-23', '2019-09-27', ''],
    ['报全国', '2019-10-01', '2019-10-31', ''],
    ['总结表彰', '2019-11-01', '2019-11-30', ''],
  ])
  const hosts = proposal.hosts.map(({ level, title, hosts, medium, limits, sub_themes, tags }) => [
    level,
    title,
    hosts.join('、'),
    medium,
    { ...limits, themes: sub_themes.length, tags: tags.length },
  ])
  const none = { themes: 0, tags: 0 }
  expect(hosts).toEqual([
    ['own', '全国工会网络正能量摄影作品征集活动', '安徽省总工会', '图片', none],
    ['own', '“‘70’你最美——安徽V力量在行动”图片征集', '安徽省总工会', '图片', { ...none, themes: 4, max_chars: 100 }],
    [
      'own',
      '“70年70变”短视频征集',
      '安徽省总工会',
      '视频',
      { ...none, themes: 4, max_seconds: 180, suggested_seconds: 60 },
    ],
    ['own', '“同框今昔赞发展”图文征集活动', '淮北市总工会', '图文', none],
    ['own', '“祖国，我想对您说...”微视频征集活动', '宿州市总工会', '视频', none],
    ['own', '“诗润江淮”音频征集活动', '淮南市总工会', '音频', { ...none, themes: 3 }],
    ['own', '互联网+优秀普惠平台征集活动', '马鞍山市总工会', '平台', { ...none, themes: 6 }],
    ['own', '省网络素养教育基地案例征集', '宣城市总工会', '案例', { ...none, tags: 6 }],
    ['above', '网络正能量微视频征集', '天津市总工会', '视频', none],
    ['above', '网络正能量专题活动征集', '河北省总工会', '', none],
    ['above', '网络正能量摄影作品征集', '安徽省总工会', '图片', none],
    ['above', '互联网+普惠服务优秀平台征集', '福建省总工会、厦门市总工会', '平台', none],
    ['above', '网络正能量诵读作品征集', '湖北省总工会', '音频', none],
    ['above', '网络正能量歌曲征集', '中国金融工会', '音频', none],
    ['above', '网络正能量微课征集', '中国工人出版社', '视频', none],
  ])
  expect(asked(proposal)).toEqual(['units.full_names', 'units.more', 'registers.none', 'hosts.same.host_1'])
})

/** One press for the head, for each table that is used, each list that is there, and each question. */
const presses = ({ tables, days, hosts, targets, questions }: NoticeProposal) =>
  1 +
  tables.filter(({ kind }) => kind !== 'unused').length +
  [days, targets, hosts.filter(({ level }) => level === 'own'), hosts.filter(({ level }) => level === 'above')].filter(
    ({ length }) => length > 0,
  ).length +
  questions.length

test('2019安徽 is confirmed with at most ten presses', () => {
  expect(presses(read('2019安徽'))).toBeLessThanOrEqual(10)
})

test('2023滨海: the register, quotas and days of its three files', () => {
  const proposal = read('2023滨海')
  expect(proposal.campaign).toMatchObject({ year: 2023, notice_number: '津滨工〔2023〕26号', dated: '2023-06-19' })
  expect(tablesOf(proposal)).toEqual([
    [1, 'collections', false],
    [2, 'quotas', false],
    [3, 'register', false],
  ])
  const kinds = proposal.units.map(({ kind }) => kind)
  const count = (kind: string) => kinds.filter((each) => each === kind).length
  expect([proposal.units.length, count('开发区'), count('街镇'), count('系统'), count('直属单位')]).toEqual([
    24, 5, 10, 5, 4,
  ])
  expect(targetsOf(proposal)).toEqual([['线下活动', '场', 'at_least', 86, 3, 24]])
  expect(proposal.targets[0]?.quotas.filter(({ value }) => value === 5)).toHaveLength(7)
  expect(daysOf(proposal)).toEqual([
    ['开展活动', '2023-06-19', '2023-07-31', ''],
    ['报送作品', null, '2023-07-20', ''],
    ['报《线下活动统计表》', null, '2023-08-05', '3'],
    ['报送工作总结', null, '2023-08-20', ''],
    ['推优', '2023-09-01', '2023-09-30', ''],
  ])
  const of = { level: 'above', per_unit: [null, 2], until: '2023-07-20' }
  expect(hostsOf(proposal)).toEqual([
    {
      ...of,
      title: '网络正能量微视频',
      hosts: '市建设工会',
      medium: '视频',
      limits: { max_seconds: 120, formats: ['mp4'] },
    },
    {
      ...of,
      title: '网络正能量摄影作品',
      hosts: '河西区总工会',
      medium: '图片',
      limits: { max_files: 6, max_chars: 80, with: ['文字说明'] },
    },
    {
      ...of,
      title: '网络正能量诵读作品',
      hosts: '市教育工会',
      medium: '音频',
      limits: { min_seconds: 180, max_seconds: 360 },
    },
    {
      ...of,
      title: '优秀网评文章',
      hosts: '北辰区总工会',
      medium: '文字',
      limits: { min_chars: 800, max_chars: 1200 },
    },
  ])
  expect(asked(proposal)).toEqual(['total.prose.target_1', 'rules.per_event'])
  expect(proposal.questions[0]?.options.map(({ value }) => value)).toEqual([86, 80])
})

test('a filled form beside the empty one is no second register', async () => {
  const proposal = await proposalOf(province, '2023滨海', true)
  const registers = proposal.tables.filter(({ annex }) => annex === 3)
  expect(registers.map(({ file, kind }) => [file.includes('填好'), kind]).sort()).toEqual([
    [false, 'register'],
    [true, 'unused'],
  ])
  expect(targetsOf(proposal)).toEqual(targetsOf(read('2023滨海')))
})

test('2024陕西: ten collections with hosts and limits', () => {
  const proposal = read('2024陕西')
  const MB = 1_048_576
  const row = (
    title: string,
    hosts: string,
    medium: string,
    limits: object,
    per_unit: [number | null, number],
    until: string,
  ) => ({
    title,
    hosts,
    medium,
    level: 'own',
    limits,
    per_unit,
    until,
  })
  expect(hostsOf(proposal)).toEqual([
    row(
      '网络正能量歌曲',
      '榆林市总工会',
      '音频',
      { max_seconds: 300, max_file_bytes: 20 * MB, formats: ['mp3'], with: ['歌词'] },
      [null, 2],
      '2024-07-31',
    ),
    row(
      '网络正能量微视频',
      '西安市总工会',
      '视频',
      { min_seconds: 30, max_seconds: 300, max_file_bytes: 500 * MB, formats: ['mp4'] },
      [null, 5],
      '2024-08-15',
    ),
    row(
      '网络正能量动漫',
      '咸阳市总工会',
      '动画视频或漫画',
      { max_seconds: 180, formats: ['jpg'] },
      [null, 3],
      '2024-08-15',
    ),
    row(
      '网络正能量摄影',
      '渭南市总工会',
      '图片',
      { min_files: 4, max_files: 8, min_file_bytes: 3 * MB, max_file_bytes: 10 * MB, max_chars: 200 },
      [null, 10],
      '2024-08-05',
    ),
    row(
      '网络正能量诵读',
      '汉中市总工会',
      '音频或视频',
      { min_seconds: 180, max_seconds: 360 },
      [null, 3],
      '2024-08-20',
    ),
    row('正能量职工网络达人', '省总网络中心', '账号', { min_followers: 10_000, max_chars: 500 }, [1, 2], '2024-08-10'),
    row('优秀网评文章', '省国防工会', '文字', { min_chars: 800, max_chars: 1500 }, [null, 5], '2024-08-20'),
    row(
      '互联网+工会普惠服务优秀平台',
      '省财贸金融轻工工会',
      '平台',
      { max_chars: 2000, max_seconds: 180 },
      [null, 1],
      '2024-08-25',
    ),
    row('AI应用案例', '省总网络中心', '案例', { max_chars: 1500 }, [null, 2], '2024-08-31'),
    row(
      '网络正能量创新活动',
      '省总网络中心',
      '案例',
      { max_chars: 2000, max_files: 5, max_seconds: 300 },
      [null, 2],
      '2024-08-31',
    ),
  ])
  expect(targetsOf(proposal)).toEqual([['参加项目', '个', 'at_least', null, 5, 0]])
  expect(daysOf(proposal)).toEqual([
    ['作品征集', '2024-07-05', '2024-08-31', '3'],
    ['报联络员', null, '2024-07-15', ''],
    ['初评', '2024-09-01', '2024-09-15', ''],
    ['网络投票', '2024-09-20', '2024-09-30', ''],
    ['专家评审', null, null, ''],
    ['公布结果', null, '2024-11-30', ''],
  ])
  expect(tablesOf(proposal)).toEqual([
    [1, 'collections', false],
    [2, 'register', true],
    [3, 'register', false],
  ])
  const texts = proposal.documents.flatMap(({ blocks }) => blocks.map((block) => ('text' in block ? block.text : '')))
  expect(texts.filter((text) => text.includes('扫码进入活动专区'))).toHaveLength(1)
  expect(asked(proposal).sort()).toEqual(
    [
      'units.missing',
      ...proposal.tables.filter(({ annex }) => annex === 3).map(({ id }) => `registers.collection.${id}`),
      ...proposal.tables.filter(({ annex }) => annex === 3).map(({ id }) => `registers.applicant.${id}`),
      'hosts.count',
      'days.stage_5',
    ].sort(),
  )
})

test('2025劳模推荐: units in two halves, places, shares and days', () => {
  const proposal = read('2025劳模推荐')
  expect(proposal.campaign).toMatchObject({
    year: 2025,
    name: '2025年甘肃省劳动模范和先进工作者推荐评选',
    issued_by: ['甘肃省劳动模范和先进工作者评选委员会'],
  })
  expect(proposal.units.map(({ name }) => name).join()).toBe(
    '兰州市,嘉峪关市,金昌市,白银市,天水市,武威市,张掖市,平凉市,酒泉市,庆阳市,定西市,陇南市,临夏州,甘南州,兰州新区,省直机关工委,' +
      '省教科文卫工会,省建设交通工会,省冶金有色工会,省石化工会,省邮政电信工会,省电力工会,省农林水财贸工会,省国资委',
  )
  expect(targetsOf(proposal)).toEqual([
    ['劳动模范', '名', 'exactly', 135, null, 23],
    ['先进工作者', '名', 'exactly', 62, null, 19],
  ])
  expect(proposal.shares.map(({ subject, of, bound, percent }) => [subject, of, bound, percent])).toEqual([
    ['一线职工和专业技术人员', '劳动模范', 'at_least', 50],
    ['农民（含农民工）', '劳动模范', 'at_least', 20],
    ['企业负责人', '劳动模范', 'at_most', 15],
    ['县处级干部', '先进工作者', 'at_most', 20],
    ['科教文卫一线人员', '先进工作者', 'at_least', 40],
    ['女性', null, 'at_least', 25],
  ])
  expect(daysOf(proposal)).toEqual([
    ['报《推荐对象汇总表》', null, '2025-03-14', '2'],
    ['反馈初审意见', null, '2025-03-31', ''],
    ['报《推荐审批表》', null, '2025-04-08', '3'],
    ['审定', null, null, ''],
    ['总结表彰', null, '2025-04-30', ''],
  ])
  expect(proposal.days[2]?.time).toBe('17:00')
  expect(tablesOf(proposal)).toEqual([
    [1, 'places', false],
    [2, 'register', false],
    [3, 'register', true],
  ])
  expect(asked(proposal)).toEqual(['units.kinds', 'shares.over', 'days.stage_4'])
})
