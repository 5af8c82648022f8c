/** Days of a notice as proposed stages: what each is for, which annexes are due by then, and where the same is said again. */
import { type DayInText, daysIn, type Reckoning } from './days.ts'
import { type StageFact, sourceOfParagraph } from './facts.ts'
import { type NoticeFrame, type Passage, withoutNumeral } from './frame.ts'

/** What a day is for, by the words around it; the first that fits. */
const PURPOSES: readonly [RegExp, string][] = [
  [/启动仪式|启动大会/, '启动'],
  [/联络员/, '报联络员'],
  [/反馈[^，。；]{0,8}意见/, '反馈初审意见'],
  [/(?:网络|网上)?投票/, '网络投票'],
  [/初评/, '初评'],
  [/专家评审|评审委员会|组织[^，。；]{0,6}评审/, '专家评审'],
  [/入围/, '评出入围作品'],
  [/建议名单|审定/, '审定'],
  [/报全国|全国[^，。；]{0,10}参评/, '报全国'],
  [/成果[^，。；]{0,12}报|报送[^，。；]{0,8}成果/, '报送成果'],
  [/公布结果|公布名单/, '公布结果'],
  [/报送?[^，。；]{0,6}(?:工作)?总结/, '报送工作总结'],
  [/择优推荐/, '推优'],
  [/表彰大会|通报表彰|总结表彰|总结展示/, '总结表彰'],
  [/全面推开|全面实施/, '活动推进'],
  [/征集评选/, '征集评选'],
  [/作品[^，。；]{0,20}报|推荐作品/, '报送作品'],
  [/(?:开展|组织)[^，。；]{0,8}活动/, '开展活动'],
]
const TABLE_IN_TITLE = /《([^》]{2,30})》(?:（附件(\d{1,2})）)?/g
const MAX_NAME_CHARS = 30
const MAX_CONTENT_CHARS = 500

/** Run-in headings: 2.统计上报。8月5日前… */
const labelOf = (said: string) => {
  const label = /^([^，。；:：]{2,12})[。:：]/.exec(withoutNumeral(said))?.[1]
  return label && !/\d/.test(label) ? label : undefined
}

type Surrounding = { after: string; before: string; sentence: string; label: string | undefined }

/** The words that say what a day is for: behind it, to the next day or the sentence's end; before it in the same sentence. */
function surroundingsOf(said: string, days: readonly DayInText[], n: number): Surrounding {
  const day = days[n] as DayInText
  const ends = [said.indexOf('。', day.to), said.indexOf('；', day.to), days[n + 1]?.from ?? -1].filter((at) => at >= 0)
  const sentenceFrom = Math.max(said.lastIndexOf('。', day.from - 1), said.lastIndexOf('；', day.from - 1)) + 1
  const sentenceTo = [said.indexOf('。', day.to), said.indexOf('；', day.to)].filter((at) => at >= 0)
  return {
    after: said.slice(day.to, ends.length > 0 ? Math.min(...ends) : undefined),
    before: said.slice(Math.max(sentenceFrom, n > 0 ? (days[n - 1]?.to ?? 0) : 0), day.from),
    sentence: said.slice(sentenceFrom, sentenceTo.length > 0 ? Math.min(...sentenceTo) + 1 : undefined).trim(),
    label: labelOf(said),
  }
}

function nameOf({ after, before, label }: Surrounding): string {
  const titled = [...after.matchAll(TABLE_IN_TITLE)][0]?.[1]
  if (titled && /报/.test(after)) return `报《${titled}》`.slice(0, MAX_NAME_CHARS)
  for (const words of [after, before, label ?? '']) {
    const purpose = PURPOSES.find(([pattern]) => pattern.test(words))
    if (purpose) return purpose[1]
  }
  if (label) return label
  const clause = after.replace(/^[，、\s]+/, '').split(/[，。；]/)[0] ?? ''
  return (clause || before.split(/[，。；]/).pop() || '').replace(/^(?:请|各单位|须|于)+/, '').slice(0, 20) || '待定'
}

const ANNEX_IN_TEXT = /附件(\d{1,2})/g
const annexesIn = (words: string) => [...words.matchAll(ANNEX_IN_TEXT)].map(([, annex]) => Number(annex))

