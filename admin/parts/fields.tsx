/** What is written into or chosen from: text fields, lists, ticks; and a field with its label and its fault. */
import FormControl from '@mui/material/FormControl'
import FormHelperText from '@mui/material/FormHelperText'
import FormLabel from '@mui/material/FormLabel'
import NativeSelect from '@mui/material/NativeSelect'
import OutlinedInput from '@mui/material/OutlinedInput'
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useState,
} from 'react'
import { useTyped } from '../grid/view/useTyped.ts'
import { classes } from './classes.ts'
import css from './fields.module.css'
import { Icon } from './icons.tsx'

/** `small`: 28 px high, for tools; 36 px in forms. `className` and `style` are the whole field's, everything else the control's own. */
type FieldLooks = { small?: boolean; className?: string }
const sizeOf = (small = false) => (small ? 'small' : 'medium')

type InputProps = FieldLooks & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }

/** `end` stands in the field behind the text: a button that shows a password. */
export function Input({ small, className, style, ref, end, ...control }: InputProps & { end?: ReactNode }) {
  return (
    <OutlinedInput
      fullWidth
      size={sizeOf(small)}
      className={className}
      style={style}
      inputRef={ref}
      endAdornment={end}
      inputProps={control}
    />
  )
}

type TextAreaProps = FieldLooks & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }

export function TextArea({ small, className, ref, ...control }: TextAreaProps) {
  return (
    <OutlinedInput
      fullWidth
      multiline
      size={sizeOf(small)}
      className={className}
      inputComponent="textarea"
      inputRef={ref}
      inputProps={{ ...control, type: undefined }}
    />
  )
}

type SelectProps = FieldLooks & SelectHTMLAttributes<HTMLSelectElement> & { ref?: Ref<HTMLSelectElement> }

/** The browser's own list; its children are options. */
export function Select({ small, className, ref, children, ...control }: SelectProps) {
  return (
    <NativeSelect
      input={<OutlinedInput fullWidth size={sizeOf(small)} />}
      className={className}
      inputRef={ref}
      inputProps={control}
    >
      {children}
    </NativeSelect>
  )
}

/** A tick: the browser's own, in our blue. With children it stands before its words. */
export function Checkbox({ children, className, ...control }: InputHTMLAttributes<HTMLInputElement>) {
  if (!children) return <input {...control} type="checkbox" className={classes(css.box, className)} />
  return (
    <label className={classes(css.check, className)}>
      <input {...control} type="checkbox" className={css.box} />
      {children}
    </label>
  )
}

/** A field with its label above and its fault below. */
export function Field({
  label,
  fault,
  hint,
  className,
  children,
}: {
  label: string
  fault?: string
  hint?: string
  className?: string
  children: ReactNode
}) {
  return (
    <FormControl component="label" error={Boolean(fault)} className={className}>
      <FormLabel component="span" className={css.label}>
        {label}
      </FormLabel>
      {children}
      {fault ? <FieldFault>{fault}</FieldFault> : hint && <FormHelperText component="small">{hint}</FormHelperText>}
    </FormControl>
  )
}

/** What is wrong with a field, below it, and read out. */
export function FieldFault({ children }: { children: ReactNode }) {
  return (
    <FormHelperText component="em" role="alert" error>
      <Icon name="warning" small />
      {children}
    </FormHelperText>
  )
}

/** Nobody types for so long who has not finished. */
const RESTED_MS = 250

type KeptProps = Omit<InputProps, 'value' | 'onChange'> & { kept: string; tell: (text: string) => void }

/**
 * A field whose text is kept in the address: reported once typing pauses, and never overwritten by its own echo. `small` is
 * an Input; without it the field is bare, and what stands around it is the caller's.
 */
export function KeptInput({ kept, tell, small, ...rest }: KeptProps) {
  const [composing, setComposing] = useState(false)
  // Letters an input method is still making words of are not looked for.
  const [text, setText, now] = useTyped(kept, tell, composing ? null : RESTED_MS)
  const typed: InputProps = {
    ...rest,
    value: text,
    onChange: (event) => setText(event.target.value),
    onCompositionStart: () => setComposing(true),
    onCompositionEnd: () => setComposing(false),
    onBlur: () => now(text),
  }
  return small ? <Input small {...typed} /> : <input {...typed} />
}
