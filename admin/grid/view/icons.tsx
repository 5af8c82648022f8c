/** The few drawings the grid needs: 16 px outlines, one line of path each. */
import type { ColumnType } from '../types.ts'

const PATHS = {
  text: 'M3 4h10M8 4v8.5M6 12.5h4',
  long_text: 'M3 4h10M3 7.5h10M3 11h6',
  number: 'M5.8 2.5 4.8 13.5M11.2 2.5l-1 11M2.5 5.8h11.3M2.2 10.2h11.3',
  date: 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3',
  choice: 'M2.5 4h11v8h-11zM6 7l2 2 2-2',
  choices: 'M2.5 4h11v8h-11zM5 8l2 2 4-4',
  reference:
    'M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.3-2.3a2.5 2.5 0 0 0-3.6-3.6l-.8.8M9.5 6.5a2.5 2.5 0 0 0-3.6 0L3.6 8.8a2.5 2.5 0 0 0 3.6 3.6l.8-.8',
  files: 'M10.5 5.5v5a2.5 2.5 0 0 1-5 0V4.8a1.7 1.7 0 0 1 3.4 0v5.4a.8.8 0 0 1-1.6 0V5.5',
  other: 'M3 4h10M8 4v8.5M6 12.5h4',
  filter: 'M2 3.5h12M4.5 8h7M7 12.5h2',
  plus: 'M8 3v10M3 8h10',
  up: 'M8 13V3.5M4.5 7 8 3.5 11.5 7',
  down: 'M8 3v9.5M4.5 9 8 12.5 11.5 9',
  warning: 'M8 2.3 14.3 13.3H1.7zM8 6.5v3.2M8 11.5v.01',
  clash: 'M8 13.5V9L3.5 4.5M8 9l4.5-4.5M3 7.5v-3.5h3.5M13 7.5v-3.5H9.5',
  back: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
  open: 'm4 6 4 4 4-4',
  closed: 'm6 4 4 4-4 4',
  tick: 'M3.5 8.3 6.6 11.4 12.5 5',
  dash: 'M4 8h8',
  cross: 'm4 4 8 8M12 4l-8 8',
} as const satisfies Record<ColumnType, string> & Record<string, string>

export function Icon({ name, small = true }: { name: keyof typeof PATHS; small?: boolean }) {
  return (
    <svg className={small ? 'grid-icon grid-icon-small' : 'grid-icon'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
