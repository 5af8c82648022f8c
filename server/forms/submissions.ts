/** 附件8 作品: works sent to the eight collections of annex 2; what a collection demands comes with its row (`related`). */
import {
  attachments,
  decimal,
  defineForm,
  integer,
  longText,
  phone,
  type RowRule,
  reference,
  remark,
  text,
  url,
  yesNo,
} from './form.ts'

const parts = ['主件', '旧照', '新照', '封面', '文稿'] as const

const listed: RowRule = ({ sub_theme: theme }, { collection_id: collection }) => {
  const themes = (collection?.sub_themes ?? []) as string[]
  if (themes.length === 0 || !collection) return undefined
  if (!theme)
    return collection.sub_theme_required ? { sub_theme: `这个项目要选主题：${themes.join('、')}。` } : undefined
  return themes.includes(String(theme))
    ? undefined
    : { sub_theme: `没有“${theme}”这个主题，可选：${themes.join('、')}。` }
}

const shortEnough: RowRule = ({ description }, { collection_id: collection }) => {
  const max = Number(collection?.max_chars ?? 0)
  const length = [...String(description ?? '')].length
  return max && length > max
    ? { description: `作品说明 ${length} 字，最多 ${max} 字，还要删 ${length - max} 字。` }
    : undefined
}

const inTime: RowRule = ({ duration_s: seconds }, { collection_id: collection }) => {
  const max = Number(collection?.max_seconds ?? 0)
  return max && Number(seconds ?? 0) > max ? { duration_s: `时长 ${seconds} 秒，最多 ${max} 秒。` } : undefined
}

const promised: RowRule = ({ is_original: original }) =>
  original === false ? { is_original: '作者要承诺原创才能报送。' } : undefined

/** 新旧图片对比 (annex 2, 三): once files are there, one old and one new picture must be among them. */
const paired: RowRule = ({ files }, { collection_id: collection }) => {
  if (!collection?.needs_pair || !Array.isArray(files) || files.length === 0) return undefined
  const has = (part: string) => files.some((file) => typeof file !== 'string' && file.part === part)
  return has('旧照') && has('新照') ? undefined : { files: '这个项目要一张旧照和一张新照。' }
}

export const submissions = defineForm({
  name: 'submissions',
  label: '作品',
  title: '“好网民”活动作品报送表',
  annex: 8,
  measure: '件',
  scope: 'unit',
  names: 'title',
  flow: 'work',
  fields: [
    text('number', '编号', { derived: true, width: 14 }),
    reference('collection_id', '征集活动', 'collections', {
      required: true,
      width: 24,
      brings: ['sub_themes', 'sub_theme_required', 'max_chars', 'max_seconds', 'needs_pair'],
      synonyms: ['项目', '活动项目', '征集项目', '作品类别'],
    }),
    text('sub_theme', '主题', { max: 60, width: 18, synonyms: ['子主题', '作品主题', '类别'] }),
    text('title', '作品名称', { required: true, max: 100, width: 24, synonyms: ['作品标题', '名称', '题目'] }),
    text('author', '第一作者', { required: true, compact: true, max: 40, width: 10, synonyms: ['作者', '作者姓名'] }),
    text('coauthors', '其他作者', { max: 200, width: 14, synonyms: ['合作者', '参与者'] }),
    text('author_workplace', '作者单位', { required: true, max: 100, width: 24, synonyms: ['单位', '工作单位'] }),
    phone('phone', '联系电话', { synonyms: ['手机号', '手机', '电话', '联系方式'] }),
    longText('description', '作品说明', { max: 2000, synonyms: ['说明', '作品简介', '简介'] }),
    attachments('files', '作品文件', { parts, width: 14, synonyms: ['附件', '文件'] }),
    integer('duration_s', '时长（秒）', { max: 86_400, synonyms: ['时长', '时长秒'] }),
    url('url', '平台链接', { synonyms: ['链接', '网址'] }),
    yesNo('is_original', '原创承诺', { required: true, synonyms: ['是否原创', '原创'] }),
    integer('votes', '网络票数', { derived: true, sum: true }),
    decimal('score', '评委均分', { derived: true }),
    text('result', '结果', { derived: true, width: 12 }),
    remark,
  ],
  keys: [['collection_id', 'title', 'author']],
  rules: [listed, shortEnough, inTime, promised, paired],
})