function stagesIn(passage: Passage, reckoning: Reckoning): Omit<StageFact, 'id'>[] {
  const { said, file } = passage
  const days = daysIn(said, reckoning)
  return days.map((day, n) => {
    const around = surroundingsOf(said, days, n)
    const { from: _from, to: _to, ...fact } = day
    const isHandedIn = /《[^》]*[表书]》/.test(around.after)
    return {
      ...fact,
      name: nameOf(around),
      content: around.sentence.slice(0, MAX_CONTENT_CHARS),
      annexes: isHandedIn && day.is_deadline ? annexesIn(around.after) : [],
      source: sourceOfParagraph(file, passage, around.sentence),
      also: [],
    }
  })
}

type Found = Omit<StageFact, 'id'>
const isSame = (a: Found, b: Found) =>
  a.ends_on === b.ends_on && (a.starts_on === b.starts_on || (a.is_deadline && b.is_deadline))
/** One says no day where the other does: 6月下旬至7月底 beside 即日起至7月31日. */
const isVaguer = (a: Found, b: Found) =>
  a.precision === 'third' && b.precision !== 'third' && a.ends_on !== null && a.ends_on === b.ends_on

export type StageConflict = { stage: StageFact; other: Found }

/** Notes below the tables of annexes say again until when they are handed in. */
function notesOf({ tables }: NoticeFrame): { passage: Passage; annex: number | null }[] {
  return tables.flatMap(({ after, annex }) =>
    after
      .filter(({ said }) => /^(?:注|填表说明|说明|备注)[:：]/.test(said) && /报|上传/.test(said))
      .map((passage) => ({ passage, annex })),
  )
}

/** Proposed stages, in the order of their days, and what is said of one day in two ways. */
export function stagesOf(frame: NoticeFrame): { stages: StageFact[]; conflicts: StageConflict[] } {
  const reckoning: Reckoning = { dated: frame.campaign.dated, year: frame.campaign.year }
  const stages: StageFact[] = []
  const conflicts: StageConflict[] = []
  const take = (found: Found) => {
    const same = stages.find((each) => isSame(each, found) && (each.name === found.name || each.is_deadline))
    const vaguer = stages.find((each) => each.name === found.name && isVaguer(found, each))
    const known = same ?? vaguer
    if (known) {
      known.also.push(found.source)
      return
    }
    const taken = stages.filter(({ name }) => name === found.name || name.startsWith(`${found.name}（`)).length
    stages.push({
      ...found,
      id: `stage_${stages.length + 1}`,
      name: taken > 0 ? `${found.name}（${taken + 1}）` : found.name,
    })
  }
  for (const passage of frame.text) for (const found of stagesIn(passage, reckoning)) take(found)
  for (const { passage, annex } of notesOf(frame)) {
    for (const found of stagesIn(passage, reckoning)) {
      if (!found.is_deadline || found.ends_on === null) continue
      const ofAnnex = stages.find(
        ({ annexes, is_deadline }) => is_deadline && annex !== null && annexes.includes(annex),
      )
      const sameDay = stages.find(({ ends_on }) => ends_on === found.ends_on)
      if (ofAnnex && ofAnnex.ends_on !== found.ends_on) conflicts.push({ stage: ofAnnex, other: found })
      else if (ofAnnex ?? sameDay) {
        const known = (ofAnnex ?? sameDay) as StageFact
        known.also.push(found.source)
        if (annex !== null && !known.annexes.includes(annex)) known.annexes.push(annex)
      } else take({ ...found, annexes: annex === null ? [] : [annex] })
    }
  }
  return { stages: stages.sort(byDay), conflicts }
}

const firstDay = ({ starts_on, ends_on, third }: StageFact) =>
  third && starts_on === null && ends_on === null ? `${third.month}-${third.part}0` : (starts_on ?? ends_on ?? '9999')
/** By their last day where one is only until then. */
const byDay = (a: StageFact, b: StageFact) => (firstDay(a) < firstDay(b) ? -1 : firstDay(a) > firstDay(b) ? 1 : 0)
