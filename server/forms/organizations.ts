/** 附件3 基层工会组织: the grass-roots unions mobilised, 100 in the province (notice 二(一)). */
import { choice, creditCode, date, defineForm, integer, phone, remark, text } from './form.ts'

export const organizations = defineForm({
  name: 'organizations',
  label: '基层工会组织',
  title: '“好网民”活动基层工会组织统计表',
  annex: 3,
  measure: '个',
  scope: 'unit',
  names: 'name',
  fields: [
    text('name', '组织全称', {
      required: true,
      max: 100,
      width: 34,
      synonyms: ['工会名称', '基层工会名称', '单位名称', '组织名称', '工会全称'],
    }),
    choice('kind', '类型', ['机关', '事业', '国企', '非公', '社会组织', '产业', '街镇', '其他'], {
      required: true,
      synonyms: ['单位类型', '工会类型', '组织类型', '单位性质'],
      also: {
        事业单位: '事业',
        国有企业: '国企',
        非公企业: '非公',
        党政机关: '机关',
        产业工会: '产业',
        街道: '街镇',
        乡镇: '街镇',
      },
    }),
    creditCode('credit_code', '统一社会信用代码', {
      synonyms: ['信用代码', '社会信用代码', '机构代码'],
      note: '18 位，对照工会法人资格证书。',
    }),
    text('parent_union', '上级工会', { max: 100, width: 20, synonyms: ['上级工会名称', '所属工会'] }),
    integer('staff_count', '职工人数', { group: '职工情况', sum: true, synonyms: ['职工数'] }),
    integer('member_count', '会员人数', { group: '职工情况', sum: true, synonyms: ['会员数', '工会会员数'] }),
    date('mobilized_on', '动员日期', { of_year: true, required: true, synonyms: ['动员时间', '组织日期', '启动日期'] }),
    text('contact', '联系人', { compact: true, max: 40, width: 9, synonyms: ['负责人', '工会联系人'] }),
    phone('phone', '联系电话', { synonyms: ['电话', '手机号', '联系方式', '手机'] }),
    remark,
  ],
  keys: [['credit_code'], ['name']],
  rules: [
    { name: 'members_among_staff', kind: 'not_more', field: 'member_count', than: 'staff_count', severity: 'must' },
  ],
})
