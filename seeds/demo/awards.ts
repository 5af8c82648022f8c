// 附件9 of the demonstration, and what is said about rows: recommendations and comments.
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { live, momentOf, type PlannedRow, workingDay } from './life.ts'

/** A work that won. */
export type Winner = { id: number; status: string }
/** What it is put forward for by its host, and what became of that. */
export type Prize = { work: number; category: string; made: PlannedRow }

const deeds = [
  '坚持每周更新工友故事，带动身边职工文明上网、理性发声。',
  '组织网络安全宣讲进班组，累计面对面 600 余人次。',
  '拍摄的短视频被多家工会媒体转载，传播效果好。',
  '把班组故事写成漫画和短文，三个月发布 48 篇，工友转发近万次。',
  '发现并劝导不实信息 30 余条，编写防骗口诀在厂区张贴。',
  '利用业余时间教老师傅用手机学技能，结对 26 人。',
  '带头参加网络正能量作品征集，报送作品 12 件，入围 3 件。',
  '牵头组建职工网络志愿者队伍，常态化开展网络公益活动。',
]

export function makeAwards(
  draw: Draw,
  city: City,
  organizations: readonly string[],
  people: readonly string[],
): PlannedRow[] {
  const statuses = ['draft', 'submitted', 'submitted', 'approved', 'draft', 'returned'] as const
  const awards: PlannedRow[] = []
  const add = (
    category: string,
    target: string,
    status: string,
    more: PlannedRow['fields'] = {},
    day = draw.int(66, 74),
  ) => {
    const isDecided = status === 'approved' || status === 'archived'
    const fields = {
      category,
      target,
      rank: 1 + awards.filter(({ fields }) => fields.category === category).length,
      deeds: category.startsWith('作品') || category === '推荐全国' ? null : draw.pick(deeds),
      unit_opinion: status === 'draft' ? null : '同意推荐。',
      cac_opinion: isDecided ? '同意推荐。' : null,
      remark: null,
    }
    const decided = { publicity_from: '2019-08-09', publicity_to: '2019-08-15', decision: '同意', ...more }
    const fault = { reason: '主要事迹请写具体数字和成效。', fields: ['deeds'] }
    const past = status === 'returned' ? fault : status === 'void' ? { reason: '推荐对象与其他类别重复。' } : {}
    awards.push({ fields, life: live(draw, status, day, past), ...(isDecided && { decided }) })
  }
  const status = () => statuses[(city.order + awards.length) % statuses.length] ?? 'draft'
  for (const name of organizations.slice(0, 1)) add('优秀组织单位', name, status())
  for (const name of people.slice(6, 8)) add('先进个人', name, status())
  if (city.order === 5) add('先进个人', people[9] ?? '', 'void')
  const last = awards.at(-1)
  if (city.order === 9 && last) last.life = live(draw, 'draft', 60, { deleted: true })
  return awards
}

export const makePrizes = (draw: Draw, city: City, works: readonly Winner[]): Prize[] =>
  works.map(({ id, status: reached }, i) => {
    const isNational = reached === 'nominated'
    const certificate_number = `皖工网证〔2019〕${String(city.order * 10 + i).padStart(3, '0')}号`
    const made = {
      fields: {},
      life: live(draw, isNational ? 'archived' : 'approved', 70),
      decided: { rank: i + 1, cac_opinion: '同意推荐。', decision: '同意', certificate_number },
    }
    return {
      work: id,
      category: isNational ? '推荐全国' : (['作品一等奖', '作品二等奖', '作品三等奖'][i % 3] ?? ''),
      made,
    }
  })

/** Comments on rows of a form: who may say what, by role. */
const remarks: Readonly<Record<string, Readonly<Record<'cac' | 'clerk' | 'province', readonly string[]>>>> = {
  events: {
    cac: ['这场活动我办参与协办，情况属实。', '建议补充现场照片和报道链接。', '宣传效果较好，可作为典型推广。'],
    clerk: ['已与活动负责人核对，人数属实。', '签到为纸质名单，正在补录。'],
    province: ['请补充走进企业的名称。', '请核对人数与签到。'],
  },
  reach: {
    cac: ['数据与平台后台一致。', '该内容已推送“中国好网民”官方微博。'],
    clerk: ['截图已更新到本周一。'],
    province: ['请按周更新统计截止日。'],
  },
  awards: {
    cac: ['经核实无违规违纪情况。', '同意推荐。'],
    clerk: ['已在单位内部公示。'],
    province: ['请补充获奖证明材料。'],
  },
}

type DemoComment = { by: 'cac' | 'clerk' | 'province'; text: string; created_at: string }

/** A remark or two, on a few rows. */
export function makeRemarks(draw: Draw, form: string): DemoComment[] {
  const words = remarks[form]
  if (!words || !draw.chance(form === 'reach' ? 0.02 : 0.12)) return []
  const asked = draw.pick(['cac', 'province'] as const)
  const day = workingDay(draw.int(70, 78))
  const remark = (by: DemoComment['by'], minute: number) => ({
    by,
    text: draw.pick(words[by]),
    created_at: momentOf(day, minute),
  })
  const first = remark(asked, draw.int(9 * 60, 11 * 60))
  return asked === 'province' ? [first, remark('clerk', draw.int(14 * 60, 16 * 60))] : [first]
}
