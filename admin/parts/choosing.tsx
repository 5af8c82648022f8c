/** One of several: views of one thing as tabs, two to five choices as segments; and a condition that can be taken away. */
import MuiChip from '@mui/material/Chip'
import MuiTab from '@mui/material/Tab'
import MuiTabs from '@mui/material/Tabs'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import type { ReactNode } from 'react'
import css from './choosing.module.css'
import { classes } from './classes.ts'

type Tab = { key: string; label: string; count?: number | null }

/** Views of one thing: the chosen one has a red line below. */
export function Tabs({
  tabs,
  chosen,
  onChoose,
  label,
  className,
}: {
  tabs: readonly Tab[]
  chosen: string | null
  onChoose: (key: string) => void
  label: string
  className?: string
}) {
  return (
    <MuiTabs
      aria-label={label}
      className={classes(css.tabs, className)}
      data-part="tabs"
      value={tabs.some(({ key }) => key === chosen) && chosen}
      variant="scrollable"
      scrollButtons={false}
      onChange={(_event, key: string) => onChoose(key)}
    >
      {tabs.map(({ key, label: word, count }) => (
        <MuiTab
          key={key}
          value={key}
          label={
            <>
              {word}
              {count !== undefined && (
                <span className={css.count}>{count === null ? '—' : count.toLocaleString('zh-CN')}</span>
              )}
            </>
          }
        />
      ))}
    </MuiTabs>
  )
}

/** Two to five choices side by side. */
export function Segments<T extends string>({
  choices,
  chosen,
  onChoose,
  label,
  className,
}: {
  choices: readonly (readonly [T, string])[]
  chosen: T
  onChoose: (key: T) => void
  label: string
  className?: string
}) {
  return (
    <ToggleButtonGroup
      exclusive
      aria-label={label}
      className={className}
      value={chosen}
      onChange={(_event, key: T | null) => key !== null && onChoose(key)}
    >
      {choices.map(([key, word]) => (
        <ToggleButton key={key} value={key}>
          {word}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}

/** A word that is pressed: to take a condition away, or (`off` until then) to choose it. */
export function Chip({
  off,
  title,
  className,
  onClick,
  children,
}: {
  off?: boolean
  title?: string
  className?: string
  onClick: () => void
  children: ReactNode
}) {
  return (
    <MuiChip
      component="button"
      clickable
      color={off ? 'default' : 'secondary'}
      label={children}
      title={title}
      className={className}
      onClick={onClick}
    />
  )
}
