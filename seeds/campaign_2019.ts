/**
 * The campaign of 2019 as the notice 皖工发〔2019〕17号 orders it, as plain data: who reports, what each city has to do
 * (annex 1), what is collected and by whom (annex 2), the seven national activities, the dates. Names stand for
 * references: `host` is the short name of a unit, `national_activity` the title of one.
 */

export const campaign = {
  year: 2019,
  name: '2019年度“网聚职工正能量 争做中国好网民”主题活动',
  theme: '倾情礼赞新中国 网聚职工正能量',
  notice_number: '皖工发〔2019〕17号',
  notice_title: '关于联合开展2019年度“网聚职工正能量 争做中国好网民”主题活动的通知',
  // 一、活动时间: collecting and judging June to October, commendation in November.
  starts_on: '2019-06-01',
  ends_on: '2019-11-30',
}

type CityQuota = readonly [
  short_name: string,
  code: string,
  organizations: number,
  propagandists: number,
  events: number,
]

/** Annex 1, in its order: 组织动员工会组织, 发展宣传员, 线下活动数. */
const annex_1: readonly CityQuota[] = [
  ['合肥', 'hefei', 7, 140, 20],
  ['淮北', 'huaibei', 5, 120, 18],
  ['亳州', 'bozhou', 6, 120, 18],
  ['宿州', 'suzhou', 6, 120, 20],
  ['蚌埠', 'bengbu', 7, 130, 20],
  ['阜阳', 'fuyang', 7, 130, 20],
  ['淮南', 'huainan', 7, 130, 18],
  ['滁州', 'chuzhou', 7, 130, 20],
  ['六安', 'luan', 6, 120, 18],
  ['马鞍山', 'maanshan', 6, 120, 18],
  ['芜湖', 'wuhu', 6, 120, 18],
  ['宣城', 'xuancheng', 5, 120, 18],
  ['铜陵', 'tongling', 6, 120, 18],
  ['池州', 'chizhou', 6, 130, 18],
  ['安庆', 'anqing', 7, 130, 20],
  ['黄山', 'huangshan', 6, 120, 18],
]

/** How the notice groups whom it addresses, in its order. */
export const unitKinds = ['市总工会', '省直管县总工会', '省直/省产业工会', '省总直管基层工会', '省总', '网信办'].map(
  (name, i) => ({ position: i + 1, name, duty: { 省总: 'leads', 网信办: 'oversees' }[name] ?? null }),
)

const unit = (name: string, short_name: string, kind: string, code: string) => ({
  name,
  short_name,
  kind,
  annex_order: null as number | null,
  code,
})

/**
 * Those whom the notice addresses. It names neither the counties (广德 and 宿松 were under the province directly in 2019)
 * nor the industrial unions: the province adds and renames them as needed.
 */
export const units = [
  ...annex_1.map(([short_name, code], i) => ({
    ...unit(`${short_name}市总工会`, short_name, '市总工会', code),
    annex_order: i + 1,
  })),
  unit('广德县总工会', '广德', '省直管县总工会', 'guangde'),
  unit('宿松县总工会', '宿松', '省直管县总工会', 'susong'),
  unit('省直机关工会工作委员会', '省直机关工会', '省直/省产业工会', 'shengzhi'),
  unit('省教科文卫体工会', '省教科文卫体', '省直/省产业工会', 'jiaokewenweiti'),
  unit('省能源化学工会', '省能源化学', '省直/省产业工会', 'nengyuanhuaxue'),
  unit('省财贸轻纺工会', '省财贸轻纺', '省直/省产业工会', 'caimaoqingfang'),
  unit('省农林水工会', '省农林水', '省直/省产业工会', 'nonglinshui'),
  unit('省总直管基层工会', '省总直管', '省总直管基层工会', 'zhiguan'),
  unit('安徽省总工会', '省总', '省总', 'province'),
  unit('安徽省委网信办', '省委网信办', '网信办', 'cac'),
]

/** 二、（一）“12351+”计划: 50,000 workers met and 10,000,000 netizens reached are the province's own numbers. */
export const quotas = [
  ...annex_1.map(([unit, , organizations, propagandists, events]) => ({
    unit,
    organizations: organizations as number | null,
    propagandists: propagandists as number | null,
    events: events as number | null,
    people: null as number | null,
    netizens: null as number | null,
  })),
  { unit: '省总', organizations: null, propagandists: null, events: null, people: 50_000, netizens: 10_000_000 },
]

const metric = (name: string, label: string, short: string, measure: string, synonyms: readonly string[] | null) => ({
  name,
  label,
  short,
  measure,
  form: name,
  counts: 'rows',
  field: null as string | null,
  has_quota: true,
  synonyms,
})

