/** 附件7 传播情况: cumulative counts of what was published; of each content only the latest snapshot counts towards 1000 万. */
import { attachments, choice, date, defineForm, integer, remark, text, url } from './form.ts'

export const reach = defineForm({
  name: 'reach',
  label: '传播情况',
  title: '“好网民”活动传播情况统计表',
  annex: 7,
  measure: '条',
  scope: 'unit',
  names: 'title',
  fields: [
    choice(
      'channel',
      '渠道',
      ['门户网站', '微信公众号', '微信视频号', '微博', '抖音', '快手', '今日头条', '客户端', '报刊广电', '其他'],
      {
        required: true,
        width: 12,
        synonyms: ['传播渠道', '平台', '媒体类型'],
        also: {
          网站: '门户网站',
          公众号: '微信公众号',
          视频号: '微信视频号',
          app: '客户端',
          报纸: '报刊广电',
          电视: '报刊广电',
        },
      },
    ),
    text('account', '账号', { required: true, max: 100, synonyms: ['账号名称', '发布账号', '媒体名称'] }),
    text('title', '标题', { required: true, max: 200, width: 30, synonyms: ['内容标题', '作品标题', '稿件标题'] }),
    url('url', '链接', { synonyms: ['网址', '地址', 'URL'] }),
    date('published_on', '发布日期', { of_year: true, required: true, synonyms: ['发布时间', '发表日期'] }),
    date('counted_on', '统计截止日', { of_year: true, required: true, synonyms: ['统计日期', '截止日期', '统计时间'] }),
    integer('views', '阅读/播放量', {
      group: '传播效果',
      sum: true,
      width: 11,
      synonyms: ['阅读量', '播放量', '点击量'],
    }),
    integer('people', '触达人数', { group: '传播效果', sum: true, synonyms: ['影响人数', '覆盖人数', '受众人数'] }),
    integer('interactions', '互动数', { group: '传播效果', sum: true, synonyms: ['互动量', '点赞转发评论'] }),
    attachments('proof', '截图', { width: 10 }),
    remark,
  ],
  keys: [
    ['channel', 'account', 'url', 'counted_on'],
    ['channel', 'account', 'title', 'counted_on'],
  ],
  // two contents of one title are told apart by their links, and one content may be given its link only later
  series: {
    of: ['channel', 'account'],
    by: ['url', 'title'],
    on: 'counted_on',
    rising: ['views', 'people', 'interactions'],
  },
  rules: [
    {
      name: 'published_on_before_counted_on',
      kind: 'not_earlier',
      field: 'counted_on',
      than: 'published_on',
      severity: 'must',
    },
  ],
})
