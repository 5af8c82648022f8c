/** The head over what fills the page: title, tabs and actions in one line. */
import type { ReactNode } from 'react'
import { classes } from '../../parts/classes.ts'
import css from './WideHead.module.css'

export function WideHead({ children }: { children: ReactNode }) {
  return <header className={classes('page-head', css.head)}>{children}</header>
}
