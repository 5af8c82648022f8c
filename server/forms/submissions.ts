/** 附件8 作品: works sent to the eight collections of annex 2; what a collection demands comes with its row (`related`). */
import { type FileLimits, fileFault } from './files.ts'
import {
  attachments,
  decimal,
  defineForm,
  integer,
  isBlank,
  longText,
  phone,
  type Related,
  type Rule,
  reference,
  remark,
  text,
  url,
  yesNo,
} from './form.ts'
import type { Attachment } from './value.ts'

/** What the collection's row says, as far as it is known. */
const listIn = (record: Related[string], name: string) => (record?.[name] ?? []) as string[]

const listed: Rule = {
  name: 'theme_of_collection',
  says: '征集活动列了主题的，主题要从里面选；规定必选的不能空。',
  looksAt: ['sub_theme', 'collection_id.sub_themes', 'collection_id.sub_theme_required'],
  when: 'storing',
  severity: 'must',
  check: ({ sub_theme: theme }, { collection_id: collection }) => {
    const themes = listIn(collection, 'sub_themes')
    if (themes.length === 0) return undefined
    if (!theme)
      return collection?.sub_theme_required ? { sub_theme: `这个项目要选主题：${themes.join('、')}。` } : undefined
    return themes.includes(String(theme))
      ? undefined
      : { sub_theme: `没有“${theme}”这个主题，可选：${themes.join('、')}。` }
  },
  example: { row: { sub_theme: '风光' }, related: { collection_id: { sub_themes: ['劳动者', '新时代'] } } },
}

const shortEnough: Rule = {
  name: 'description_short_enough',
  says: '作品说明不超过征集活动规定的字数。',
  looksAt: ['description', 'collection_id.max_chars'],
  when: 'storing',
  severity: 'must',
  check: ({ description }, { collection_id: collection }) => {
    const max = Number(collection?.max_chars ?? 0)
    const length = [...String(description ?? '')].length
    return max && length > max
      ? { description: `作品说明 ${length} 字，最多 ${max} 字，还要删 ${length - max} 字。` }
      : undefined
  },
  example: { row: { description: '长'.repeat(126) }, related: { collection_id: { max_chars: 100 } } },
}

const inTime: Rule = {
  name: 'duration_in_time',
  says: '时长不超过征集活动规定的秒数。',
  looksAt: ['duration_s', 'collection_id.max_seconds'],
  when: 'storing',
  severity: 'must',
  check: ({ duration_s: seconds }, { collection_id: collection }) => {
    const max = Number(collection?.max_seconds ?? 0)
    return max && Number(seconds ?? 0) > max ? { duration_s: `时长 ${seconds} 秒，最多 ${max} 秒。` } : undefined
  },
  example: { row: { duration_s: 200 }, related: { collection_id: { max_seconds: 180 } } },
}

// Asked when a work is handed in. PostgreSQL asks the same of whoever calls app.move: app.is_unfinished is the twin.

const longEnough: Rule = {
  name: 'description_long_enough',
  says: '提交时作品说明不少于征集活动规定的字数。',
  looksAt: ['description', 'collection_id.min_chars'],
  when: 'submission',
  severity: 'must',
  check: ({ description }, { collection_id: collection }) => {
    const min = Number(collection?.min_chars ?? 0)
    const length = [...String(description ?? '')].length
    return length < min ? { description: `作品说明 ${length} 字，至少 ${min} 字才能提交。` } : undefined
  },
  example: { row: { is_original: true, description: '短' }, related: { collection_id: { min_chars: 800 } } },
}

const playsLongEnough: Rule = {
  name: 'duration_long_enough',
  says: '提交时时长不少于征集活动规定的秒数。',
  looksAt: ['duration_s', 'collection_id.min_seconds'],
  when: 'submission',
  severity: 'must',
  check: ({ duration_s: seconds }, { collection_id: collection }) => {
    const min = Number(collection?.min_seconds ?? 0)
    return Number(seconds ?? 0) < min
      ? { duration_s: `时长${seconds ? ` ${seconds} 秒` : '没有填'}，至少 ${min} 秒才能提交。` }
      : undefined
  },
  example: { row: { is_original: true, duration_s: 20 }, related: { collection_id: { min_seconds: 30 } } },
}

const promised: Rule = {
  name: 'original',
  says: '提交时作者要已经承诺原创。',
  looksAt: ['is_original'],
  when: 'submission',
  severity: 'must',
  check: ({ is_original: original }) =>
    original === true ? undefined : { is_original: '作者要承诺原创才能提交，请在“原创承诺”填“是”。' },
  example: { row: { is_original: false, url: 'https://example.cn/1' } },
}

const shown: Rule = {
  name: 'file_or_link',
  says: '提交时要有作品文件或者平台链接。',
  looksAt: ['files', 'url'],
  when: 'submission',
  severity: 'must',
  check: ({ files, url }) =>
    isBlank(files) && isBlank(url) ? { files: '还没有作品文件，也没有平台链接，至少要有一样才能提交。' } : undefined,
  example: { row: { is_original: true } },
}

