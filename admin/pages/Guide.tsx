/** 使用说明: the guide as it stands in README.zh-CN.md, with its sections beside it. `?at=` is the heading one comes for. */
import Markdown from 'markdown-to-jsx/react'
import { useEffect } from 'react'
import { LinkBase as Link, useLocation } from 'react-admin'
import { shownGuide, useGuide } from '../guide.ts'
import { Page, PageHead } from '../parts/controls.tsx'
import css from './Guide.module.css'

const pictures = import.meta.glob<string>('../../docs/*.webp', { query: '?url', import: 'default', eager: true })

const Picture = ({ src = '', alt = '' }: { src?: string; alt?: string }) => (
  <img src={pictures[`../../${src}`]} alt={alt} loading="lazy" />
)
/** A heading's id is its text. */
const OPTIONS = {
  disableParsingRawHTML: true,
  slugify: (text: string) => text.trim(),
  overrides: { img: Picture },
}

export default function Guide() {
  const guide = useGuide()
  const { search } = useLocation()
  const at = new URLSearchParams(search).get('at')
  const isThere = guide !== undefined
  useEffect(() => {
    if (isThere && at) document.getElementById(at)?.scrollIntoView()
  }, [at, isThere])
  if (!isThere) return <Page />
  const shown = shownGuide(guide)
  const [, title = ''] = /^# (.+)$/m.exec(shown) ?? []
  const sections = [...shown.matchAll(/^## (.+)$/gm)].map(([, name = '']) => name.trim())
  return (
    <Page>
      <PageHead title={title} />
      <div className={css.guide}>
        <nav aria-label="各节">
          {sections.map((section) => (
            <Link
              key={section}
              to={`/guide?at=${encodeURIComponent(section)}`}
              aria-current={section === at || undefined}
            >
              {section}
            </Link>
          ))}
        </nav>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
        <article tabIndex={0}>
          <Markdown options={OPTIONS}>{shown.replace(/^# .+$/m, '')}</Markdown>
        </article>
      </div>
    </Page>
  )
}
