// 附件8 of the demonstration: works sent to the eight collections. Most are with their hosts; the photographs were
// judged early and are through to the end, so that every state of a work can be seen.
import { standardItems } from '../../server/forms/index.ts'
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { dateOf, live, type PlannedRow, TODAY_DAYS } from './life.ts'
import type { NextPerson } from './people.ts'
import type { Home } from './propagandists.ts'

export type CollectionRow = {
  id: number
  code: string
  sub_themes: string[] | null
  medium: string
  host_unit_id: number
}

const places = [
  '塔吊上',
  '高炉前',
  '巷道里',
  '讲台上',
  '田埂边',
  '手术灯下',
  '检修线上',
  '码头上',
  '快递站里',
  '灶台前',
  '茶山上',
  '流水线旁',
  '铁路边',
  '环卫车旁',
  '变电站里',
  '绣架前',
  '大桥上',
  '矿灯下',
  '织机旁',
  '站台上',
]
const moods = ['晨光', '坚守', '背影', '汗水', '追梦人', '星光', '春天', '接力', '约定', '一分钟']
const smiles = ['笑脸', '酒窝', '好心情', '甜', '阳光']
const scenes = [
  '老厂房',
  '人民路',
  '淮河大桥',
  '火车站',
  '棚户区',
  '老码头',
  '矿区',
  '小学校',
  '农贸市场',
  '工人新村',
  '护城河',
]
const films = [
  '老街新貌',
  '一条路的七十年',
  '从绿皮车到高铁',
  '奶奶的粮票',
  '四本相册',
  '渡口变大桥',
  '三代工人',
  '爸爸的工装',
  '家门口的河',
  '从煤油灯到智慧家',
]
const words = [
  '一名电焊工的心里话',
  '矿工兄弟的祝福',
  '护士长的一分钟',
  '乡村教师的告白',
  '夜班公交的早安',
  '高铁乘务组的表白',
  '环卫工的日出',
  '绣娘的七十针',
  '快递小哥的路',
  '农民工的全家福',
]
const poems: Readonly<Record<string, readonly string[]>> = {
  经典诗篇: [
    '将进酒',
    '满江红',
    '春江花月夜',
    '岳阳楼记（节选）',
    '短歌行',
    '水调歌头·明月几时有',
    '念奴娇·赤壁怀古',
    '离骚（节选）',
  ],
  革命诗篇: ['可爱的中国（节选）', '囚歌', '沁园春·雪', '黄河颂', '就义诗', '七律·长征', '忆秦娥·娄山关'],
  新时代诗篇: [
    '写给淮河',
    '车间里的诗',
    '致塔吊',
    '江淮儿女',
    '我们是中国工人',
    '春风又到小岗',
    '师傅的手',
    '巢湖的早晨',
  ],
}
const tales = [
  '凌晨四点的工地，第一缕光照在安全帽上',
  '三十年守着同一台机床，他说这是老伙计',
  '换班时的一次击掌，是工友之间的问候',
  '高温天里的一瓶水，递过来时还带着冰',
  '师傅带徒弟，一代接一代把手艺传下去',
  '下夜班的路上，孩子在窗口挥手',
]
const stories: Readonly<Record<string, readonly string[]>> = {
  C4: [
    '旧照摄于上世纪八十年代，新照摄于今年同一位置',
    '老照片由退休职工提供，新照片由他的孙子补拍',
    '同一个路口，隔了四十年再按一次快门',
  ],
  C6: [
    '由班组职工集体朗诵，配乐为职工自创',
    '录制于厂区广播站，献给新中国成立70周年',
    '利用午休时间录制，一遍一遍打磨',
  ],
  C7: [
    '提供法律咨询、技能培训报名和职工优惠等服务',
    '入会、转会、互助保障线上办理，职工少跑腿',
    '开通以来注册职工 3.2 万人，月均活跃 6 千人',
  ],
  C8: [
    '基地设网络素养课堂、体验区和新媒体工作室',
    '全年开展职工网络素养培训 24 场，覆盖 1,800 人次',
    '建立讲师团和积分制度，把课堂开到班组',
  ],
}

