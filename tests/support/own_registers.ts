/**
 * Registers that a campaign has made itself, for tests: a new one with every type of field, two keys, two groups of headings
 * and names that statements of the server use, and a built-in one with columns added, hidden and renamed.
 */
import { publish } from './designs.ts'
import type { World } from './world.ts'

export const trainings = {
  name: 'trainings',
  label: '培训',
  title: '职工网络培训登记表',
  annex: 14,
  measure: '期',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '班名', type: 'text', required: true },
    { name: 'code', label: '主办单位信用代码', type: 'credit_code' },
    { name: 'held_on', label: '开班日期', type: 'date', required: true, of_year: true },
    { name: 'month', label: '结业月份', type: 'month' },
    { name: 'begins_at', label: '开课时间', type: 'datetime' },
    { name: 'way', label: '授课方式', type: 'choice', choices: ['线上', '线下'] },
    { name: 'topics', label: '课题', type: 'list' },
    { name: 'is_public', label: '是否公开', type: 'yes_no' },
    { name: 'phone', label: '班主任电话', type: 'phone', private: true, mobile: true },
    { name: 'page', label: '报道链接', type: 'url' },
    { name: 'people', label: '人数', type: 'integer', sum: true, group: '规模' },
    { name: 'hours', label: '学时', type: 'decimal', sum: true, group: '规模' },
    { name: 'teacher', label: '教师', type: 'text', group: '师资' },
    { name: 'grade', label: '职称', type: 'text', group: '师资' },
    // as statements of the server call their parts
    ...['found', 'changed', 'listed', 'page_of', 'content', 'before', 'value'].map((name) => ({
      name,
      label: `备考${name}`,
      type: 'text',
    })),
    { name: 'about', label: '课程说明', type: 'long_text', max: 500 },
    { name: 'event_id', label: '所属活动', type: 'reference', to: 'events' },
    { name: 'pictures', label: '照片', type: 'attachments' },
    { name: 'remark', label: '备注', type: 'long_text', max: 500 },
  ],
  keys: [
    ['code', 'title'],
    ['title', 'held_on'],
  ],
  rules: [],
}
const adjustment = {
  extends: 'propagandists',
  title: '网络宣传骨干登记表',
  rename: { job: '单位职务' },
  hide: ['strength'],
  add: [
    { name: 'skill', label: '擅长', type: 'text' },
    { name: 'home_phone', label: '家庭电话', type: 'phone', private: true },
    { name: 'score', label: '考核分', type: 'decimal', sum: true, group: '考核' },
    { name: 'passed_on', label: '考核日期', type: 'date', group: '考核' },
  ],
}

export type Row = Record<string, unknown>
export type OwnRegister = {
  name: string
  /** The n-th of its rows, which is called `called(n)`. */
  row: (n: number) => Row
  called: (n: number) => string
  /** A column that says so, to be changed to `values`, and another one. */
  cell: { field: string; heading: string; values: [unknown, unknown, unknown] }
  other: { field: string; value: unknown }
  private: { field: string; heading: string; mask: RegExp }
  title: string
  required: string
  sum: string
}

const letters = '甲乙丙丁戊己庚辛壬癸'
const called = (n: number) => `骨干${[1000, 100, 10, 1].map((step) => letters[Math.floor(n / step) % 10]).join('')}`

export const ownRegisters: OwnRegister[] = [
  {
    name: 'trainings',
    called: (n) => `第${n}期骨干班`,
    row: (n) => ({
      title: `第${n}期骨干班`,
      code: null,
      held_on: '2019-06-18',
      month: '2019-07',
      begins_at: '2019-06-18T09:00:00',
      way: '线下',
      topics: ['网络安全', '短视频'],
      is_public: true,
      phone: `137000${String(n).padStart(5, '0')}`,
      page: `https://example.cn/${n}`,
      people: 40,
      hours: 7.5,
      teacher: '丁一',
      grade: '讲师',
      found: '有',
      changed: '改',
      listed: '列',
      page_of: '行',
      content: '文',
      before: '前',
      value: '值',
      about: '讲授网络素养。',
      event_id: '网络安全知识竞赛',
    }),
    cell: { field: 'teacher', heading: '教师', values: ['丁二', '丁三', '丁四'] },
    other: { field: 'people', value: 55 },
    private: { field: 'phone', heading: '班主任电话', mask: /^137\*{4}\d{4}$/ },
    title: '职工网络培训登记表',
    required: 'title',
    sum: 'people',
  },
  {
    name: 'propagandists',
    called,
    row: (n) => ({
      name: called(n),
      gender: '女',
      job: '测试厂 干事',
      phone: `139000${String(n).padStart(5, '0')}`,
      platform: '抖音',
      followers: 120,
      appointed_on: '2019-07-01',
      skill: '摄影',
      home_phone: `138000${String(n).padStart(5, '0')}`,
      score: 92.5,
      passed_on: '2019-07-20',
    }),
    cell: { field: 'skill', heading: '擅长', values: ['写作', '剪辑', '绘画'] },
    other: { field: 'job', value: '测试厂 主任' },
    private: { field: 'home_phone', heading: '家庭电话', mask: /^138\*{4}\d{4}$/ },
    title: '网络宣传骨干登记表',
    required: 'name',
    sum: 'score',
  },
]

/** Publishes both in the world's campaign, with the event that their rows refer to; answers the event's id. */
export async function publishOwn(world: World): Promise<number> {
  const [province, hefei] = await Promise.all([world.as('province'), world.as('hefei')])
  const made = await hefei.post('/events', {
    title: '网络安全知识竞赛',
    kind: '知识竞赛',
    held_on: '2019-06-10',
    place: '职工之家',
    headcount: 80,
    with_cac: true,
  })
  for (const definition of [trainings, adjustment]) await publish(province, world, definition)
  return made.body.id
}
