/** A number that opens its rows: it looks like ink until the pointer is on it. */
import type { ComponentProps } from 'react'
import { LinkBase } from 'react-admin'
import { classes } from './classes.ts'
import css from './RowsLink.module.css'

export function RowsLink({ className, ...rest }: ComponentProps<typeof LinkBase>) {
  return <LinkBase className={classes(css.rows, className)} {...rest} />
}
