/** Buttons. Kinds: contained (the one red button of a page), outlined, text. Heights 24, 28, 36. */
import type { RaThemeOptions } from 'react-admin'

export const buttons: RaThemeOptions['components'] = {
  MuiButtonBase: {
    defaultProps: { disableRipple: true },
    styleOverrides: {
      root: {
        font: 'inherit',
        '&.Mui-focusVisible': { outline: '2px solid var(--blue)', outlineOffset: 1 },
        // What is disabled still says why: its title is shown to a pointer over it.
        '&.Mui-disabled': { pointerEvents: 'auto', cursor: 'default' },
      },
    },
  },
  MuiButton: {
    defaultProps: { disableElevation: true, size: 'medium', variant: 'outlined', color: 'inherit' },
    styleOverrides: {
      root: {
        position: 'static',
        minWidth: 0,
        height: 28,
        flex: 'none',
        gap: 6,
        padding: '0 10px',
        border: '1px solid var(--line-2)',
        backgroundColor: 'var(--surface)',
        color: 'var(--ink)',
        fontSize: 13,
        whiteSpace: 'nowrap',
        transition: 'none',
        '& > svg': { color: 'var(--ink-2)' },
        '&:hover': { backgroundColor: 'var(--hover)' },
        '&:active': { backgroundColor: 'var(--pressed)' },
        '&[aria-pressed="true"]': {
          backgroundColor: 'var(--blue-tint)',
          borderColor: 'transparent',
          color: 'var(--blue)',
        },
        '&[aria-pressed="true"] > svg, &.Mui-disabled > svg': { color: 'inherit' },
        '&.Mui-disabled': {
          color: 'var(--ink-3)',
          backgroundColor: 'var(--head)',
          border: '1px solid var(--line)',
          fontWeight: 400,
        },
        variants: [
          {
            props: { variant: 'contained' },
            style: {
              backgroundColor: 'var(--red)',
              borderColor: 'var(--red)',
              color: 'var(--on-red)',
              fontWeight: 600,
              '&:hover, &:active': { backgroundColor: 'var(--red-hover)', borderColor: 'var(--red-hover)' },
              '& > svg': { color: 'inherit' },
            },
          },
          {
            props: { variant: 'text' },
            style: {
              padding: '0 7px',
              borderColor: 'transparent',
              backgroundColor: 'transparent',
              color: 'var(--ink-2)',
              '&.Mui-disabled': { backgroundColor: 'transparent', borderColor: 'transparent' },
            },
          },
          { props: { size: 'small' }, style: { height: 24, padding: '0 8px', fontSize: 12 } },
          { props: { size: 'large' }, style: { height: 36, padding: '0 16px', fontSize: 14 } },
        ],
      },
    },
  },
  RaButton: { defaultProps: { size: 'medium' } },
  MuiIconButton: {
    styleOverrides: {
      root: {
        width: 28,
        height: 28,
        flex: 'none',
        padding: 0,
        borderRadius: 4,
        color: 'var(--ink-2)',
        transition: 'none',
        '&:hover': { backgroundColor: 'var(--hover)' },
        '&.Mui-disabled': { color: 'var(--line-3)', backgroundColor: 'transparent' },
      },
    },
  },
  MuiLink: {
    defaultProps: { underline: 'hover', color: 'secondary', variant: 'inherit' },
    styleOverrides: { button: { verticalAlign: 'baseline' } },
  },
  RaReferenceField: {
    styleOverrides: { root: { '& .RaReferenceField-link > *': { color: 'var(--blue)' } } },
  },
}
