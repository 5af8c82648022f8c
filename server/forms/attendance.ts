/** 附件6 签到: who came to an event. Visits are rows, people are distinct phones. */
import { choice, datetime, defineForm, phone, reference, remark, text } from './form.ts'
import { genders } from './propagandists.ts'

export const attendance = defineForm({
  name: 'attendance',
  label: '签到',
  title: '“好网民”线下活动签到表',
  annex: 6,
  measure: '人次',
  scope: 'unit',
  names: 'name',
  fields: [
    reference('event_id', '活动名称', 'events', {
      required: true,
      width: 30,
      synonyms: ['活动', '活动主题', '参加活动', '线下活动'],
      beside: { held_on: ['活动日期', '活动时间'] },
      note: '写附件5里的活动名称；同名的活动加一栏“活动日期”。',
    }),
    text('name', '姓名', {
      required: true,
      compact: true,
      person: true,
      max: 40,
      width: 9,
      synonyms: ['签到人', '名字', '签名'],
    }),
    choice('gender', '性别', genders, { width: 6 }),
    text('workplace', '单位', { required: true, max: 100, width: 30, synonyms: ['工作单位', '所在单位', '单位名称'] }),
    text('job', '职务/工种', { max: 60, width: 14, synonyms: ['职务', '工种', '岗位', '职务（工种）'] }),
    phone('phone', '手机号', { mobile: true, synonyms: ['手机', '手机号码', '联系电话', '电话', '联系方式'] }),
    datetime('signed_at', '签到时间', {
      of_year: true,
      synonyms: ['时间', '签到日期'],
      day_from: ['event_id', 'held_on'],
    }),
    choice('way', '方式', ['扫码', '纸质补录', '导入'], { synonyms: ['签到方式'] }),
    remark,
  ],
  keys: [
    ['event_id', 'phone'],
    ['event_id', 'name', 'workplace'],
  ],
})
