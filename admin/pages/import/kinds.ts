/** What a row of a file would come to: word, colour and shape, in the order of the tabs. */
import type { IconName } from '../../parts/icons.tsx'
import type { ImportAnswer, RowKind, ShownRow } from './types.ts'

type KindTone = 'ok' | 'sent' | 'draft' | 'back' | 'clash' | 'bad' | 'void'
type KindWords = { kind: RowKind; label: string; tone: KindTone; icon: IconName; count: keyof ImportAnswer }

export const kinds: readonly KindWords[] = [
  { kind: 'create', label: '新增', tone: 'ok', icon: 'plus', count: 'create' },
  { kind: 'update', label: '更新', tone: 'sent', icon: 'twice', count: 'update' },
  { kind: 'unchanged', label: '不变', tone: 'draft', icon: 'tick', count: 'unchanged' },
  { kind: 'repeated', label: '重复', tone: 'back', icon: 'steps', count: 'repeated' },
  { kind: 'conflict', label: '冲突', tone: 'clash', icon: 'clash', count: 'conflicts' },
  { kind: 'wrong', label: '错误', tone: 'bad', icon: 'warning', count: 'wrong' },
  { kind: 'left_out', label: '不导入', tone: 'void', icon: 'cross', count: 'left_out' },
]

export const kindWords = (kind: RowKind): KindWords | undefined => kinds.find((each) => each.kind === kind)

export const countOf = (of: ImportAnswer, kind: RowKind): number => Number(of[kindWords(kind)?.count ?? 'rows'] ?? 0)

/** Rows that another row of the file contradicts: one of the two has to be chosen. */
export const doubledIn = (of: ImportAnswer): number =>
  Math.max(0, (of.undecided ?? 0) - countOf(of, 'wrong') - countOf(of, 'conflict'))

/** Whether a row waits for such a choice. */
export const isDoubled = ({ kind, twin }: ShownRow): boolean => kind === 'repeated' && twin?.identical === false

/** Kinds whose rows say something below themselves. */
export const noted: readonly (RowKind | 'all')[] = ['wrong', 'conflict', 'repeated', 'left_out']

/** The kind one should look at first. */
export function firstKind(of: ImportAnswer): RowKind | 'all' {
  if (countOf(of, 'wrong') > 0) return 'wrong'
  if (countOf(of, 'conflict') > 0) return 'conflict'
  return doubledIn(of) > 0 ? 'repeated' : 'all'
}
