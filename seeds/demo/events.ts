// 附件5 and 附件6 of the demonstration: what a city held, and who signed in.
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { dateOf, growingDay, live, momentOf, type PlannedRow, workingDay } from './life.ts'
import { brandIn } from './organizations.ts'
import { type DemoPerson, industries, type NextPerson } from './people.ts'
import type { Home } from './propagandists.ts'

/** 处: where it was held, in a word. */
const titles: Readonly<Record<string, readonly string[]>> = {
  知识竞赛: ['网络安全知识竞赛（处专场）', '“争做中国好网民”知识竞赛（处专场）', '职工网络素养抢答赛（处站）'],
  主题演讲: ['“我和我的祖国”职工演讲比赛（处赛区）', '“奋斗的你最美”劳模宣讲会（处站）'],
  公益: ['“益起徽更好”爱心助学公益行（处站）', '“网聚爱心”关爱留守儿童活动（处站）'],
  志愿服务: ['“网络文明伴我行”志愿服务（处站）', '职工网络志愿者进处'],
  集中宣传: ['“好网民”宣传进处', '清朗网络空间集中宣传（处站）', '防网络诈骗宣传进处'],
  文艺展演: ['“倾情礼赞新中国”职工文艺演出（处场）', '“送清凉·送文化”进处'],
  培训: ['职工好网民宣传员培训班（处）', '短视频拍摄与剪辑培训（处）', '职工网络素养公开课（处）'],
  其他: ['“书香进车间”读书分享会（处）', '“祖国，我想对您说”快闪拍摄（处）'],
}
const kinds = { 知识竞赛: 18, 主题演讲: 10, 公益: 10, 志愿服务: 16, 集中宣传: 24, 文艺展演: 8, 培训: 16, 其他: 6 }
const rooms = ['职工之家', '职工食堂', '二号车间', '多功能厅', '职工书屋', '会议室', '厂区广场']
const halls = ['工人文化宫', '文化馆', '人民广场', '职工服务中心', '职业技术学校礼堂']

type Event = { made: PlannedRow; day: number; employer: string | null; is_short: boolean; index: number }

export function makeEvents(draw: Draw, city: City): Event[] {
  const [done, pending, drafts, returned] = city.events
  const people = draw.split(city.people, done, 36)
  const events: Event[] = []
  const add = (status: string, day: number, headcount: number, past: Parameters<typeof live>[3] = {}) =>
    events.push(makeEvent(draw, city, events.length, status, workingDay(day), headcount, past))
  // 池州 and 六安 have fallen behind.
  const newest = city.code === 'chizhou' ? 62 : 75
  for (const headcount of people) {
    const day = growingDay(draw, 3, newest)
    add(day < 18 ? 'archived' : 'approved', day, headcount)
  }
  for (let i = 0; i < pending; i++) add('submitted', draw.int(newest - 6, newest), draw.int(60, 172))
  for (let i = 0; i < drafts; i++) add('draft', draw.int(73, 77), draw.int(40, 160))
  const fault = { reason: '填报人数与签到人数相差较大，请核对或说明。', fields: ['headcount'] }
  for (let i = 0; i < returned; i++) add('returned', draw.int(66, 72), draw.int(400, 900), fault)
  if (city.order % 4 === 0) {
    add('void', 45, 80, { reason: '与区总工会重复填报，以区总工会的为准。' })
    add('draft', 52, 60, { deleted: true })
  }
  if (city.code === 'hefei') tellOfHefei(events)
  return events
}

function makeEvent(
  draw: Draw,
  city: City,
  index: number,
  status: string,
  day: number,
  headcount: number,
  past: Parameters<typeof live>[3],
): Event {
  const kind = draw.weighted(kinds)
  const district = draw.pick(city.districts)
  const brand = brandIn(city, 20 + index)
  const enterprise = draw.chance(0.83) ? `${city.name}${brand}${draw.pick(industries)}有限公司` : null
  const title = draw.pick(titles[kind] ?? []).replace('处', enterprise ? brand : district)
  const fields = {
    title,
    kind,
    held_on: dateOf(day),
    ended_on: kind === '培训' && day < 76 && draw.chance(0.5) ? dateOf(day + 1) : null,
    place: enterprise ? `${enterprise}${draw.pick(rooms)}` : `${district}${draw.pick(halls)}`,
    enterprise,
    with_cac: draw.chance(0.35),
    headcount,
    media_links: draw.chance(0.4) ? `https://gonghui.example/${city.code}/${dateOf(day).replaceAll('-', '')}` : null,
    summary: draw.chance(0.7)
      ? `${enterprise ? '走进企业' : '走进社区'}，与 ${headcount} 名职工面对面，${draw.pick(purposes)}。`
      : null,
    remark: null,
  }
  const life = live(draw, status, day, past)
  return { made: { fields, life }, day, employer: enterprise, is_short: draw.chance(0.5), index }
}

