/** 附件5 线下活动: 300 events held or enterprises visited, 50,000 workers met face to face (notice 二(一)). */
import { attachments, choice, date, defineForm, integer, longText, remark, text, yesNo } from './form.ts'

export const events = defineForm({
  name: 'events',
  label: '线下活动',
  title: '线下活动统计表',
  annex: 5,
  measure: '场',
  scope: 'unit',
  names: 'title',
  fields: [
    text('title', '活动名称', { required: true, max: 100, width: 30, synonyms: ['活动主题', '主题', '名称', '活动'] }),
    choice('kind', '形式', ['知识竞赛', '主题演讲', '公益', '志愿服务', '集中宣传', '文艺展演', '培训', '其他'], {
      required: true,
      synonyms: ['活动形式', '类型', '活动类型'],
      also: { 演讲: '主题演讲', 公益活动: '公益', 宣传: '集中宣传', 展演: '文艺展演', 竞赛: '知识竞赛' },
    }),
    date('held_on', '日期', {
      of_year: true,
      required: true,
      synonyms: ['活动日期', '活动时间', '时间', '举办日期', '开始日期'],
    }),
    date('ended_on', '结束日期', { of_year: true, synonyms: ['结束时间'] }),
    text('place', '地点', { required: true, max: 100, width: 22, synonyms: ['活动地点', '举办地点'] }),
    text('enterprise', '走进企业', { max: 100, width: 20, synonyms: ['企业名称', '走访企业', '企业'] }),
    yesNo('with_cac', '网信办协办', { synonyms: ['网信办参与', '是否网信办协办'] }),
    integer('headcount', '面对面职工人数', {
      group: '人数',
      required: true,
      sum: true,
      synonyms: ['参加人数', '参加人数（面对面职工人数）', '面对面人数', '职工人数', '人数'],
    }),
    integer('signed_count', '签到人数', { group: '人数', derived: true, sum: true }),
    longText('media_links', '报道链接', { max: 2000, width: 22, synonyms: ['媒体报道', '链接', '报道'] }),
    attachments('photos', '照片', { width: 10 }),
    longText('summary', '简介', { max: 300, synonyms: ['活动简介', '内容', '活动内容'] }),
    remark,
  ],
  keys: [['held_on', 'title', 'place']],
  rules: [
    { name: 'held_on_before_ended_on', kind: 'not_earlier', field: 'ended_on', than: 'held_on', severity: 'must' },
  ],
})
