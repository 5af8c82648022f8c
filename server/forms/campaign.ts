/** The frame of a campaign: the units there are, the campaign itself, who takes part, its stages, and the national activities it feeds. */
import { familiarCollection } from './collections.ts'
import {
  choice,
  date,
  defineForm,
  type Form,
  integer,
  list,
  longText,
  placeOf,
  reference,
  text,
  yesNo,
} from './form.ts'
import type { RuleDefinition } from './rule_kinds.ts'
import { sameText } from './text.ts'

const inOrder: RuleDefinition = {
  name: 'starts_on_before_ends_on',
  kind: 'not_earlier',
  field: 'ends_on',
  than: 'starts_on',
  severity: 'must',
}

export const unitKinds = defineForm({
  name: 'unit_kinds',
  label: '单位类别',
  title: '单位类别',
  annex: null,
  measure: '类',
  scope: 'global',
  names: 'name',
  fields: [
    integer('position', '次序', { min: 1, max: 99, width: 6 }),
    text('name', '类别', { required: true, max: 30, width: 18, note: '改名以后，这一类的单位都跟着改。' }),
    choice('duty', '职责', ['leads', 'oversees'], {
      words: { leads: '牵头', oversees: '网信办' },
      note: '空着就是填报单位；牵头的审核和设置，网信办只看不录。',
    }),
  ],
  keys: [['name']],
})

/** 安徽省合肥市总工会, 合肥总工会 and 合肥市总: the province before and the union behind go without saying. A county is no city. */
const familiarUnit = (name: string): string =>
  name
    .replace(/\((盖章|公章|章)\)$/, '')
    .replace(/(总工会|工会|总)$/, '')
    .replace(/^.{2,3}省(?=.)/, '')

/** `kinds`: the names of the kinds there are, in their order; without them any is read, and PostgreSQL refuses what is none. */
export const unitsOf = (kinds: readonly string[] = []) =>
  defineForm({
    name: 'units',
    label: '填报单位',
    title: '填报单位名录',
    annex: null,
    measure: '个',
    scope: 'global',
    names: 'short_name',
    familiar: familiarUnit,
    grave: true,
    aliases: 'also_known_as',
    fields: [
      text('name', '单位全称', { required: true, max: 60, width: 22 }),
      text('short_name', '简称', { required: true, compact: true, max: 20, width: 12 }),
      kinds.length > 0
        ? choice('kind', '类别', kinds, { required: true, width: 16 })
        : text('kind', '类别', { required: true, max: 30, width: 16 }),
      list('also_known_as', '又名', { width: 18, note: '别人还怎么称呼这个单位，导入时按这些名字也认得出。' }),
      text('code', '代号', { max: 30, width: 12, note: '拼音小写，演示账号和网址用。' }),
    ],
    keys: [['name'], ['short_name']],
    unique: [['short_name'], ['code']],
  })

export const participations = defineForm({
  name: 'participations',
  label: '参加单位',
  title: '参加单位名单',
  annex: null,
  measure: '个',
  scope: 'campaign',
  names: 'unit_id',
  grave: true,
  fields: [
    integer('annex_order', '附件1序号', { min: 1, max: 999, width: 8, note: '没有序号的单位不印在附件1里。' }),
    reference('unit_id', '单位', 'units', { required: true, width: 14, synonyms: ['填报单位', '单位名称'] }),
    text('name', '单位全称', { derived: true, width: 22 }),
    text('kind', '类别', { derived: true, width: 16 }),
  ],
  keys: [['unit_id']],
  unique: [['annex_order']],
})

