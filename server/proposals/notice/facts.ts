/** What is found in the files of a notice: one shape a kind of fact, each with the words it comes from. */
import type { FactSource } from './document.ts'

/** What the campaign is, as the head of the notice says it. */
export type CampaignFact = {
  year: number | null
  name: string
  theme: string | null
  notice_number: string | null
  notice_title: string | null
  /** The day of the notice, from which 即日起 and years that are not printed are reckoned. */
  dated: string | null
  /** Bodies that issue it; the first leads. */
  issued_by: string[]
  source: FactSource
}

export type Precision =
  | 'day'
  /** A month, from its first day to its last. */
  | 'month'
  /** 上旬, 中旬, 下旬: no day is given, so none is proposed. */
  | 'third'

export type StageFact = {
  id: string
  name: string
  /** The days as they are written: 8月26日前. */
  says: string
  starts_on: string | null
  ends_on: string | null
  precision: Precision
  /** Of a third of a month, the one that is meant: 2024-10 中旬. */
  third?: { month: string; part: 1 | 2 | 3 }
  /** 17:00, where an hour is given. */
  time?: string
  is_deadline: boolean
  content: string
  /** Annexes that are handed in by then, as the sentence names them. */
  annexes: number[]
  source: FactSource
  /** Where the same is said again. */
  also: FactSource[]
}

/** What a work may be: least and most; lengths in seconds, characters, files, bytes. */
export type WorkLimits = {
  min_seconds?: number
  max_seconds?: number
  suggested_seconds?: number
  min_chars?: number
  max_chars?: number
  min_files?: number
  max_files?: number
  min_file_bytes?: number
  max_file_bytes?: number
  min_followers?: number
  formats?: string[]
  /** What goes with the work: 歌词. */
  with?: string[]
}

export type HostFact = {
  id: string
  title: string
  hosts: string[]
  medium: string
  /** `above`: of a body above this campaign, which is only fed. */
  level: 'own' | 'above'
  limits: WorkLimits
  per_unit: { min?: number; max: number; says: string } | null
  until: string | null
  content: string
  entrance: string | null
  sub_themes: string[]
  tags: string[]
  source: FactSource
  also: FactSource[]
}

export type QuotaOfUnit = { unit: string; value: number; source: FactSource }

export type TargetFact = {
  id: string
  label: string
  measure: string
  bound: 'at_least' | 'at_most' | 'exactly'
  /** What all units together have to reach; null where nothing says it. */
  total: number | null
  /** What each unit has to reach, where it is the same for all. */
  each: number | null
  /** What each unit has to reach by a table. */
  quotas: QuotaOfUnit[]
  source: FactSource
  also: FactSource[]
}

export type UnitFact = {
  /** As it is printed. */
  name: string
  kind: string | null
  position: number
  source: FactSource
}

/** Which rows of a register a share counts: those whose column is one of some choices, among those of others. */
export type CountedRows = {
  table: string
  of: Record<string, string[]>
  among: Record<string, string[]>
}

/** What the files say and no setting holds: it is told, never lost in silence. */
export type UnheldFact = { id: string; says: string; source: FactSource }

/** A share of what is counted: 农民不少于20%. */
export type ShareFact = {
  id: string
  subject: string
  of: string | null
  bound: 'at_least' | 'at_most'
  percent: number
  /** Null where no register has columns that tell whom it speaks of: then it is told, not asked of anybody. */
  counted: CountedRows | null
  source: FactSource
}

export const sourceOfParagraph = (
  file: string,
  { n, text }: { n: number; text: string },
  words = text,
): FactSource => ({
  file,
  paragraph: n,
  text: words,
})
