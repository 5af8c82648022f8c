/** What notes and headings say of columns: how long, how exactly, what may stay empty. Pure functions over texts. */

/** A note cut into its sentences, without their numbers: 填表说明：1.…；2.… */
export const sentencesOf = (notes: readonly string[]): string[] =>
  notes
    .flatMap((note) => note.replace(/^(填表说明|填报说明|说明|注意事项|注)\s*[:：]?/, '').split(/[；;。\n]/))
    .map((sentence) => sentence.replace(/^\s*(?:\d{1,2}\s*[.、．]|[（(]\d{1,2}[)）])\s*/, '').trim())
    .filter((sentence) => sentence !== '')

const LIMIT = /(?:不超过|最多|限|控制在)?\s*(\d{2,5})\s*(?:个)?字(?:以内|之内|内|以下)?/
/** 150 of 主要事迹（150字以内）, 不超过 200 字. */
export function limitIn(words: string): number | undefined {
  const found = LIMIT.exec(words)
  const isLimit = found && /以内|之内|内|以下|不超过|最多|限|控制在/.test(found[0])
  return isLimit ? Number(found[1]) : undefined
}

const BRACKETS = /[（(【[][^（）()【】[\]]*[）)】\]]/g
const MARK = /[*＊★]/g
/** A heading without marks, line ends and what stands in brackets about limits. Other brackets belong to the name. */
export const labelIn = (heading: string): string =>
  heading
    .replace(BRACKETS, (brackets) => (limitIn(brackets) || /必填|选填|请|格式|例|下拉/.test(brackets) ? '' : brackets))
    .replace(MARK, '')
    .replace(/\s+/g, '')
    .replace(/[:：]$/, '')

/** Whether a heading bears the mark of a mandatory column, or says so. */
export const isMarked = (heading: string): boolean => /[*＊★]|必填/.test(heading)

/** Sentences that speak of a column by its label. */
export const about = (label: string, sentences: readonly string[]): string[] =>
  label.length < 2 ? [] : sentences.filter((sentence) => sentence.replace(/\s/g, '').includes(label))

/** 日 where it is to be written to the day, 月 to the month; undefined where nothing is said. */
export function exactness(sentences: readonly string[]): 'day' | 'month' | undefined {
  for (const sentence of sentences) {
    if (/(填写?|精确|写)到日|年月日/.test(sentence)) return 'day'
    if (/(填写?|精确|写)到月|格式.{0,6}\d{4}[.年/-]\d{1,2}(?![.月/-]?\d)/.test(sentence)) return 'month'
  }
  return undefined
}

/** What the notes say of mandatory columns: all but those of `free`, only those that are marked, or nothing. */
export type SaidOfMandatory = {
  rule: 'all' | 'marked' | 'none'
  /** Labels that may stay empty. */
  free: string[]
  /** The sentences that say so. */
  says: string[]
}

/** `labels`: of all columns of the table. */
export function mandatorySaid(labels: readonly string[], sentences: readonly string[]): SaidOfMandatory {
  const said: SaidOfMandatory = { rule: 'none', free: [], says: [] }
  for (const sentence of sentences) {
    const all =
      /除(.{1,40}?)(?:以?外)[，,]?(?:其他|其余)?(?:各|所有)?(?:栏目?|项)?(?:均|都)?(?:须|必须|需|要|应)?(?:填写?|必填)/.exec(
        sentence,
      )
    if (all) {
      said.rule = 'all'
      said.free.push(...labels.filter((label) => all[1]?.includes(label)))
    } else if (/[*＊★].{0,4}(?:必填|须填|必须填)/.test(sentence)) said.rule = 'marked'
    else if (/可以?不填|可以?空|选填|可填可不填|没有的?不填/.test(sentence))
      said.free.push(...labels.filter((label) => label.length > 1 && sentence.includes(label)))
    else continue
    said.says.push(sentence)
  }
  return said
}
