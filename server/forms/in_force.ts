/**
 * Forms that are in force together: those of a campaign, built in, adjusted or its own. A form finds the others of its
 * campaign here, so nobody looks a form up in a list of their own.
 */
import type { Field, Form } from './form.ts'

/** By name, in the order of menus and annexes. */
export type Forms = Readonly<Record<string, Form>>

const sets = new WeakMap<Form, Forms>()

/** These forms as one set. They are copied: the same built-in form is another one in each campaign. */
export function together(list: readonly Form[]): Forms {
  const forms: Forms = Object.fromEntries(list.map((form) => [form.name, { ...form }]))
  for (const form of Object.values(forms)) sets.set(form, forms)
  return forms
}

/** The forms of the same campaign, this one among them. */
export function formsBeside(form: Form): Forms {
  const forms = sets.get(form)
  if (!forms) throw new Error(`${form.name} is in no set of forms`)
  return forms
}

/** A variant of a form, which finds the others of its campaign as the form does. */
export function besideLike(form: Form, variant: Form): Form {
  sets.set(variant, { ...formsBeside(form), [form.name]: variant })
  return variant
}

/** The form that a reference of this form points to. */
export const targetOf = (form: Form, { to }: Pick<Field, 'to'>): Form | undefined =>
  to === undefined ? undefined : formOf(formsBeside(form), to)

/** The form of this name, where the name may be anything that somebody sent. */
export const formOf = (forms: Forms, name: string): Form | undefined =>
  Object.hasOwn(forms, name) ? forms[name] : undefined

/** The forms that units fill and the province reviews. */
export const registersOf = (forms: Forms): Form[] => Object.values(forms).filter(({ scope }) => scope === 'unit')
