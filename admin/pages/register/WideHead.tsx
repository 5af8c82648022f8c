/** The head over what fills the page: title, tabs and actions in one line. */
import type { ReactNode } from 'react'
import { PageTop } from '../../parts/controls.tsx'
import { PageHelp } from '../../parts/PageHelp.tsx'
import css from './WideHead.module.css'

export function WideHead({ children }: { children: ReactNode }) {
  return (
    <PageTop className={css.head}>
      {children}
      <PageHelp />
    </PageTop>
  )
}
