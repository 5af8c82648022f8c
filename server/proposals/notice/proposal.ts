/** What the files of a notice come to: a proposed campaign, every part with the words it comes from, and what has to be asked. */
import { badRequest } from '../../errors.ts'
import type { Definition } from '../../forms/index.ts'
import { isRecord } from '../../requests.ts'
import type { Question } from '../question.ts'
import { hostsOf } from './collections_named.ts'
import type { Block, NoticeFile, TableCell } from './document.ts'
import type { CampaignFact, HostFact, ShareFact, StageFact, TargetFact, UnheldFact, UnitFact } from './facts.ts'
import { frameOf } from './frame.ts'
import { questionsOf } from './questions.ts'
import { quotaTableOf } from './quota_tables.ts'
import { stagesOf } from './stages.ts'
import { classify, NOTICE_TABLE_KINDS, type NoticeTableKind, withoutFilled } from './table_kinds.ts'
import { sharesOf, targetsOf } from './targets.ts'
import { unheldOf } from './unheld.ts'

/** A table as it stands, and what it is taken for. */
export type ProposedTable = {
  id: string
  file: string
  /** The number of the annex it is. */
  annex: number | null
  title: string
  kind: NoticeTableKind
  why: string
  /** One page a record: blanks beside their labels. */
  one_page: boolean
  rows: number
  columns: number
  /** The row of its sheet that its first one is, from 0: cells are named as the sheet names them. */
  from_row: number
  heading_rows: number
  cells: TableCell[]
  /** The register that a workbook's table comes to; null where there is none, or it has to be made by hand. */
  form: Definition | null
}

/** Where a file's tables stand among its paragraphs. */
type ProposedDocument = {
  file: string
  blocks: (Exclude<Block, { kind: 'table' }> | { kind: 'table'; id: string })[]
}

export type NoticeProposal = {
  campaign: CampaignFact
  documents: ProposedDocument[]
  tables: ProposedTable[]
  units: UnitFact[]
  days: StageFact[]
  hosts: HostFact[]
  targets: TargetFact[]
  shares: ShareFact[]
  unheld: UnheldFact[]
  questions: Question[]
}

/** What a person said tables are, by their ids. */
export type TableKinds = Record<string, NoticeTableKind>

/** The field `kinds` of a request, as JSON. */
export function readKinds(text: string | undefined): TableKinds {
  if (text === undefined) return {}
  let kinds: unknown
  try {
    kinds = JSON.parse(text)
  } catch {
    throw badRequest('kinds 应是 JSON。')
  }
  const isKind = (value: unknown) => NOTICE_TABLE_KINDS.some((kind) => kind === value)
  if (!isRecord(kinds) || !Object.values(kinds).every(isKind)) throw badRequest('kinds 里有不认识的类别。')
  return kinds as TableKinds
}

/** The proposal of all files of one notice. Pure: the same files are the same proposal. */
export function propose(files: readonly NoticeFile[], kinds: TableKinds = {}): NoticeProposal {
  const frame = frameOf(files)
  const tables = withoutFilled(frame.tables.map((found) => classify(found, kinds[found.table.id])))
  const quotas = tables.filter(({ kind }) => kind === 'quotas' || kind === 'places').map(quotaTableOf)
  const units = quotas[0]?.units ?? []
  const { stages, conflicts } = stagesOf(frame)
  const hosts = hostsOf(frame, tables, frame.campaign)
  const { targets, discrepancies } = targetsOf(frame, quotas)
  const shares = sharesOf(frame)
  const found = { frame, tables, stages, conflicts, hosts, targets, discrepancies, shares, units }
  return {
    campaign: frame.campaign,
    documents: files.map(({ file, blocks }) => ({
      file,
      blocks: blocks.map((block) => (block.kind === 'table' ? { kind: 'table' as const, id: block.id } : block)),
    })),
    tables: tables.map(({ table, file, annex, title, kind, why, isOnePage, shape }) => ({
      id: table.id,
      file,
      annex,
      title,
      kind,
      why,
      one_page: isOnePage,
      rows: table.rows,
      columns: table.columns,
      from_row: table.from_row,
      heading_rows: shape.headingRows,
      cells: table.cells,
      form: null,
    })),
    units,
    days: stages,
    hosts,
    targets,
    shares,
    unheld: unheldOf(frame, stages),
    questions: questionsOf(found),
  }
}
