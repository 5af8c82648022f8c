/** The versions of a register's definition, the last one first, each with what it changed of the one in force before it. */
import { LinkBase as Link } from 'react-admin'
import { Section } from '../../parts/controls.tsx'
import { when } from '../../parts/words.ts'
import css from './Designs.module.css'
import type { FormDesign } from './designs.ts'
import { DesignState } from './parts.tsx'

export function Versions({ of, open, today }: { of: readonly FormDesign[]; open: number | undefined; today: string }) {
  return (
    <Section title="版本" note="发布一版，就换下前一版；换下的都留着">
      <ul className={css.changes}>
        {of.map(({ id, state, updated_by_label, updated_at, published_at }) => (
          <li key={id}>
            {id === open ? '这一版' : <Link to={`/form_designs?open=${id}`}>看这一版</Link>}　
            <DesignState state={state} />
            <span className="muted">
              　{updated_by_label} {when(published_at ?? updated_at, today)}
            </span>
          </li>
        ))}
      </ul>
      {of.length === 0 && <p className="soft">还没有存过。</p>}
    </Section>
  )
}
