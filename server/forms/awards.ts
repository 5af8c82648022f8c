/** 附件9 表彰推荐: who and what is put forward for commendation in November (notice 三, 第三阶段). */
import { choice, date, defineForm, type Errors, integer, longText, type Rule, reference, remark, text } from './form.ts'
import { NATIONAL, standardPrizes } from './prizes.ts'
import { severalPeople } from './signs.ts'
import { PUBLICITY_DAYS, workingDays } from './working_days.ts'

const publicLongEnough: Rule = {
  name: 'public_long_enough',
  says: '公示不少于 5 个工作日（周一到周五，不计节假日调休）。',
  looksAt: ['publicity_from', 'publicity_to'],
  when: 'storing',
  severity: 'must',
  check: ({ publicity_from: from, publicity_to: to }) => {
    if (!from || !to) return undefined
    const days = workingDays(String(from), String(to))
    return days < PUBLICITY_DAYS
      ? { publicity_to: `公示 ${days} 个工作日，不能少于 ${PUBLICITY_DAYS} 个工作日。` }
      : undefined
  },
  example: { row: { publicity_from: '2019-11-04', publicity_to: '2019-11-06' } },
}

/** Prizes are those of the campaign's collections. Songs and lessons have no collection in the province: a unit puts them forward for the national ones without a work. */
const workNamed: Rule = {
  name: 'prize_of_work',
  says: '作品的奖项由承办单位在“作品评审”里提出，各单位不填。',
  looksAt: ['category', 'submission_id', 'campaign.prizes'],
  when: 'storing',
  severity: 'must',
  check({ category, submission_id: work }, { campaign }) {
    const prizes = (campaign?.prizes ?? standardPrizes) as readonly unknown[]
    return prizes.includes(category) && !work
      ? { category: '作品的奖项由承办单位在“作品评审”里提出，这里不填。' }
      : undefined
  },
  example: { row: { category: '作品一等奖' } },
}

/** One person a row, as everywhere. */
const onePerson: Rule = {
  name: 'one_person',
  says: '先进个人一行只写一个人。',
  looksAt: ['category', 'target'],
  when: 'storing',
  severity: 'must',
  check: ({ category, target }) =>
    category === '先进个人' && severalPeople(String(target ?? ''))
      ? { target: `推荐对象“${target}”不止一个人，一行只写一个人。` }
      : undefined,
  example: { row: { category: '先进个人', target: '张三、李四' } },
}

/** PostgreSQL asks the same, and by the campaign's day whether the publicity is over; a work was public itself. */
const publicFirst: Rule = {
  name: 'public_before_decision',
  says: '公示以后才审定“同意”，审定“同意”以后才编证书号；一个证书编号一年只用一次。',
  looksAt: ['decision', 'publicity_from', 'publicity_to', 'certificate_number', 'submission_id'],
  when: 'storing',
  severity: 'must',
  check: ({ decision, publicity_from: from, publicity_to: to, certificate_number: number, submission_id: work }) => {
    const errors: Errors = {}
    if (decision === '同意' && !work && !(from && to)) errors.decision = '还没有公示，公示满 5 个工作日才能审定“同意”。'
    if (number && decision !== '同意') errors.certificate_number = '还没有审定“同意”，不能编证书号。'
    return errors
  },
  example: { row: { decision: '同意' } },
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
    choice('category', '类别', ['优秀组织单位', '先进个人', ...standardPrizes, NATIONAL], {
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
      note: '作品的奖项由承办单位提出，作品名称自动带出。',
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
  rules: [publicLongEnough, workNamed, onePerson, publicFirst],
})
