/** What the page one is on is for and what follows from a change, out of the guide, and the way to its section there. */
import Popover from '@mui/material/Popover'
import { useState } from 'react'
import { LinkBase as Link, useLocation } from 'react-admin'
import { useForms } from '../forms.ts'
import { type PageHelp as Help, useHelps } from '../guide.ts'
import { IconButton } from './buttons.tsx'
import css from './PageHelp.module.css'

/** The help of the page one is on; `page`: where a part of a page has its own. */
export function usePageHelp(page?: string): Help | undefined {
  const { pathname } = useLocation()
  const forms = useForms()
  const here = pathname.split('/')[1] || 'home'
  const helps = useHelps()
  return helps?.get(page ?? here) ?? (Object.hasOwn(forms, here) ? helps?.get('register') : undefined)
}

export function PageHelp({ page }: { page?: string }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const help = usePageHelp(page)
  if (!help) return null
  return (
    <>
      <IconButton
        icon="help"
        label="这一页做什么"
        aria-haspopup="dialog"
        onClick={(event) => setAnchor(event.currentTarget)}
      />
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      >
        <div className={css.help} role="dialog" aria-label="这一页做什么">
          <p>{help.text}</p>
          <Link to={`/guide?at=${encodeURIComponent(help.section)}`} onClick={() => setAnchor(null)}>
            使用说明：{help.section}
          </Link>
        </div>
      </Popover>
    </>
  )
}
