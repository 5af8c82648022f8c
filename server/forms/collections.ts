/** 附件2 征集活动: the collections, their hosts and the rules the notice gives for each, as data. */
import { fileKinds } from './files.ts'
import {
  defineForm,
  type Form,
  integer,
  list,
  longText,
  prizesOf,
  reference,
  scoringItems,
  text,
  yesNo,
} from './form.ts'
import { noPrizes, standardPrizes } from './prizes.ts'

/** 五、“诗润江淮”音频作品征集活动, 「诗润江淮」音频 and 诗润江淮音频征集 are one. */
export const familiarCollection = (name: string): string =>
  name
    .replace(/^[(]?[\d一二三四五六七八九十]{1,3}[).、．]/, '')
    .replace(/[^\p{L}\p{N}+＋]/gu, '')
    .replace('＋', '+')
    .replace(/(作品)?(征集)?(评选)?(活动)?$/, '')

const collections = defineForm({
  name: 'collections',
  label: '征集活动',
  title: '活动项目内容及平台入口',
  annex: 2,
  measure: '项',
  scope: 'campaign',
  names: 'title',
  familiar: familiarCollection,
  grave: true,
  fields: [
    text('code', '代号', { required: true, max: 10, width: 6, note: '作品编号里用，如 C5。' }),
    text('title', '项目', { required: true, max: 100, width: 30, synonyms: ['活动项目', '项目名称'] }),
    text('medium', '作品形式', {
      required: true,
      max: 20,
      width: 9,
      note: '如：图片、视频、图文、音频、平台、案例、动漫。',
    }),
    reference('host_unit_id', '承办单位', 'units', { required: true, among: 'participations', width: 14 }),
    longText('content', '内容', { max: 1000, width: 50, synonyms: ['项目内容', '活动内容'] }),
    longText('entrance', '平台入口', { max: 500, width: 30 }),
    list('sub_themes', '主题', { width: 24, synonyms: ['子主题'] }),
    yesNo('sub_theme_required', '主题必选', { width: 8 }),
    list('tags', '标签', { width: 20 }),
    integer('min_chars', '说明最少字数', { width: 8 }),
    integer('max_chars', '说明最多字数', { width: 8 }),
    integer('min_seconds', '最短秒数', { width: 8 }),
    integer('max_seconds', '最长秒数', { width: 8 }),
    integer('suggested_seconds', '建议秒数', { width: 8 }),
    list('slots', '文件栏目', {
      width: 20,
      synonyms: ['作品文件栏目'],
      note: '一件作品的文件分哪几栏传，如：旧照、新照、文稿；空着就不分。',
    }),
    list('needed_slots', '必交文件', {
      width: 16,
      synonyms: ['必交文件栏目'],
      note: '提交作品时哪几栏不能空，从“文件栏目”里选。',
    }),
    list('file_kinds', '文件种类', {
      choices: fileKinds,
      also: { jpeg: 'jpg' },
      width: 14,
      note: '作品文件收哪几种：图片、视频、音频、文档，或者写明 jpg、mp4 等；空着就都收。',
    }),
    integer('max_file_mb', '单个文件最大 MB', {
      min: 1,
      max: 10_000,
      width: 8,
      note: '系统一个文件最多收 20 MB，更大的请作者填平台链接。',
    }),
    integer('min_files', '最少文件数', { max: 20, width: 8 }),
    integer('max_files', '最多文件数', { min: 1, max: 20, width: 8 }),
    integer('min_per_unit', '每单位最少件数', {
      max: 10_000,
      width: 8,
      note: '不够的不影响提交，首页会提醒还差几件。',
    }),
    integer('max_per_unit', '每单位最多件数', {
      min: 1,
      max: 10_000,
      width: 8,
      note: '已提交的够了，再提交会被拒绝。',
    }),
    scoringItems('scoring_items', '评分项', {
      note: '评委打哪几项分、各占多少：主题 40、制作 30、感染力 30；空着就是这三项。',
    }),
    prizesOf('prizes', '奖项', {
      choices: standardPrizes,
      note: '设哪些奖、各几名：作品一等奖 3、作品优秀奖；不写数就不限，空着就是四等不限。',
    }),
    reference('national_activity_id', '对应全国活动', 'national_activities', { width: 20 }),
  ],
  keys: [['code'], ['title']],
  unique: [['title']],
  rules: [
    { name: 'files_from_to', kind: 'not_more', field: 'min_files', than: 'max_files', severity: 'must' },
    { name: 'per_unit_from_to', kind: 'not_more', field: 'min_per_unit', than: 'max_per_unit', severity: 'must' },
    {
      name: 'needed_among_slots',
      says: '必交文件要在文件栏目里。',
      looksAt: ['slots', 'needed_slots'],
      when: 'storing',
      severity: 'must',
      check: ({ slots, needed_slots: needed }) => {
        const known = (slots ?? []) as string[]
        const unknown = ((needed ?? []) as string[]).find((slot) => !known.includes(slot))
        return unknown === undefined ? undefined : { needed_slots: `文件栏目里没有“${unknown}”，请先加上。` }
      },
      example: { row: { slots: ['文稿'], needed_slots: ['旧照'] } },
    },
  ],
})

/** `registers`: those in force in the campaign; what can be a prize there is a category of 表彰推荐. */
export function collectionsOf(registers: readonly Form[]): Form {
  const category = registers.find(({ name }) => name === 'awards')?.fields.find(({ name }) => name === 'category')
  const choices = (category?.choices ?? []).filter((choice) => !noPrizes.includes(choice))
  const also = Object.fromEntries(Object.entries(category?.also ?? {}).filter(([, choice]) => choices.includes(choice)))
  const fields = collections.fields.map((field) => (field.type === 'prizes' ? { ...field, choices, also } : field))
  return { ...collections, fields }
}
