// 附件4 of the demonstration: the 职工好网民宣传员 of a city.
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { dateOf, growingDay, type Life, live, type PlannedRow, type ReturnReason, workingDay } from './life.ts'
import { type DemoPerson, type NextPerson, phoneOf } from './people.ts'

/** An organization as stored, for references. */
export type Home = { id: number; employer: string; kind: string }

const jobs: Readonly<Record<string, readonly string[]>> = {
  机关: ['综合科科员', '工会干事', '宣传专干', '窗口服务员'],
  医院: ['护士长', '主治医师', '药师', '宣传科干事', '导诊员'],
  学校: ['语文教师', '实训指导教师', '班主任', '后勤班长', '工会干事'],
  图书馆: ['馆员', '阅读推广员', '工会干事'],
  管理处: ['园艺工', '巡查员', '讲解员', '工会干事'],
  国企: ['班组长', '驾驶员', '调度员', '工会干事', '安全员', '检修工', '团委书记'],
  非公: ['车间班长', '质检员', '技术员', '行政专员', '工会主席', '操作工', '仓储主管'],
  社会组织: ['社工', '项目主管', '志愿者队长'],
  产业: ['快递员', '站点站长', '驾驶员', '家政员', '工会联络员'],
  街镇: ['工会专职干事', '社区工作者', '网格员'],
  其他: ['营业员', '店长', '保安队长', '工会联络员'],
}

const accountHeads = [
  '江淮',
  '皖北',
  '皖南',
  '工友',
  '车间',
  '班组',
  '塔吊',
  '矿灯',
  '稻田',
  '茶山',
  '工匠',
  '暖心',
  '淮河',
  '站台',
]
const accountTails = [
  '日记',
  '看世界',
  '小站',
  '有话说',
  '故事汇',
  '微语',
  '随手拍',
  '读书会',
  '之声',
  '加油站',
  '一家人',
  '新鲜事',
]

const platforms = { 抖音: 30, 微信公众号: 24, 微博: 18, 快手: 10, 今日头条: 9, 微信视频号: 2, 其他: 3 }
const educations = { 初中及以下: 2, 高中: 8, 中专: 9, 大专: 34, 本科: 40, 硕士研究生: 6, 博士研究生: 1 }
const views = { 中共党员: 38, 中共预备党员: 3, 共青团员: 20, 民主党派: 2, 无党派人士: 1, 群众: 36 }
const strengths = { 摄影: 22, 视频: 24, 写作: 26, 诵读: 14, 其他: 14 }

const faults: readonly ReturnReason[] = [
  { reason: '只写了单位，请补职务。', fields: ['job'] },
  { reason: '粉丝数与账号主页不一致，请核对。', fields: ['followers'] },
  { reason: '所在工会请按附件3的组织全称选择。', fields: ['organization_id'] },
  { reason: '账号名称查不到，请写主页上显示的名称。', fields: ['account'] },
]

/** The same people reported by two cities: who they are, and where else. */
const twice: readonly { cities: readonly string[]; person: DemoPerson }[] = [
  { cities: ['hefei', 'huainan'], person: { name: '程雨桐', gender: '女', phone: phoneOf(90_001) } },
  { cities: ['hefei', 'huainan'], person: { name: '夏立航', gender: '男', phone: phoneOf(90_002) } },
  { cities: ['hefei', 'luan'], person: { name: '骆清薇', gender: '女', phone: phoneOf(90_003) } },
  { cities: ['huainan', 'luan'], person: { name: '孟锦川', gender: '男', phone: phoneOf(90_004) } },
]

export function makePropagandists(
  draw: Draw,
  city: City,
  homes: readonly Home[],
  nextPerson: NextPerson,
): PlannedRow[] {
  const [done, pending, drafts, returned] = city.propagandists
  const known = twice.filter(({ cities }) => cities.includes(city.code)).map(({ person }) => person)
  const one = (life: Life, on: number) => makeOne(draw, homes, known.shift() ?? nextPerson(draw), life, on)
  const made: PlannedRow[] = []
  // 池州 has added nobody for nine days.
  const newest = city.code === 'chizhou' ? 68 : 77
  for (let i = 0; i < done; i++) {
    const day = workingDay(growingDay(draw, 2, newest))
    made.push(one(live(draw, day < 16 ? 'archived' : 'approved', day), day))
  }
  const recent = (status: string, from: number, to: number, fault?: ReturnReason) => {
    const day = workingDay(Math.min(draw.int(from, to), newest))
    made.push(one(live(draw, status, day, fault), day))
  }
  for (let i = 0; i < pending; i++) recent('submitted', newest - 8, newest)
  for (let i = 0; i < drafts; i++) recent('draft', 72, 75)
  if (city.code === 'hefei') made.push(...sentBackToHefei(draw, homes, nextPerson))
  else for (let i = 0; i < returned; i++) recent('returned', 68, 72, draw.pick(faults))
  if (city.order % 3 === 0) {
    recent('void', 40, 60, { reason: '已调离本单位，由新单位登记。', fields: [] })
    made.push(one(live(draw, 'draft', 50, { deleted: true }), 50))
  }
  return made
}

const jobsAt = ({ kind, employer }: Home) =>
  jobs[kind] ?? Object.entries(jobs).find(([ending]) => employer.endsWith(ending))?.[1] ?? ['工会干事']

function makeOne(
  draw: Draw,
  homes: readonly Home[],
  { name, gender, phone }: DemoPerson,
  life: Life,
  day: number,
): PlannedRow {
  const home = draw.pick(homes)
  const has_account = draw.chance(0.845)
  const fields = {
    name,
    gender,
    born_in: draw.chance(0.93) ? `${draw.int(1966, 1998)}-${String(draw.int(1, 12)).padStart(2, '0')}` : null,
    political_status: draw.weighted(views),
    education: draw.weighted(educations),
    organization_id: draw.chance(0.94) ? home.id : null,
    job: `${home.employer}${draw.pick(jobsAt(home))}`,
    phone,
    platform: has_account ? draw.weighted(platforms) : null,
    account: has_account ? draw.pick(accountHeads) + draw.pick(accountTails) : null,
    followers: has_account ? Math.round(40 * 10 ** (draw.next() * 2.6)) : null,
    strength: draw.weighted(strengths),
    appointed_on: dateOf(day),
    remark: draw.chance(0.03)
      ? draw.pick(['市级网络文明志愿者。', '曾获市职工摄影比赛奖项。', '兼职工网络评论员。'])
      : null,
  }
  return { fields, life }
}

/** Two rows the guide and its pictures tell of. */
function sentBackToHefei(draw: Draw, homes: readonly Home[], nextPerson: NextPerson): PlannedRow[] {
  const back = (name: string, fault: ReturnReason, fields: Record<string, string | number | null>) => {
    const made = makeOne(draw, homes, { ...nextPerson(draw), name }, live(draw, 'returned', 74, fault), 74)
    return { ...made, fields: { ...made.fields, ...fields } }
  }
  return [
    back(
      '宋远帆',
      { reason: '所在工会请按附件3的组织全称选择；粉丝数请附截图。', fields: ['organization_id', 'followers'] },
      { organization_id: null, platform: '抖音', account: '江淮随手拍', followers: 86_000 },
    ),
    back('陆思远', { reason: '只写了单位，请补职务。', fields: ['job'] }, { job: homes[0]?.employer ?? '合肥市' }),
  ]
}