const purposes = [
  '讲解网络安全法和防诈骗知识',
  '发放“好网民”倡议书并现场签名',
  '邀请劳模讲述奋斗故事',
  '教大家辨别网络谣言、文明上网跟帖',
  '现场发展职工好网民宣传员',
  '围绕新中国成立70周年开展互动问答',
]

/** Rows the guide and its pictures tell of: the one sent back, and the draft. */
function tellOfHefei(events: Event[]) {
  const returned = events.find(({ made }) => made.life.status === 'returned')
  if (returned) {
    Object.assign(returned.made.fields, {
      title: '网络安全知识竞赛（庐阳专场）',
      kind: '知识竞赛',
      headcount: 1260,
      place: '庐阳区工人文化宫',
      enterprise: null,
      summary: '庐阳区 42 家企业职工参加，分初赛、决赛两场。',
    })
    Object.assign(returned, { employer: null, is_short: false })
    returned.made.life.reason = '填报 1,260 人，签到 412 人，请核对或说明。'
  }
  const draft = events.find(({ made }) => made.life.status === 'draft' && !made.life.deleted_at)
  if (draft) Object.assign(draft.made.fields, { title: '书香进车间', kind: '其他' })
}

// 签到 ------------------------------------------------------------------------------------------------------------

const trades = [
  '操作工',
  '班长',
  '质检员',
  '技术员',
  '仓管员',
  '电工',
  '焊工',
  '驾驶员',
  '行政',
  '护士',
  '教师',
  '保洁员',
  '社工',
]

/** Which part of those who were there have signed, by the state of the event; the newest lists are still being entered. */
const signing: Readonly<Record<string, (chance: number) => number>> = {
  approved: (chance) => 0.37 + chance * 0.3,
  archived: (chance) => 0.37 + chance * 0.3,
  returned: () => 0.2,
  submitted: () => 0.03,
  draft: () => 0.15,
  void: () => 0.1,
}

/** Somebody who may come again. */
export type Regular = DemoPerson & { workplace: string }

/** Who came: people of the place and of the city's unions, some of whom have been to an event before. */
export function makeAttendance(
  draw: Draw,
  { made, day, employer, index }: Event,
  event_id: number,
  homes: readonly Home[],
  regulars: Regular[],
  nextPerson: NextPerson,
): PlannedRow[] {
  const { headcount, title } = made.fields
  const { status } = made.life
  const is_told = title === '网络安全知识竞赛（庐阳专场）'
  const share = signing[status]?.(draw.next()) ?? 0
  const count = is_told ? 412 : Math.floor(Number(headcount) * share)
  const begins_at = draw.pick([8 * 60 + 40, 9 * 60 + 10, 14 * 60, 14 * 60 + 30])
  const way = index % 3 === 0 ? '纸质补录' : draw.chance(0.15) ? '导入' : '扫码'
  const known = new Set<string>()
  const guests: PlannedRow[] = []
  for (let i = 0; i < count; i++) {
    const returning = regulars.length > 40 && draw.chance(0.22) ? draw.pick(regulars) : undefined
    const person =
      returning && !known.has(returning.phone)
        ? returning
        : { ...nextPerson(draw), workplace: employer && draw.chance(0.8) ? employer : draw.pick(homes).employer }
    if (regulars.length < 400 && draw.chance(0.3)) regulars.push(person)
    const has_phone = way !== '纸质补录' || draw.chance(0.7)
    const who = `${person.name} ${person.workplace}`
    if (known.has(person.phone) || known.has(who)) continue
    known.add(person.phone).add(who)
    const fields = {
      event_id,
      name: person.name,
      gender: draw.chance(0.96) ? person.gender : null,
      workplace: person.workplace,
      job: draw.chance(0.75) ? draw.pick(trades) : null,
      phone: has_phone ? person.phone : null,
      signed_at: way === '纸质补录' ? null : momentOf(day, begins_at + draw.int(0, 35)),
      way,
      remark: null,
    }
    // The guide speaks of nine rows of one list that came back.
    const is_back = is_told && i >= 87 && i < 96
    guests.push({ fields, life: is_back ? sentBack(made) : guestLife(made, status) })
  }
  return guests
}

/** An event sent back for its numbers keeps its list; otherwise a list goes the way of its event. */
const guestLife = ({ life }: PlannedRow, status: string): PlannedRow['life'] =>
  status === 'returned' ? { ...life, status: 'approved', reason: null, fields: null } : life

const sentBack = ({ life }: PlannedRow): PlannedRow['life'] => ({
  ...life,
  status: 'returned',
  reason: '9 行姓名与前面重复，请删去重复行。',
  fields: ['name'],
})