function titleOf(draw: Draw, city: City, code: string, theme: string | null): string {
  switch (code) {
    case 'C1':
      return `${draw.pick(places)}的${draw.pick(moods)}`
    case 'C2':
      return `${draw.pick(places)}的${draw.pick(smiles)}`
    case 'C3':
      return `${draw.pick(['我家', city.name, draw.pick(city.districts), '小城'])}：${draw.pick(films)}`
    case 'C4':
      return `${city.name}${draw.pick(scenes)}${draw.pick(['今昔', '七十年', '新旧对照', '同框'])}`
    case 'C5':
      return `祖国，我想对您说——${draw.pick(words)}`
    case 'C6':
      return draw.pick(poems[theme ?? ''] ?? Object.values(poems).flat())
    case 'C7':
      return `${city.name}工会“${draw.pick(['职工e家', '工惠通', '掌上娘家人', '暖心驿站', '工友惠'])}”${draw.pick(['微信平台', 'APP', '网站'])}`
    default:
      return `${draw.pick(city.districts)}职工网络素养教育基地${draw.pick(['建设案例', '实践案例', '纪实'])}`
  }
}

const shares = { C1: 24, C2: 20, C3: 14, C4: 12, C5: 12, C6: 11, C7: 4, C8: 3 }

/** How far the works of a collection are; the rest of a hundred is 'accepted'. */
const progress: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  C1: {
    submitted: 10,
    accepted: 14,
    refused: 4,
    returned: 2,
    shortlisted: 10,
    under_review: 16,
    proposed: 5,
    publicised: 6,
    awarded: 12,
    not_awarded: 12,
    nominated: 6,
    draft: 3,
  },
  C2: { submitted: 22, accepted: 50, refused: 6, returned: 4, shortlisted: 10, void: 2, draft: 6 },
  C3: { submitted: 24, accepted: 52, refused: 4, returned: 4, shortlisted: 10, draft: 6 },
  C4: { submitted: 20, accepted: 54, refused: 4, returned: 3, shortlisted: 14, draft: 5 },
  C5: { submitted: 14, accepted: 36, refused: 4, returned: 2, shortlisted: 14, under_review: 26, draft: 4 },
  C6: { submitted: 14, accepted: 34, refused: 4, returned: 2, shortlisted: 14, under_review: 28, draft: 4 },
  C7: { submitted: 30, accepted: 50, shortlisted: 14, draft: 6 },
  C8: { submitted: 40, accepted: 40, shortlisted: 12, draft: 8 },
}

const faults: Readonly<Record<string, { reason: string; fields: string[] }>> = {
  returned: { reason: '作者单位请写全称，并补充作品说明。', fields: ['author_workplace', 'description'] },
  refused: { reason: '画面有水印，不符合原创要求。', fields: ['files'] },
  void: { reason: '作者申请撤回作品。', fields: [] },
}

/** Reviews that a state has behind it; two days lie between them, eight where a prize waits for the publicity. */
const steps: Readonly<Record<string, number>> = {
  shortlisted: 2,
  under_review: 3,
  proposed: 4,
  not_awarded: 4,
  publicised: 5,
  awarded: 6,
  nominated: 7,
}

export function makeWorks(
  draw: Draw,
  city: City,
  collections: readonly CollectionRow[],
  homes: readonly Home[],
  nextPerson: NextPerson,
): PlannedRow[] {
  const taken = new Set<string>()
  const works: PlannedRow[] = []
  for (let tries = 0; works.length < city.works && tries < city.works * 5; tries++) {
    const code = draw.weighted(shares)
    const collection = collections.find((each) => each.code === code)
    if (!collection) continue
    const made = makeWork(draw, city, collection, homes, nextPerson)
    // Two works of one name may be sent by two authors; in a demonstration they would look like a mistake.
    if (taken.has(String(made.fields.title))) continue
    taken.add(String(made.fields.title))
    works.push(made)
  }
  if (city.code === 'hefei') tellOfHefei(draw, works, collections)
  const last = works.at(-1)
  if (city.order % 6 === 4 && last) last.life = live(draw, 'draft', 60, { deleted: true })
  return works
}

