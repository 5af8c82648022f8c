/** The menu, generated from the forms: annex numbers, and in their place what waits for this person. */
import { Fragment } from 'react'
import { LinkBase as Link, useLocation, useNavigate } from 'react-admin'
import { useForms } from '../forms.ts'
import { type Me, useCampaign } from '../me.ts'
import { classes } from '../parts/classes.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem } from '../parts/MenuButton.tsx'
import { type Todo, useTodo } from '../parts/queries.ts'
import { count } from '../parts/words.ts'
import css from './Menu.module.css'
import { familyOf, type MenuPlace, type PlaceGroup, placesOf } from './places.ts'

/** Rows of a form that wait for this person: to be reviewed by the province, to be put right by the unit. */
function dueOf(me: Me, todo: Todo | undefined, form: string | undefined): number {
  if (!form || me.role === 'cac') return 0
  const counts = me.role === 'province' ? todo?.pending : todo?.returned_counts
  return counts?.find((each) => each.form === form)?.count ?? 0
}

function isHere(place: MenuPlace, pathname: string): boolean {
  const page = pathname.split('/')[1] ?? ''
  return place.to === '/' ? page === '' : familyOf(place.to.slice(1)).includes(page)
}

export function Menu({ me, rail }: { me: Me; rail: boolean }) {
  const { data: todo } = useTodo(me.role !== 'juror')
  const { pathname } = useLocation()
  const groups = placesOf(me, useForms(), useCampaign())
  const one = (place: MenuPlace) => {
    const due = dueOf(me, todo, place.form)
    return (
      <Link
        key={place.to}
        to={place.to}
        className={css.place}
        aria-current={isHere(place, pathname) ? 'page' : undefined}
        title={rail ? place.label : undefined}
      >
        <Icon name={place.icon} />
        {rail ? place.short : place.label}
        {due > 0 ? (
          <span className={css.due} title={me.role === 'province' ? `待审 ${due} 行` : `退回 ${due} 行`}>
            {rail && due > 999 ? '999+' : count(due)}
          </span>
        ) : (
          !rail && place.annex && <span className={css.annex}>附件{place.annex}</span>
        )}
      </Link>
    )
  }
  return (
    <nav className={classes(css.menu, rail && css.rail)} aria-label="主菜单">
      {groups.map((group, index) => (
        <Fragment key={group.title ?? ''}>
          {rail ? index > 0 && <hr /> : group.title && <h2>{group.title}</h2>}
          {group.places.filter((place) => !rail || !place.rare || isHere(place, pathname)).map(one)}
        </Fragment>
      ))}
      {rail && <Rare groups={groups} />}
    </nav>
  )
}

function Rare({ groups }: { groups: PlaceGroup[] }) {
  const navigate = useNavigate()
  const rare = groups.flatMap((group) => group.places).filter((place) => place.rare)
  if (rare.length === 0) return null
  return (
    <MenuButton
      beside
      button={(opener) => (
        <button type="button" className={css.place} {...opener}>
          <Icon name="more" />
          更多
        </button>
      )}
    >
      {rare.map((place) => (
        <MenuItem key={place.to} onChoose={() => navigate(place.to)}>
          <Icon name={place.icon} />
          {place.label}
        </MenuItem>
      ))}
    </MenuButton>
  )
}
