/** 附件9 表彰推荐: who and what is put forward for commendation in November (notice 三, 第三阶段). */
import { choice, date, defineForm, integer, longText, type Rule, reference, remark, text } from './form.ts'
import { severalPeople } from './signs.ts'
import { publicityDays, workingDays } from './working_days.ts'

const ofWorks = ['作品一等奖', '作品二等奖', '作品三等奖', '作品优秀奖'] as const

const publicLongEnough: Rule = {
  name: 'public_long_enough',
  says: '公示不少于 5 个工作日（周一到周五，不计节假日调休）。',
  moment: 'storing',
  check: ({ publicity_from: from, publicity_to: to }) => {
    if (!from || !to) return undefined
    const days = workingDays(String(from), String(to))
    return days < publicityDays
      ? { publicity_to: `公示 ${days} 个工作日，不能少于 ${publicityDays} 个工作日。` }
      : undefined
  },
  example: { row: { publicity_from: '2019-11-04', publicity_to: '2019-11-06' } },
}

/** Songs and lessons have no collection in the province: what is put forward for the national ones may name no work. */
const workNamed: Rule = {
  name: 'work_named',
  says: '作品类表彰要选附件8里的作品。',
  moment: 'storing',
  check: ({ category, submission_id: work }) =>
    category && (ofWorks as readonly string[]).includes(String(category)) && !work
      ? { submission_id: '作品类表彰要选附件8里的作品。' }
      : undefined,
  example: { row: { category: '作品一等奖' } },
}

/** One person a row, as everywhere. */
const onePerson: Rule = {
  name: 'one_person',
  says: '先进个人一行只写一个人。',
  moment: 'storing',
  check: ({ category, target }) =>
    category === '先进个人' && severalPeople(String(target ?? ''))
      ? { target: `推荐对象“${target}”不止一个人，一行只写一个人。` }
      : undefined,
  example: { row: { category: '先进个人', target: '张三、李四' } },
}

export const awards = defineForm({
  name: 'awards',
  label: '表彰推荐',
  title: '“好网民”活动表彰推荐表',
  annex: 9,
  measure: '项',
  scope: 'unit',
  names: 'target',
  fields: [
    choice('category', '类别', ['优秀组织单位', '先进个人', ...ofWorks, '推荐全国'], {
      required: true,
      width: 13,
      synonyms: ['表彰类别', '推荐类别', '奖项'],
      also: { 一等奖: '作品一等奖', 二等奖: '作品二等奖', 三等奖: '作品三等奖', 优秀奖: '作品优秀奖' },
    }),
    text('target', '推荐对象', {
      required: true,
      max: 100,
      width: 26,
      synonyms: ['对象', '名称', '单位或个人', '姓名'],
    }),
    reference('submission_id', '作品', 'submissions', {
      width: 22,
      synonyms: ['作品名称', '推荐作品'],
      note: '写附件8里的作品名称；推荐全国的歌曲、微课省里没有征集，可以不写。',
      beside: { number: ['作品编号', '编号'] },
    }),
    reference('collection_id', '征集活动', 'collections', { derived: true, unprinted: true, width: 22 }),
    integer('rank', '排序', { min: 1, max: 999, width: 6, synonyms: ['推荐排序', '名次'] }),
    longText('deeds', '主要事迹', { max: 500, width: 36, synonyms: ['事迹', '事迹材料'] }),
    longText('unit_opinion', '单位意见', { group: '意见', max: 200, width: 16, synonyms: ['推荐单位意见'] }),
    longText('cac_opinion', '网信办意见', { group: '意见', max: 200, width: 16 }),
    date('publicity_from', '公示开始', { group: '公示', synonyms: ['公示开始日期'] }),
    date('publicity_to', '公示结束', { group: '公示', synonyms: ['公示结束日期'], note: '公示不少于 5 个工作日。' }),
    choice('decision', '审定', ['同意', '不同意'], { width: 8, synonyms: ['审定结果'] }),
    text('certificate_number', '证书编号', { max: 60, width: 14 }),
    remark,
  ],
  keys: [['category', 'target']],
  desks: {
    host: { fields: ['rank'], states: ['submitted'] },
    province: {
      fields: ['rank', 'publicity_from', 'publicity_to', 'decision', 'certificate_number'],
      states: ['submitted', 'approved'],
    },
    cac: { fields: ['cac_opinion'], states: ['submitted'] },
  },
  rules: [publicLongEnough, workNamed, onePerson],
})