export const campaigns = defineForm({
  name: 'campaigns',
  label: '年度活动',
  title: '年度活动',
  annex: null,
  measure: '个',
  scope: 'global',
  names: 'name',
  flow: 'campaign',
  grave: true,
  fields: [
    choice('state', '状态', ['preparing', 'running', 'archived'], {
      required: true,
      derived: true,
      words: { preparing: '筹备中', running: '进行中', archived: '已归档' },
      note: '筹备中只有牵头单位看得见；已归档的只能查看。用“开启”“归档”“重新开启”来改。',
    }),
    integer('year', '年度', { required: true, min: 2000, max: 2100 }),
    text('name', '名称', { required: true, max: 100, width: 36 }),
    text('theme', '主题', { max: 100, width: 30 }),
    text('notice_number', '文号', { max: 40, width: 20 }),
    text('notice_title', '通知标题', { max: 200, width: 40 }),
    date('starts_on', '开始日期', { required: true }),
    date('ends_on', '结束日期', { required: true }),
    text('lead_name', '牵头单位', { group: '用语', max: 60, width: 18, note: '空着就用牵头单位的全称。' }),
    text('lead_short', '简称', { group: '用语', max: 20, width: 10, note: '空着就用牵头单位的简称。' }),
    text('department', '承办部门', { group: '用语', max: 30, width: 12, note: '有事找谁：跟在牵头单位简称后面。' }),
    text('units_called', '填报单位统称', { group: '用语', max: 20, width: 12, note: '如 各市；空着就叫各单位。' }),
    text('area', '总称', { group: '用语', max: 20, width: 10, note: '所有单位合起来的叫法，如 全省、全区。' }),
    text('plan_title', '计划名称', {
      group: '用语',
      max: 60,
      width: 20,
      note: '印在任务分配表、任务完成情况的标题前面。',
    }),
    longText('login_title', '登录页标题', { group: '用语', max: 60, width: 20, note: '空着就用年度活动的名称。' }),
    longText('login_text', '登录页文字', {
      group: '用语',
      max: 500,
      width: 30,
      note: '一行一句；“100 个 工会组织”这样的一行排成大字。',
    }),
    text('home_title', '首页标题', { group: '用语', max: 30, width: 12, note: '空着就是总称加“进度”。' }),
    date('today_on', '演练日期', { note: '留空就用当天；演示、培训和补录往年时可以固定在某一天。' }),
  ],
  keys: [['year', 'name']],
  rules: [inOrder],
})

/** A register as one of those a campaign has: stored by name, read as its annex where it has one, known by its label too. */
export const amongRegisters = (registers: readonly Form[]) => ({
  choices: registers.map(({ name }) => name),
  words: Object.fromEntries(registers.map((form) => [form.name, placeOf(form)])),
  also: Object.fromEntries(registers.map(({ name, label }) => [sameText(label), name])),
})

/** `registers`: those in force in the campaign, which a stage may lock. */
export const stagesOf = (registers: readonly Form[]) =>
  defineForm({
    name: 'stages',
    label: '进度安排',
    title: '活动进度安排',
    annex: null,
    measure: '段',
    scope: 'campaign',
    names: 'name',
    grave: true,
    fields: [
      integer('position', '次序', { required: true, min: 1, max: 99, width: 6 }),
      text('name', '阶段', { required: true, max: 30, width: 14 }),
      date('starts_on', '开始日期', { required: true }),
      date('ends_on', '结束日期', { required: true }),
      longText('content', '内容', { max: 500, width: 50 }),
      list('locks', '到期锁定', {
        ...amongRegisters(registers),
        width: 20,
        note: '结束日期过后，这些附件各单位只能查看。',
      }),
      yesNo('is_deadline', '显示为截止日', { width: 8 }),
    ],
    keys: [['name']],
    rules: [inOrder],
  })

export const nationalActivities = defineForm({
  name: 'national_activities',
  label: '全国活动',
  title: '全国总工会“好网民”主题活动',
  annex: null,
  measure: '项',
  scope: 'campaign',
  names: 'title',
  familiar: familiarCollection,
  fields: [
    integer('position', '次序', { required: true, min: 1, max: 99, width: 6 }),
    text('title', '活动', { required: true, max: 100, width: 30 }),
    text('organizer', '承办单位', { required: true, max: 100, width: 26 }),
    text('website', '网址', { max: 200, width: 24 }),
  ],
  keys: [['title']],
})

/** `registers`: those in force in the campaign, of which one is opened again. */
export const reopeningsOf = (registers: readonly Form[]) =>
  defineForm({
    name: 'reopenings',
    label: '补录',
    title: '补录安排',
    annex: null,
    measure: '项',
    scope: 'campaign',
    names: 'unit_id',
    fields: [
      reference('unit_id', '单位', 'units', { required: true, among: 'participations', width: 14 }),
      choice('form', '附件', amongRegisters(registers).choices, { ...amongRegisters(registers), required: true }),
      date('until', '开到', { required: true, note: '截止日过后，这个单位到这一天为止还能填这个附件。' }),
      text('reason', '缘由', { max: 200, width: 30 }),
    ],
    keys: [['unit_id', 'form']],
  })
