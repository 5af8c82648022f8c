/** The outlines of menu and tools: 16 px, one line of 1.4. */
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import css from './icons.module.css'

const paths = {
  home: 'M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z',
  organizations: 'M3 13.5v-10h6v10M9 6.5h4v7M1.5 13.5h13M5 6h2M5 8.5h2M5 11h2M11 9v.01M11 11v.01',
  propagandists: 'M10.7 5a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0M2.8 13.5c.5-2.8 2.5-4.2 5.2-4.2s4.7 1.4 5.2 4.2',
  events: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.3v3M10.5 2.3v3M5.5 10.2 7 11.5l3-2.8',
  attendance: 'M6.5 4h7M6.5 8h7M6.5 12h7M2 4l1 1 1.6-2M2 8l1 1 1.6-2M2 12l1 1 1.6-2',
  reach:
    'M9.5 8a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0M5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10',
  submissions: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2 3.5 3M11.5 6a1 1 0 1 1-2 0 1 1 0 0 1 2 0',
  awards: 'M11.7 6a3.7 3.7 0 1 1-7.4 0 3.7 3.7 0 0 1 7.4 0M5.8 9 5 14l3-1.6 3 1.6-.8-5',
  progress: 'M2 3h12v10H2zM2 6.3h12M2 9.7h12M6 3v10',
  quotas:
    'M13.7 8A5.7 5.7 0 1 1 2.3 8a5.7 5.7 0 0 1 11.4 0M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0M8 .8v2M8 13.2v2M.8 8h2M13.2 8h2',
  collections: 'M2.5 2.5H7V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z',
  year: 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M5.5 9.5h.01M8 9.5h.01M10.5 9.5h.01',
  imports: 'M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2M2.5 10v3.5h11V10',
  download: 'M8 2.3v8M4.8 7.3 8 10.5l3.2-3.2M2.5 10.5v3h11v-3',
  bin: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4',
  clock: 'M13.7 8A5.7 5.7 0 1 1 2.3 8a5.7 5.7 0 0 1 11.4 0M8 4.7V8l2.3 1.5',
  users:
    'M8.3 5.5a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0M1.7 13c.4-2.4 2-3.7 4.3-3.7s3.9 1.3 4.3 3.7M10.5 3.4a2.3 2.3 0 0 1 0 4.2M12 9.7c1.3.5 2.1 1.6 2.4 3.3',
  dictionary: 'M3 2.5h8.5A1.5 1.5 0 0 1 13 4v9.5H4.5A1.5 1.5 0 0 1 3 12zM3 12a1.5 1.5 0 0 1 1.5-1.5H13M6 5.5h4',
  jury: 'M3 2.5h10v11H3zM5.5 5.5h5M5.7 9.4l1.6 1.6 3-3.2',
  account: 'M10.7 5a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0M2.8 13.5c.5-2.8 2.5-4.2 5.2-4.2s4.7 1.4 5.2 4.2',
  out: 'M6 2.5H2.5v11H6M10 5l3 3-3 3M13 8H6',
  search: 'M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0M10.4 10.4 14 14',
  bell: 'M3.5 11.5V7a4.5 4.5 0 0 1 9 0v4.5l1 1h-11zM6.7 14.2h2.6',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  sun: 'M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0M8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  down: 'm4 6 4 4 4-4',
  up: 'm4 10 4-4 4 4',
  right: 'm6 4 4 4-4 4',
  plus: 'M8 3v10M3 8h10',
  cross: 'm4 4 8 8M12 4l-8 8',
  tick: 'M3.5 8.3 6.6 11.4 12.5 5',
  warning: 'M8 2.3 14.3 13.3H1.7zM8 6.5v3.2M8 11.5v.01',
  clash: 'M8 13.5V9L3.5 4.5M8 9l4.5-4.5M3 7.5V4h3.5M13 7.5V4H9.5',
  back: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
  lock: 'M3.5 7h9v6.5h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2',
  filter: 'M2 3.5h12M4.5 8h7M7 12.5h2',
  say: 'M2.5 3h11v8H8l-3 2.7V11H2.5z',
  help: 'M13.7 8A5.7 5.7 0 1 1 2.3 8a5.7 5.7 0 0 1 11.4 0M6.3 6.5a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.6-.8 1.2M8 11.3v.01',
  eye: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0',
  blind: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13 13 3',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  sort: 'M5 3v9.5M2.5 10 5 12.5 7.5 10M11 13V3.5M8.5 6 11 3.5 13.5 6',
  group: 'M2.5 3h5v3h-5zM5 6v7M5 9h3M5 13h3M8 7.5h5.5v3H8zM8 11.5h5.5v3H8z',
  sheet: 'M3 2.5h7l3 3v8H3zM10 2.5v3h3M5.5 8.5h5M5.5 11h3',
  twice: 'M2.5 5h8M8.5 2.5 11 5 8.5 7.5M13.5 11h-8M7.5 8.5 5 11l2.5 2.5',
  steps: 'M2.5 4h6v3.5h5V11h-6',
  cloud: 'M4.5 12.5a3 3 0 0 1-.2-6A4 4 0 0 1 12 7a2.8 2.8 0 0 1-.3 5.5zM6 9.3l1.5 1.5L10.3 8',
  more: 'M4 8a.6.6 0 1 1-1.2 0A.6.6 0 0 1 4 8M8.6 8a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0M13.2 8a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0',
  play: 'M5 3.5v9l7-4.5z',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  seal: 'M6 9V7.2A2.6 2.6 0 1 1 10 7.2V9h2.5v2.5h-9V9zM3.5 13.5h9',
} as const

export type IconName = keyof typeof paths
const isIcon = (name: string): name is IconName => name in paths

/** The icon of a form: built-in registers have one of their own. */
export const iconOf = (form: string): IconName => (isIcon(form) ? form : 'dictionary')

/** A custom drawing in the size and line of the icons. */
export function Outline({ small = false, children }: { small?: boolean; children: ReactNode }) {
  return (
    <svg className={classes(css.icon, small && css.small)} viewBox="0 0 16 16" aria-hidden="true">
      {children}
    </svg>
  )
}

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <Outline small={small}>
      <path d={paths[name]} />
    </Outline>
  )
}

/** 工, the one mark of the system. */
export function Seal() {
  return (
    <span className={css.seal} aria-hidden="true">
      <svg viewBox="0 0 14 14" aria-hidden="true">
        <path d="M2.5 3h9M7 3v8M1.5 11h11" />
      </svg>
    </span>
  )
}
