/** Ctrl K: pages by name, records of all registers by what stands in them. */
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-admin'
import { type Form, registersOf } from '../../server/forms/index.ts'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { type Forms, useForms } from '../forms.ts'
import { type Campaign, type Me, rightsOf, useCampaign } from '../me.ts'
import { Overlay } from '../parts/Dialog.tsx'
import { Icon, type IconName, iconOf } from '../parts/icons.tsx'
import { rowsAt } from '../parts/links.ts'
import css from './Finder.module.css'
import { placesOf } from './places.ts'

const OPENED = 'finder-opened'
/** Records shown of each register. */
const MAX_EACH = 5
const WAIT_MS = 200

export const openFinder = () => window.dispatchEvent(new Event(OPENED))

type FinderItem = { key: string; icon: IconName; label: string; hint: string; to: string }

export function Finder({ me }: { me: Me }) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k' || me.role === 'juror') return
      event.preventDefault()
      setOpen((is) => !is)
    }
    window.addEventListener(OPENED, show)
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener(OPENED, show)
      window.removeEventListener('keydown', onKey)
    }
  }, [me.role])
  return open ? <Panel me={me} onClose={() => setOpen(false)} /> : null
}

/** What a text finds: pages at once, records when the server has answered, and whether it has to this text. */
function useHits(me: Me, text: string) {
  const forms = useForms()
  const wanted = useSettled(text)
  const records = useRecords(me, forms, wanted)
  const pages = pagesNamed(me, forms, useCampaign(), text)
  return {
    hits: [...pages, ...(records.data ?? [])],
    /** So many of them are pages, which are known without an answer. */
    pages: pages.length,
    // Records of an earlier text are no answer to this one.
    isKnown: wanted === text && !records.isPlaceholderData && !records.isFetching,
    isFetching: records.isFetching,
  }
}

function Panel({ me, onClose }: { me: Me; onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [moved, setMoved] = useState(false)
  const navigate = useNavigate()
  const { hits, pages, isKnown, isFetching } = useHits(me, text.trim())
  /** Enter came before the answer to this text. */
  const [entered, setEntered] = useState<string | null>(null)
  const chosen = Math.min(at, hits.length - 1)
  const list = useRef<HTMLDivElement>(null)

  function go(hit: FinderItem | undefined) {
    if (!hit) return
    onClose()
    navigate(hit.to)
  }
  /** Goes where the marked line leads, or the first one once it is known what the text finds. */
  function enter() {
    if (isKnown || chosen < pages || moved) go(hits[chosen])
    else setEntered(text)
  }
  useEffect(() => {
    if (entered === null || entered !== text || !isKnown) return
    setEntered(null)
    go(hits[0])
  })
  function mark(index: number) {
    setAt(index)
    setMoved(true)
  }
  function onKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') enter()
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const next = Math.max(0, Math.min(hits.length - 1, chosen + (event.key === 'ArrowDown' ? 1 : -1)))
      mark(next)
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
    }
  }
  function onText(next: string) {
    setText(next)
    setAt(0)
    setMoved(false)
    setEntered(null)
  }
  return (
    <Overlay label="搜索" className={css.finder} onClose={onClose}>
      <SearchField text={text} onText={onText} onKey={onKey} active={hits[chosen] ? `finder-${chosen}` : undefined} />
      <Hits list={list} hits={hits} chosen={chosen} onMark={mark} onGo={go} />
      {hits.length === 0 && <p className={css.none}>{isFetching ? '正在找…' : '没有找到。换个词，或少写几个字。'}</p>}
    </Overlay>
  )
}

type SearchFieldProps = {
  text: string
  onText: (text: string) => void
  onKey: (event: KeyboardEvent) => void
  /** The id of the marked line. */
  active: string | undefined
}

function SearchField({ text, onText, onKey, active }: SearchFieldProps) {
  return (
    <label className={css.field}>
      <Icon name="search" />
      <input
        // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
        autoFocus
        value={text}
        placeholder="姓名、手机号、活动、作品，或页面名称"
        role="combobox"
        aria-expanded="true"
        aria-controls="finder-list"
        aria-activedescendant={active}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKey}
      />
      <kbd>Esc</kbd>
    </label>
  )
}

type HitsProps = {
  list: RefObject<HTMLDivElement | null>
  hits: readonly FinderItem[]
  chosen: number
  onMark: (index: number) => void
  onGo: (hit: FinderItem) => void
}

function Hits({ list, hits, chosen, onMark, onGo }: HitsProps) {
  return (
    <div ref={list} id="finder-list" role="listbox" aria-label="找到的" className={css.found}>
      {hits.map((hit, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys belong to the field above
        <div
          key={hit.key}
          id={`finder-${index}`}
          role="option"
          className={css.hit}
          tabIndex={-1}
          aria-selected={index === chosen}
          onPointerMove={() => onMark(index)}
          onClick={() => onGo(hit)}
        >
          <Icon name={hit.icon} />
          <span className="cut">{hit.label}</span>
          <em>{hit.hint}</em>
        </div>
      ))}
    </div>
  )
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

function pagesNamed(me: Me, forms: Forms, campaign: Campaign | undefined, text: string): FinderItem[] {
  return placesOf(me, forms, campaign)
    .flatMap((group) => group.places)
    .filter((place) => text === '' || place.label.includes(text) || `附件${place.annex}` === text)
    .map((place) => ({
      key: place.to,
      icon: place.icon,
      label: place.label,
      hint: place.annex ? `附件${place.annex}` : '',
      to: place.to,
    }))
}

function useRecords(me: Me, forms: Forms, text: string) {
  const campaign = useCampaign()
  return useQuery({
    queryKey: ['finder', campaign?.id, text],
    enabled: text.length > 0,
    queryFn: async () => {
      const readable = registersOf(forms).filter((form) => rightsOf(me, form.name).read)
      const found = await Promise.all(readable.map((form) => find(form, text, campaign?.id)))
      return found.flat()
    },
    placeholderData: (before) => (text ? before : undefined),
  })
}

async function find(form: Form, text: string, campaign_id: number | undefined): Promise<FinderItem[]> {
  const { data } = await dataProvider.getList<StoredRow>(form.name, {
    pagination: { page: 1, perPage: MAX_EACH },
    sort: { field: 'id', order: 'DESC' },
    filter: { q: text, ...(campaign_id && { campaign_id }) },
  })
  return data.map((row) => ({
    key: `${form.name} ${row.id}`,
    icon: iconOf(form.name),
    label: String(row[form.names] ?? ''),
    hint: [row.unit_id_label, form.label].filter(Boolean).join(' · '),
    to: rowsAt(form.name, { q: String(row[form.names] ?? text) }, { open: row.id }),
  }))
}
