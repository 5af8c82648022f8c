// 附件7 of the demonstration: what a city published, and how many people it had reached on three or four days.
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { dateOf, growingDay, live, type PlannedRow, TODAY_DAYS } from './life.ts'

const channels = { 微信公众号: 40, 门户网站: 14, 微博: 16, 抖音: 16, 今日头条: 6, 客户端: 5, 报刊广电: 3 }
const titles = [
  '倾情礼赞新中国｜城职工用镜头讲述奋斗故事',
  '“网聚职工正能量 争做中国好网民”活动在城启动',
  '致敬高温下的城劳动者',
  '城市“好网民”宣传员招募令',
  '70秒，看城70年变化',
  '劳模说：我和祖国共成长（第N期）',
  '网络安全知识小课堂（第N期）',
  '工友故事：班组里的“追梦人”（第N期）',
  '“诗润江淮”职工诵读展播（第N期）',
  '“同框今昔赞发展”作品选登（第N期）',
  '“70”你最美：城职工笑脸征集',
  '这些网络谣言，职工朋友别再信了（第N期）',
  '书香进车间，城职工读书季掠影',
  '城一线职工：祖国，我想对您说',
  '城工会“送清凉”，直播间里学防暑',
  '今天，为城的他们点赞（第N期）',
]

/** Days on which the counts were taken. */
const countedOn = [30, 44, 58, 72]

export function makeReach(draw: Draw, city: City): PlannedRow[] {
  const made: PlannedRow[] = []
  const shares = draw.split(city.netizens, 18 + draw.int(0, 10), 400)
  for (const [n, people] of shares.entries()) made.push(...makeContent(draw, city, n, people))
  if (city.order % 4 === 2) {
    const [row] = makeContent(draw, city, shares.length, 900).slice(-1)
    if (row) made.push({ ...row, life: live(draw, 'draft', 74, { deleted: city.order === 6 }) })
    const [back] = makeContent(draw, city, shares.length + 1, 120_000).slice(-1)
    const fault = { reason: '触达人数比阅读量还多，请附后台截图。', fields: ['people', 'proof'] }
    if (back) made.push({ ...back, life: live(draw, city.order === 14 ? 'void' : 'returned', 73, fault) })
  }
  return made
}

/** Snapshots of one content, the last approved one at `people`. */
function makeContent(draw: Draw, city: City, n: number, people: number): PlannedRow[] {
  const published = growingDay(draw, 3, 66)
  const channel = draw.weighted(channels)
  const title = (titles[n % titles.length] ?? '')
    .replace('城', city.name)
    .replace('N', String(1 + Math.floor(n / titles.length) + (n % 5)))
    .concat(n >= titles.length && !titles[n % titles.length]?.includes('N') ? '（续）' : '')
  const content = {
    channel,
    account: channel === '门户网站' || channel === '客户端' ? `${city.name}职工服务网` : `${city.name}市总工会`,
    title,
    url:
      channel === '报刊广电'
        ? null
        : `https://gonghui.example/${city.code}/2019/${String(n + 1).padStart(3, '0')}.html`,
    published_on: dateOf(published),
  }
  const rate = 1.25 + draw.next()
  const echo = 0.008 + draw.next() * 0.03
  const snapshot = (counted: number, reached: number, status: string): PlannedRow => ({
    fields: {
      ...content,
      counted_on: dateOf(counted),
      views: Math.round(reached * rate),
      people: reached,
      interactions: Math.round(reached * echo),
      remark: null,
    },
    life: live(draw, status, counted),
  })
  const days = countedOn.filter((day) => day > published)
  const growth = days.map((_, i) => (i + 1 === days.length ? 1 : 0.55 + (0.4 * (i + 1)) / days.length))
  const snapshots = days.map((day, i) =>
    snapshot(day, Math.round(people * (growth[i] ?? 1)), day < 40 ? 'archived' : 'approved'),
  )
  // This Monday's counts of the freshest contents wait for review.
  if (published > 45 && n % 4 === 0) snapshots.push(snapshot(TODAY_DAYS, Math.round(people * 1.4), 'submitted'))
  return snapshots
}
