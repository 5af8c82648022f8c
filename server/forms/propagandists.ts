/** 附件4 职工好网民宣传员: 2,000 to be developed in the province (notice 二(一)). No 身份证号: the notice needs none. */
import { choice, date, defineForm, integer, month, phone, type Rule, reference, remark, text } from './form.ts'

export const genders = ['男', '女'] as const

/** Each of the two units is warned of it, never where or whose; the province sees both. */
const phoneElsewhere: Rule = {
  name: 'phone_elsewhere',
  says: '一个手机号只在一个单位登记；别的单位也登记了的照样存，但要核对是不是同一个人。',
  looksAt: ['phone', 'elsewhere.phone'],
  when: 'storing',
  severity: 'explain',
  check: ({ phone: own }, { elsewhere }) =>
    own && own === elsewhere?.phone ? { phone: '这个手机号在别的单位也登记了，请核对是不是同一个人。' } : undefined,
  example: { row: { phone: '13800000001' }, related: { elsewhere: { phone: '13800000001' } } },
}

export const propagandists = defineForm({
  name: 'propagandists',
  label: '宣传员',
  title: '职工好网民宣传员登记表',
  annex: 4,
  measure: '名',
  scope: 'unit',
  names: 'name',
  fields: [
    text('name', '姓名', {
      required: true,
      compact: true,
      person: true,
      max: 40,
      width: 9,
      synonyms: ['宣传员姓名', '名字'],
    }),
    choice('gender', '性别', genders, { width: 6 }),
    month('born_in', '出生年月', { synonyms: ['出生日期', '出生时间', '生日'] }),
    choice('political_status', '政治面貌', ['中共党员', '中共预备党员', '共青团员', '民主党派', '无党派人士', '群众'], {
      also: { 党员: '中共党员', 预备党员: '中共预备党员', 团员: '共青团员' },
    }),
    choice('education', '学历', ['初中及以下', '高中', '中专', '大专', '本科', '硕士研究生', '博士研究生'], {
      width: 11,
      synonyms: ['文化程度', '学位学历'],
      also: {
        大学: '本科',
        大学本科: '本科',
        专科: '大专',
        硕士: '硕士研究生',
        研究生: '硕士研究生',
        博士: '博士研究生',
        初中: '初中及以下',
      },
    }),
    reference('organization_id', '所在工会', 'organizations', {
      synonyms: ['所在工会组织', '所属工会', '工会名称', '基层工会'],
      note: '写附件3里的组织全称。',
    }),
    text('job', '工作单位及职务', {
      required: true,
      max: 100,
      width: 26,
      synonyms: ['单位及职务', '工作单位职务', '单位职务', '职务（岗位）'],
    }),
    phone('phone', '手机号', {
      required: true,
      mobile: true,
      group: '联系方式',
      synonyms: ['手机', '手机号码', '联系电话', '电话', '联系方式'],
    }),
    choice('platform', '主要账号类型', ['微信公众号', '微信视频号', '微博', '抖音', '快手', '今日头条', '其他'], {
      group: '网络账号',
      width: 12,
      synonyms: ['账号类型', '新媒体平台', '平台'],
      also: {
        微信视频: '微信视频号',
        视频号: '微信视频号',
        公众号: '微信公众号',
        微信: '微信公众号',
        新浪微博: '微博',
        头条: '今日头条',
        头条号: '今日头条',
      },
    }),
    text('account', '账号', { group: '网络账号', max: 100, synonyms: ['账号名称', '网名', '账号名'] }),
    integer('followers', '粉丝数', { group: '网络账号', sum: true, synonyms: ['粉丝量', '粉丝', '关注数'] }),
    choice('strength', '特长', ['摄影', '视频', '写作', '诵读', '其他'], { width: 8, synonyms: ['专长'] }),
    date('appointed_on', '发展日期', {
      of_year: true,
      required: true,
      synonyms: ['发展时间', '入选时间', '聘任日期', '登记日期'],
    }),
    remark,
  ],
  keys: [['phone']],
  rules: [phoneElsewhere],
})