/** 二、（一）“12351+”计划: what is counted, in the words of annex 1, and the two that the notice sets for the province. */
export const metrics = [
  metric('organizations', '组织动员工会组织', '组织', '个', ['工会组织', '基层工会组织']),
  metric('propagandists', '发展宣传员', '宣传员', '名', ['宣传员']),
  metric('events', '线下活动数', '线下活动', '场', ['线下活动', '活动数']),
  { ...metric('people', '面对面职工人数', '面对面', '人', null), form: 'events', counts: 'sum', field: 'headcount' },
  { ...metric('netizens', '影响职工网民人数', '影响', '万人', null), form: 'reach', counts: 'latest', field: 'people' },
].map((each, i) => ({ position: i + 1, ...each }))

/** 二、（三）全总开展的“好网民”主题活动. */
export const nationalActivities = [
  { title: '网络正能量微视频征集', organizer: '天津市总工会', website: null },
  { title: '网络正能量专题活动征集', organizer: '河北省总工会', website: null },
  { title: '网络正能量摄影作品征集', organizer: '安徽省总工会', website: null },
  { title: '互联网+普惠服务优秀平台征集', organizer: '福建省总工会、厦门市总工会', website: null },
  { title: '网络正能量诵读作品征集', organizer: '湖北省总工会', website: null },
  { title: '网络正能量歌曲征集', organizer: '中国金融工会', website: null },
  { title: '网络正能量微课征集', organizer: '中国工人出版社', website: 'http://www.dzzgsw.com' },
]

type Collection = {
  code: string
  title: string
  medium: '图片' | '视频' | '图文' | '音频' | '平台' | '案例'
  host: string
  content: string
  entrance: string
  sub_themes?: readonly string[]
  sub_theme_required?: boolean
  tags?: readonly string[]
  max_chars?: number
  max_seconds?: number
  suggested_seconds?: number
  /** Where its files lie (absent: 主件、封面、文稿), and which of them a work must bring. */
  slots?: readonly string[]
  needed_slots?: readonly string[]
  /** Where the collection and a national one want the same thing; absent: the notice names none. */
  national_activity?: string
}

const weibo = '微博：@安徽发布 官方账号\n邮箱：anhweifabu@163.com'

/** Annex 2, its own text. */
export const collections: readonly Collection[] = [
  {
    code: 'C1',
    title: '全国工会网络正能量摄影作品征集活动',
    medium: '图片',
    host: '省总',
    content:
      '面向全国广大职工征集展现职工爱岗敬业、艰苦奋斗、勇于创新、甘于奉献的精神风貌，反映各行各业劳模风采、工匠技艺，展示企业火热劳动场景、职工幸福生活场景的原创摄影作品；征集充分反映展现新时代风貌、辉煌七十年的原创摄影作品。',
    entrance:
      '安徽省总工会官网（https://www.ahghw.org）、安徽职工服务网（http://zgfw.ahghw.org）、安徽省总工会官方微信公众号',
    national_activity: '网络正能量摄影作品征集',
  },
  {
    code: 'C2',
    title: '“‘70’你最美——安徽V力量在行动”图片征集',
    medium: '图片',
    host: '省总',
    content:
      '围绕“劳动的你最美”、“奉献的你最美”、“圆梦的你最美”“收获的你最美”主题，拍摄笑脸图片，所有照片要求清晰可识别，并附上100字以内的照片简要说明，如照片背后的故事等。',
    entrance: weibo,
    sub_themes: ['劳动的你最美', '奉献的你最美', '圆梦的你最美', '收获的你最美'],
    sub_theme_required: true,
    max_chars: 100,
  },
  {
    code: 'C3',
    title: '“70年70变”短视频征集',
    medium: '视频',
    host: '省总',
    content:
      '以“我家乡的变化”“幸福是奋斗出来的”“不忘初心牢记使命”“网聚线上线下正能量”为主题，用镜头记录70年来家乡的巨大变化、记录和讲述在时代背景下的普通人在平凡岗位上的故事、聚焦身边的各级党员干部记录他们在本职岗位上的一言一行、用镜头发现身边的好人好事和善行义举。作品时长不超过3分钟，1分钟左右为宜。',
    entrance: weibo,
    sub_themes: ['我家乡的变化', '幸福是奋斗出来的', '不忘初心牢记使命', '网聚线上线下正能量'],
    sub_theme_required: true,
    max_seconds: 180,
    suggested_seconds: 60,
    national_activity: '网络正能量微视频征集',
  },
  {
    code: 'C4',
    title: '“同框今昔赞发展”图文征集活动',
    medium: '图文',
    host: '淮北',
    content:
      '面向全省广大职工征集伟大祖国日新月异的发展成就，用新旧图片对比赞美祖国的新变化新气象，讴歌新时代，展示新成就，激发广大网民的爱党爱国的热情和对美好生活的向往。',
    entrance: '淮北市总工会微信公众号',
    slots: ['旧照', '新照', '文稿'],
    needed_slots: ['旧照', '新照'],
  },
  {
    code: 'C5',
    title: '“祖国，我想对您说...”微视频征集活动',
    medium: '视频',
    host: '宿州',
    content:
      '面向全省广大职工征集我与共和国同成长、建功新时代、劳动创造奉献等积极向上、充满正能量的短视频作品。通过一段话、一个镜头的视频录制，用语言表达对祖国的热爱，赞美祖国发展成就，赞美祖国大好河山，赞美家乡今昔巨变，用镜头抒发浓浓的爱国之情。',
    entrance: '宿州市总工会微信公众号',
    national_activity: '网络正能量微视频征集',
  },
  {
    code: 'C6',
    title: '“诗润江淮”音频征集活动',
    medium: '音频',
    host: '淮南',
    content:
      '面向全省广大职工征集诗朗诵作品，以弘扬以爱国主义为核心的民族精神和以改革创新为核心的时代精神的优秀诗篇作为主要内容。主要包括被广大人民群众广为传颂的中华民族经典诗篇；近代以来，中国人民为争取民族独立和国家解放不懈奋斗的革命诗篇；在和平建设和改革开放时期，歌颂党、歌颂祖国，反映民族精神、时代精神和赞美人民、赞美劳动，讴歌美好生活的优秀诗歌作品，鼓励原创。',
    entrance: '淮南市总工会微信公众号',
    sub_themes: ['经典诗篇', '革命诗篇', '新时代诗篇'],
    national_activity: '网络正能量诵读作品征集',
  },
  {
    code: 'C7',
    title: '互联网+优秀普惠平台征集活动',
    medium: '平台',
    host: '马鞍山',
    content:
      '面向全省广大职工征集各级工会充分利用微信、APP客户端、网站等，开展宣传教育、就业服务、维权帮扶、技能提升、商家优惠、公共服务等各类网上普惠服务项目的优秀平台。',
    entrance: '马鞍山市总工会微信公众号',
    sub_themes: ['宣传教育', '就业服务', '维权帮扶', '技能提升', '商家优惠', '公共服务'],
    tags: ['微信', 'APP', '网站'],
    national_activity: '互联网+普惠服务优秀平台征集',
  },
  {
    code: 'C8',
    title: '省网络素养教育基地案例征集',
    medium: '案例',
    host: '宣城',
    content:
      '重点围绕提升“同心圆意识、责任担当意识、依法上网意识、文明上网意识、技能提升意识、网络安全意识”等新时代好网民意识，面向全省工会系统征集以文字、图片、视频、H5等形式，全面展示基地的基础设施、网络文化建设、网上阵地建设、机制建设、网络素养教育活动和培训开展等情况，通过探索开展职工网民网络素养教育基地建设，为网民网络素养教育提供良好环境，让好网民理念落地生根。',
    entrance: '宣城市总工会微信公众号',
    tags: ['同心圆意识', '责任担当意识', '依法上网意识', '文明上网意识', '技能提升意识', '网络安全意识'],
  },
]

