// Invented people, phones and organizations: plausible at a glance, nobody's when looked up.
import type { Draw } from './draw.ts'

const surnames = [...'陈沈陆程周宋何许叶方苏顾姜秦柳乔梁唐江白温阮尹梅鲍卫邵汪洪季葛夏骆路孟孔戴范彭康余钟莫翁费虞薛左']
const first = [...'静思嘉雨远明若清书文景安子承怀望念知可沐星云晓一亦君朗乐宛青锦弘启立维修博言泽瑞佳小长']
const last = {
  女: [...'文桐宁瑶薇兰蕊雪琳婷妍晴芸菲芷蓉霞萍岚月雯璇漪禾'],
  男: [...'帆远和川峰轩舟航磊辰涛彦钧成昊松恒岩鹏毅诚柏洲铭'],
}

export type DemoPerson = { name: string; gender: '男' | '女'; phone: string }

const prefixes = ['138', '159', '177', '186', '133', '150', '189', '136', '151', '180']

/** The n-th phone, n < 100,000: 138 0000 1027. Four zeros in the middle are no exchange anybody was given. */
export function phoneOf(n: number): string {
  const scrambled = (n * 7_919 + 1_027) % 100_000
  return `${prefixes[Math.floor(scrambled / 10_000)]}0000${String(scrambled % 10_000).padStart(4, '0')}`
}

/** Makes people one after the other, no phone twice. */
export function makePeople() {
  let known = 0
  return (draw: Draw): DemoPerson => {
    const gender = draw.chance(0.52) ? '女' : '男'
    return { name: draw.pick(surnames) + draw.pick(first) + draw.pick(last[gender]), gender, phone: phoneOf(known++) }
  }
}
export type NextPerson = ReturnType<typeof makePeople>

const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const weigh = (text: string, weights: readonly number[], base: string) =>
  weights.reduce((sum, weight, i) => sum + weight * base.indexOf(text[i] ?? '0'), 0)

/** The n-th 统一社会信用代码 (GB 32100-2015) of a grass-roots union (81), with both its check characters. */
export function creditCodeOf(region: number, n: number): string {
  const body = `MC0${String(n).padStart(5, '0')}`
  const inner = (11 - (weigh(body, [3, 7, 9, 10, 5, 8, 4, 2], '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') % 11)) % 11
  const text = `81${region}${body}${inner === 10 ? 'X' : inner}`
  const sum = weigh(text, [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], letters)
  return text + letters[(31 - (sum % 31)) % 31]
}

const brandHeads = [...'砚棠穗岚霁澄杉榆栖梧渡汀樟枫蔚笙']
const brandTails = [...'川舟禾岭桥辰原林石泽苑湖溪台谷田']

/** The n-th invented brand, n < 256: each one is used once in the province. */
export const brandOf = (n: number) => `${brandHeads[(n * 5) % 16]}${brandTails[(Math.floor(n / 16) + n * 3) % 16]}`

export const industries = [
  '电子',
  '纺织',
  '食品',
  '机械',
  '新材料',
  '汽车零部件',
  '医药',
  '物流',
  '家居',
  '光电',
  '茶业',
  '建设工程',
]
