/** What a notice says and no setting of a campaign holds: each with its sentence, shown beside it and told again before anything is made. */
import { type HostFact, type ShareFact, type StageFact, sourceOfParagraph, type UnheldFact } from './facts.ts'
import type { NoticeFrame, Passage } from './frame.ts'

/** What is looked for, and what becomes of it; `$` is the words as they stand. */
const SENTENCES: readonly [id: string, pattern: RegExp, says: string][] = [
  ['half', /[^。．.\d]*减半[^。]*/, '“$”：报送件数按项目设，不分单位；减半的由承办单位收的时候看。'],
  ['own_works', /[^。．.\d]*不占名额[^。]*/, '“$”：件数对所有单位一样算，承办单位自己的作品也在内。'],
  ['publicity', /[^。；，]*公示[^。；，]*\d+\s*个?(?:工作日|天)[^。；，]*/, '“$”：系统不登记公示，也不按它拦提交。'],
]
/** What one upload may be. */
const UPLOAD_BYTES = 20 * 1_048_576
const NOTE = /^(?:注|说明|填表说明)[:：]/

export function unheldOf(frame: NoticeFrame, stages: readonly StageFact[]): UnheldFact[] {
  const found: Omit<UnheldFact, 'id'>[] = []
  const tell = (passage: Passage, words: string, says: string) => {
    const told = says.replace('$', () => words.trim())
    if (!found.some((each) => each.says === told))
      found.push({ says: told, source: sourceOfParagraph(passage.file, passage, words.trim()) })
  }
  const notes = frame.annexes.filter(({ said }) => NOTE.test(said))
  for (const [id, pattern, says] of SENTENCES)
    for (const passage of id === 'publicity' ? [...frame.text, ...frame.annexes] : notes) {
      const words = pattern.exec(passage.said)?.[0]
      if (words) tell(passage, words, says)
    }
  const awards = notes.find(({ said }) => /等奖/.test(said))
  if (awards) tell(awards, awards.said, '“$”：奖项没有写进征集活动，要在本级评的到“征集活动”的“奖项”里填。')
  for (const { name, says, time, source } of stages)
    if (time) found.push({ says: `“${name}”写到 ${time}（${says}）：系统按一整天算，到当天 24 点。`, source })
  return found.map((each, n) => ({ id: `unheld_${n + 1}`, ...each }))
}

/** Shares that no register can tell. */
export const unheldShares = (shares: readonly ShareFact[], made: readonly string[]) =>
  shares
    .filter(({ subject }) => !made.some((sentence) => sentence.includes(`》${subject}：`)))
    .map(({ source }) => `“${source.text.slice(0, 60)}”：登记表里没有说得出这一项的栏目，不按它提醒。`)

/** What collections demand and only their words say. */
export function unheldOfHosts(own: readonly HostFact[]): string[] {
  const dated = own.filter(({ until }) => until)
  const days = [...new Set(dated.map(({ until }) => until))].sort()
  const [first] = dated
  return [
    ...(first
      ? [`“${first.title}”等 ${dated.length} 项各自的截止日（${days.join('、')}）写在要求里，到期不自动停收。`]
      : []),
    ...own
      .filter(({ limits }) => limits.min_followers)
      .map(({ title, limits }) => `“${title}”粉丝 ${limits.min_followers} 以上写在要求里，由承办单位看。`),
    ...own
      .filter(({ limits }) => limits.min_file_bytes)
      .map(({ title }) => `“${title}”文件不能小于多少写在要求里，系统不拦。`),
    ...own
      .filter(({ limits }) => (limits.max_file_bytes ?? 0) > UPLOAD_BYTES)
      .map(({ title }) => `“${title}”单个文件可以超过 20 MB，系统收不了这么大的，要请作者填链接。`),
  ]
}
