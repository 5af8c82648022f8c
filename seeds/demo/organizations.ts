// 附件3 of the demonstration: a city's grass-roots unions, each with the employer whose people appear in the other forms.
import type { City } from './cities.ts'
import type { Draw } from './draw.ts'
import { dateOf, growingDay, live, type PlannedRow } from './life.ts'
import { brandOf, creditCodeOf, industries, type NextPerson } from './people.ts'

type OrganizationKind = '机关' | '事业' | '国企' | '非公' | '社会组织' | '产业' | '街镇' | '其他'

const employers: Readonly<Record<OrganizationKind, readonly string[]>> = {
  机关: ['城市brand片区管理办公室'],
  事业: ['城市brand医院', '城市brand实验学校', '城市brand图书馆', '城市brand公园管理处'],
  国企: ['城brand公共交通集团', '城brand水务集团', '城brand矿业集团', '城brand建筑集团', '城brand港口公司'],
  非公: industries.map((industry) => `城brand${industry}有限公司`),
  社会组织: ['城市brand社会工作服务中心', '城市brand志愿者协会'],
  产业: ['城市brand快递行业', '城市brand出租车行业', '城市brand家政行业'],
  街镇: ['区brand街道', '区brand镇'],
  其他: ['城brand商业广场'],
}

const endings: Partial<Record<OrganizationKind, string>> = { 产业: '工会联合会', 街镇: '总工会', 其他: '联合工会' }
const weights: Readonly<Record<OrganizationKind, number>> = {
  机关: 6,
  事业: 20,
  国企: 18,
  非公: 36,
  社会组织: 4,
  产业: 6,
  街镇: 8,
  其他: 2,
}

/** How many work there. */
const sizes: Partial<Record<OrganizationKind, readonly [least: number, most: number]>> = {
  机关: [24, 90],
  事业: [40, 620],
  社会组织: [12, 70],
  产业: [600, 4200],
  街镇: [600, 4200],
}

/** Brands of a city: organizations take the first ones, enterprises that events visit the next. */
export const brandIn = (city: City, n: number) => brandOf((city.order * 41 + n) % 256)

type Organization = { made: PlannedRow; employer: string; kind: string }

export function makeOrganizations(draw: Draw, city: City, nextPerson: NextPerson): Organization[] {
  const [done, pending, drafts, returned] = city.organizations
  const statuses = [
    ...Array.from({ length: done }, (_, i) => (i === 0 ? 'archived' : 'approved')),
    ...Array.from({ length: pending }, () => 'submitted'),
    ...Array.from({ length: drafts }, () => 'draft'),
    ...Array.from({ length: returned }, () => 'returned'),
  ]
  const organizations = statuses.map((status, n) => makeOrganization(draw, city, nextPerson, status, n))
  if (city.order % 5 === 1) {
    const twin = makeOrganization(draw, city, nextPerson, 'draft', statuses.length)
    twin.made.life = live(draw, 'draft', 20, { deleted: true })
    const wrong = makeOrganization(draw, city, nextPerson, 'void', statuses.length + 1)
    organizations.push(twin, wrong)
  }
  return organizations
}

function makeOrganization(draw: Draw, city: City, nextPerson: NextPerson, status: string, n: number): Organization {
  const kind = draw.weighted(weights)
  const district = draw.pick(city.districts)
  const employer = draw
    .pick(employers[kind])
    .replace('城', city.name)
    .replace('区', district)
    .replace('brand', brandIn(city, n))
  const [least, most] = sizes[kind] ?? [60, 1800]
  const staff = draw.int(least, most)
  const { name, phone } = nextPerson(draw)
  const open = status === 'approved' || status === 'archived'
  const day = status === 'archived' ? draw.int(2, 14) : open ? growingDay(draw, 2, 72) : draw.int(70, 76)
  const fields = {
    name: employer + (endings[kind] ?? '工会委员会'),
    kind,
    credit_code: draw.chance(0.9) ? creditCodeOf(340_000 + city.order * 100, n + city.order * 40) : null,
    parent_union: kind === '国企' || kind === '机关' ? `${city.name}市总工会` : `${district}总工会`,
    staff_count: staff,
    member_count: Math.round(staff * (0.78 + draw.next() * 0.21)),
    mobilized_on: dateOf(day),
    contact: name,
    phone,
    remark: draw.chance(0.1) ? '已建职工网络评论员队伍。' : null,
  }
  const past =
    status === 'returned'
      ? { reason: '会员人数请以年报数为准，核对后再报。', fields: ['member_count'] }
      : status === 'void'
        ? { reason: '与街镇工会重复填报。' }
        : {}
  return { made: { fields, life: live(draw, status, day, past) }, employer, kind }
}