/** 三、活动进度安排. What a stage locks is our reading of it: when the works are shortlisted, the registers are complete. */
export const stages = [
  {
    name: '启动',
    starts_on: '2019-05-01',
    ends_on: '2019-05-31',
    content: '省总工会和省委网信办联合举办启动仪式，各市（省直管县）总工会会同当地网信部门协商筹备活动。',
  },
  {
    name: '推进',
    starts_on: '2019-06-01',
    ends_on: '2019-08-31',
    content:
      '各市（省直管县）总工会会同当地网信部门在工会系统全面推开，按活动项目分类收集、整理本地本单位职工正能量素材，并做好典型发掘工作。',
  },
  {
    name: '入围截止',
    starts_on: '2019-08-26',
    ends_on: '2019-08-26',
    content: '8月26日前，通过网络评选出入围作品。',
    is_deadline: true,
    locks: ['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions'],
  },
  {
    name: '专家评审',
    starts_on: '2019-09-01',
    ends_on: '2019-09-30',
    content: '省总工会和省委网信办指导各承办单位对入围作品，邀请有关专家组成评审委员会进行评审。',
  },
  {
    name: '承办单位报送',
    starts_on: '2019-09-23',
    ends_on: '2019-09-27',
    content: '各承办单位将各地开展主题活动成果，报送省总工会网络工作部。',
    is_deadline: true,
  },
  {
    name: '报全国',
    starts_on: '2019-10-01',
    ends_on: '2019-10-31',
    content: '各地各单位按照全总主题活动的项目内容，及时将优秀活动成果报全国各活动平台进行参评。',
  },
  {
    name: '总结表彰',
    starts_on: '2019-11-01',
    ends_on: '2019-11-30',
    content:
      '举办总结展示活动。省总工会和省委网信办通报表彰2019年全省工会“好网民”活动优秀组织单位、先进个人，并在全省主要网络媒体、工会媒体进行推广。',
  },
] as readonly {
  name: string
  starts_on: string
  ends_on: string
  content: string
  is_deadline?: boolean
  locks?: readonly string[]
}[]
