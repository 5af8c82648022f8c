/** All that was found in a notice, before anything is asked about it. */
import type { HostFact, ShareFact, StageFact, TargetFact, UnitFact } from './facts.ts'
import type { NoticeFrame, Passage } from './frame.ts'
import type { StageConflict } from './stages.ts'
import type { ClassifiedTable } from './table_kinds.ts'
import type { Discrepancy } from './targets.ts'

export type FoundFacts = {
  frame: NoticeFrame
  tables: readonly ClassifiedTable[]
  stages: readonly StageFact[]
  conflicts: readonly StageConflict[]
  hosts: readonly HostFact[]
  targets: readonly TargetFact[]
  discrepancies: readonly Discrepancy[]
  shares: readonly ShareFact[]
  units: readonly UnitFact[]
}

/** The passage of the notice that says something. */
export const passageWith = ({ text }: NoticeFrame, pattern: RegExp): Passage | undefined =>
  text.find(({ said }) => pattern.test(said))
