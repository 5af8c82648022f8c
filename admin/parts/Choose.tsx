/** A list to choose from by typing a part of a name. */

import Autocomplete from '@mui/material/Autocomplete'
import { useEffect, useState } from 'react'
import css from './Choose.module.css'
import { classes } from './classes.ts'
import { Input } from './controls.tsx'

type ChoiceItem = { value: string; label: string; hint?: string | undefined; disabled?: boolean }

const ASK_AFTER = 200

/** `search`, when given, finds the choices for what is typed; otherwise the choices themselves are narrowed. */
export function Choose({
  label,
  choices,
  chosen,
  search,
  onChoose,
  onClose,
  autoFocus,
}: {
  label: string
  choices: readonly ChoiceItem[]
  chosen: string | null
  search?: ((text: string) => Promise<readonly ChoiceItem[]>) | undefined
  onChoose: (value: string) => void
  /** Left without a choice. */
  onClose?: () => void
  autoFocus?: boolean
}) {
  const [text, setText] = useState('')
  // The list of another text is none: Enter would take from it what nobody typed.
  const late = useFound(text, search)
  const found = late && (late.text === text ? late.found : [])
  const known = new Set(choices.map((each) => each.value))
  const options =
    !search || !found ? choices : text ? found : [...choices, ...found.filter((each) => !known.has(each.value))]
  const value = choices.find((each) => each.value === chosen) ?? null
  return (
    <Autocomplete<ChoiceItem>
      size="small"
      openOnFocus
      autoHighlight
      options={options}
      value={value}
      getOptionLabel={(option) => option.label}
      getOptionKey={(option) => option.value}
      getOptionDisabled={(option) => option.disabled === true}
      isOptionEqualToValue={(a, b) => a.value === b.value}
      {...(search && { filterOptions: (all) => all })}
      noOptionsText={search && late?.text !== text ? '正在找…' : '没有找到'}
      onInputChange={(_event, next, reason) => reason === 'input' && setText(next)}
      onClose={(_event, reason) => (reason === 'escape' || reason === 'blur') && onClose?.()}
      onChange={(_event, option) => option && onChoose(option.value)}
      renderOption={({ key, ...props }, option) => (
        <li key={key} {...props} className={classes(props.className, css.choice)}>
          <span className="cut fill">{option.label}</span>
          {option.hint && <span className="muted">{option.hint}</span>}
        </li>
      )}
      renderInput={({ slotProps }) => (
        <div ref={slotProps.input.ref}>
          <Input small {...slotProps.htmlInput} className={css.field} aria-label={label} autoFocus={autoFocus} />
        </div>
      )}
    />
  )
}

function useFound(text: string, search: ((text: string) => Promise<readonly ChoiceItem[]>) | undefined) {
  const [found, setFound] = useState<{ text: string; found: readonly ChoiceItem[] } | null>(null)
  useEffect(() => {
    if (!search) return
    let current = true
    const timer = setTimeout(() => {
      search(text).then(
        (answer) => current && setFound({ text, found: answer }),
        () => undefined,
      )
    }, ASK_AFTER)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text, search])
  return found
}
