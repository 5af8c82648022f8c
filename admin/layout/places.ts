/** Where one can go: menu, rail and Ctrl K are made from this, and this from the forms and what the person may do. */
import { type Form, registersOf } from '../../server/forms/index.ts'
import type { Forms } from '../forms.ts'
import { type Campaign, type Me, rightsOf } from '../me.ts'
import { type IconName, iconOf } from '../parts/icons.tsx'

export type MenuPlace = {
  to: string
  label: string
  /** Two or three characters for the rail. */
  short: string
  icon: IconName
  annex?: number | null
  /** The register whose to-do count stands here. */
  form?: string
  /** Left out of the rail: found under 更多. */
  rare?: boolean
}
export type PlaceGroup = { title: string | null; places: MenuPlace[] }

/** Where the first two characters of a label would not do. */
const shorts: Record<string, string> = { 基层工会组织: '组织', 宣传员: '宣传员', 线下活动: '活动' }

/** Grid pages of the campaign's own data that share one menu item, as tabs. */
const families: readonly (readonly string[])[] = [
  ['quotas', 'metrics'],
  ['collections', 'national_activities'],
  ['stages', 'reopenings', 'participations', 'campaigns', 'units', 'unit_kinds'],
]

export const familyOf = (form: string): readonly string[] => families.find((family) => family.includes(form)) ?? [form]

const registerPlace = (form: Form): MenuPlace => ({
  to: `/${form.name}`,
  label: form.label,
  short: shorts[form.label] ?? form.label.slice(0, 2),
  icon: iconOf(form.name),
  annex: form.annex,
  form: form.name,
})

/** The menu of a person in a campaign, group by group. What one may not see, or is not in force, is absent. */
export function placesOf(me: Me, forms: Forms, campaign: Campaign | undefined): PlaceGroup[] {
  const may = (form: string) => form in forms && rightsOf(me, form).read
  const home: MenuPlace = { to: '/', label: '首页', short: '首页', icon: 'home' }
  if (me.role === 'juror') return [{ title: null, places: [{ ...home, label: '评分', short: '评分', icon: 'jury' }] }]
  const isProvince = me.role === 'province'
  const judges = 'submissions' in forms && (isProvince || me.hosted.length > 0)
  const own: (MenuPlace | false)[] = [
    may('quotas') &&
      campaign?.has_quotas !== false && {
        to: '/quotas',
        label: '任务分配',
        short: '任务',
        icon: 'quotas',
        annex: forms.quotas?.annex,
        rare: true,
      },
    // without tasks there is nothing to share out, but somebody has to say what counts
    isProvince &&
      campaign?.has_quotas === false && {
        to: '/metrics',
        label: '任务指标',
        short: '指标',
        icon: 'quotas',
        rare: true,
      },
    may('collections') && {
      to: '/collections',
      label: '征集活动',
      short: '征集',
      icon: 'collections',
      annex: forms.collections?.annex,
      rare: true,
    },
    isProvince && { to: '/stages', label: '年度设置', short: '年度', icon: 'year', rare: true },
    isProvince && { to: '/form_designs', label: '表单设计', short: '表单', icon: 'sheet', rare: true },
    me.role !== 'cac' && { to: '/imports', label: '导入记录', short: '导入', icon: 'imports' },
    me.role !== 'cac' && { to: '/bin', label: '回收站', short: '回收站', icon: 'bin', rare: true },
    { to: '/changes', label: '变更记录', short: '变更', icon: 'clock' },
    isProvince && { to: '/users', label: '用户', short: '用户', icon: 'users', rare: true },
    { to: '/dictionary', label: '数据字典', short: '字典', icon: 'dictionary', rare: true },
    { to: '/interface', label: '接口说明', short: '接口', icon: 'dictionary', rare: true },
  ]
  return [
    { title: null, places: [home] },
    {
      title: '登记',
      places: registersOf(forms)
        .filter((form) => may(form.name))
        .map(registerPlace),
    },
    {
      title: '汇总',
      places: [
        { to: '/progress', label: '任务完成情况', short: '汇总', icon: 'progress' },
        ...(me.role !== 'cac' ? [{ to: '/filings', label: '报送版', short: '报送', icon: 'seal' as const }] : []),
        ...(judges ? [{ to: '/works', label: '作品评审', short: '评审', icon: 'jury' as const }] : []),
      ],
    },
    { title: isProvince ? '管理' : '资料', places: own.filter((place) => place !== false) },
  ]
}