function makeWork(
  draw: Draw,
  city: City,
  collection: CollectionRow,
  homes: readonly Home[],
  nextPerson: NextPerson,
): PlannedRow {
  const { code, medium } = collection
  const status = draw.weighted(progress[code] ?? { accepted: 1 })
  const theme = collection.sub_themes && (code !== 'C7' || draw.chance(0.8)) ? draw.pick(collection.sub_themes) : null
  const { name, phone } = nextPerson(draw)
  const home = draw.pick(homes)
  const reviews = steps[status] ?? 1
  const day = reviews > 1 ? draw.int(8, 70 - reviews * 4) : status === 'accepted' ? draw.int(14, 72) : draw.int(66, 76)
  const is_of_union = medium === '平台' || medium === '案例'
  const timed = medium === '视频' || medium === '音频'
  const fields = {
    collection_id: collection.id,
    sub_theme: theme,
    title: titleOf(draw, city, code, theme),
    author: is_of_union ? `${city.name}市总工会` : name,
    coauthors: timed && draw.chance(0.4) ? `${nextPerson(draw).name}、${nextPerson(draw).name}` : null,
    author_workplace: is_of_union ? `${city.name}市总工会` : home.employer,
    phone,
    description: draw.chance(0.85) ? `${draw.pick(stories[code] ?? tales)}。` : null,
    files: null,
    duration_s: timed ? draw.int(42, code === 'C3' ? 178 : 290) : null,
    url: timed || medium === '平台' ? `https://gonghui.example/works/${draw.int(100_000, 999_999)}` : null,
    is_original: true,
    remark: null,
  }
  const publicity = status === 'awarded' || status === 'nominated' ? 6 : 0
  const wait = reviews > 1 ? ([reviews * 2 + 2 + publicity, reviews * 2 + 6 + publicity] as const) : undefined
  return { fields, life: live(draw, status, day, { ...(wait ? { wait } : {}), ...faults[status] }) }
}

/** The work the guide tells of: sent back because its story is missing. */
function tellOfHefei(draw: Draw, works: PlannedRow[], collections: readonly CollectionRow[]) {
  const c2 = collections.find(({ code }) => code === 'C2')
  const work = works.find(({ fields }) => fields.collection_id === c2?.id)
  if (!work || !c2) return
  Object.assign(work.fields, {
    title: '塔吊上的晨光',
    sub_theme: '劳动的你最美',
    description: '凌晨五点，塔吊司机已经在六十米高的驾驶室里。',
  })
  const fault = { reason: '说明里请补充照片背后的故事。', fields: ['description'] }
  work.life = live(draw, 'returned', 74, fault)
}

// Votes and scores ------------------------------------------------------------------------------------------------

/** Network votes of a work, counted on Mondays, never falling; none before it was accepted. */
export function makeVotes(draw: Draw, { life }: PlannedRow): { counted_on: string; votes: number }[] {
  if (!['accepted', ...Object.keys(steps)].includes(life.status)) return []
  const weeks = life.status === 'accepted' ? 2 : 4
  let votes = draw.int(40, 600)
  return Array.from({ length: weeks }, (_, i) => {
    votes += draw.int(30, life.status === 'accepted' ? 300 : 900)
    return { counted_on: dateOf(TODAY_DAYS - 7 * (weeks - 1 - i)), votes }
  })
}

/** What the jurors gave: both where a work is past its review, else the first one, and the second one half of them. */
export function makeScores(draw: Draw, { life }: PlannedRow, jurors: readonly number[]) {
  if (life.status === 'shortlisted' || (steps[life.status] ?? 0) < 3) return []
  const level = draw.int(68, 92)
  const point = () => Math.min(100, level + draw.int(-6, 7))
  return jurors
    .filter((_, i) => life.status !== 'under_review' || i === 0 || draw.chance(0.5))
    .map((juror_id) => ({
      juror_id,
      items: Object.fromEntries(standardItems.map(({ name }) => [name, point()])),
      opinion: draw.chance(0.4)
        ? draw.pick(['构图稳，细节动人。', '主题鲜明，情感真挚。', '光线略平，可再打磨。', '叙事完整，节奏好。'])
        : null,
    }))
}