const complete: Rule = {
  name: 'needed_slots_filled',
  says: '提交时征集活动规定的必交文件都要有，文件要放在它列出的栏目里。',
  looksAt: ['files', 'collection_id.slots', 'collection_id.needed_slots'],
  when: 'submission',
  severity: 'must',
  check: ({ files }, { collection_id: collection }) => {
    if (!collection) return undefined
    const slots = listIn(collection, 'slots')
    const filled = ((files ?? []) as Attachment[]).flatMap(({ part }) => part ?? [])
    const missing = listIn(collection, 'needed_slots').filter((slot) => !filled.includes(slot))
    if (missing.length > 0) return { files: `还缺${missing.join('、')}，传上才能提交。` }
    const odd = filled.find((part) => !slots.includes(part))
    if (odd === undefined) return undefined
    const choices = slots.length > 0 ? `可放：${slots.join('、')}` : '这个项目的文件不分栏'
    return { files: `这个项目没有“${odd}”这一栏，请去掉重传。${choices}。` }
  },
  example: {
    row: { is_original: true, files: [{ id: 1, name: '新照.jpg', part: '新照' }] },
    related: { collection_id: { slots: ['旧照', '新照'], needed_slots: ['旧照', '新照'] } },
  },
}

const enoughFiles: Rule = {
  name: 'files_from_to',
  says: '提交时文件的个数在征集活动规定的范围里。',
  looksAt: ['files', 'collection_id.min_files', 'collection_id.max_files'],
  when: 'submission',
  severity: 'must',
  check: ({ files }, { collection_id: collection }) => {
    const count = ((files ?? []) as Attachment[]).length
    const [min, max] = [Number(collection?.min_files ?? 0), Number(collection?.max_files ?? 0)]
    if (count < min) return { files: `有 ${count} 个文件，至少 ${min} 个才能提交。` }
    return max && count > max ? { files: `有 ${count} 个文件，最多 ${max} 个，请去掉 ${count - max} 个。` } : undefined
  },
  example: {
    row: { is_original: true, files: [{ id: 1, name: '一.jpg' }] },
    related: { collection_id: { min_files: 4 } },
  },
}

const rightFiles: Rule = {
  name: 'files_of_kind',
  says: '文件的种类和大小合征集活动的规定，上传和提交时都看。',
  looksAt: ['uploads.files', 'collection_id.file_kinds', 'collection_id.max_file_mb'],
  when: 'submission',
  severity: 'must',
  check: (_row, { collection_id: collection, uploads }) => {
    const faults = ((uploads?.files ?? []) as Attachment[]).flatMap(
      ({ name, type = '', size = 0 }) => fileFault({ name, type, size }, (collection ?? {}) as FileLimits) ?? [],
    )
    return faults[0] === undefined ? undefined : { files: faults[0] }
  },
  example: {
    row: { is_original: true, files: [{ id: 1, name: '一.mp4' }] },
    related: {
      collection_id: { file_kinds: ['图片'] },
      uploads: { files: [{ id: 1, name: '一.mp4', type: 'video/mp4', size: 9 }] },
    },
  },
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
      synonyms: ['项目', '活动项目', '征集项目', '作品类别'],
    }),
    text('sub_theme', '主题', { max: 60, width: 18, synonyms: ['子主题', '作品主题', '类别'] }),
    text('title', '作品名称', { required: true, max: 100, width: 24, synonyms: ['作品标题', '名称', '题目'] }),
    text('author', '第一作者', {
      required: true,
      compact: true,
      person: true,
      max: 40,
      width: 10,
      synonyms: ['作者', '作者姓名'],
    }),
    text('coauthors', '其他作者', { max: 200, width: 14, synonyms: ['合作者', '参与者'] }),
    text('author_workplace', '作者单位', { required: true, max: 100, width: 24, synonyms: ['单位', '工作单位'] }),
    phone('phone', '联系电话', { synonyms: ['手机号', '手机', '电话', '联系方式'] }),
    longText('description', '作品说明', { max: 2000, synonyms: ['说明', '作品简介', '简介'] }),
    attachments('files', '作品文件', {
      slots_from: ['collection_id', 'slots', 'needed_slots'],
      width: 14,
      synonyms: ['附件', '文件'],
    }),
    integer('duration_s', '时长（秒）', {
      max: 86_400,
      counted_in: { 秒: 1, 秒钟: 1, 分: 60, 分钟: 60, 小时: 3600, 时: 3600 },
      synonyms: ['时长', '时长秒'],
    }),
    url('url', '平台链接', { synonyms: ['链接', '网址'] }),
    yesNo('is_original', '原创承诺', { required: true, synonyms: ['是否原创', '原创'] }),
    integer('votes', '网络票数', { derived: true, sum: true }),
    decimal('score', '评委均分', { derived: true }),
    text('result', '结果', { derived: true, width: 12 }),
    remark,
  ],
  keys: [['collection_id', 'title', 'author']],
  rules: [listed, shortEnough, inTime, promised, longEnough, playsLongEnough, complete, enoughFiles, rightFiles, shown],
})
