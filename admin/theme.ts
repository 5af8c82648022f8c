/**
 * The MUI theme of react-admin, made from tokens.css: one source for both, in light and dark. What MUI's controls look
 * like is said here and nowhere else, so a stock page of react-admin's looks like ours, and ours have MUI's focus, roles
 * and keys.
 *
 * Pages take controls from `parts/` (controls.tsx, Dialog.tsx, MenuButton.tsx, Ask.tsx), which are these under our names,
 * and never from `@mui/material`. A page's own rules stand beside it in `Page.module.css`; a part takes a `className` for
 * what the page knows about it: its place, its width. Names are joined by `classes(css.one, isOn && css.on)`. What is said
 * by colour alone or by one property has a class of base.css: muted soft red cut fill number unseen.
 */
import type { RaThemeOptions } from 'react-admin'
import tokens from './tokens.css?raw'

type Mode = 'light' | 'dark'

/** The variables of a block of tokens.css, without their dashes: { page: '#…', … }. */
function block(opening: string): Record<string, string> {
  const body = tokens.split(opening)[1]?.split('}')[0] ?? ''
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]))
}

const light = block(':root {')
const dark = { ...light, ...block(':root[data-theme="dark"] {') }

/** The tokens of a mode by name. */
const tokensOf = (mode: Mode): Record<string, string> => (mode === 'dark' ? dark : light)

/** The theme's options for a mode. Red is the primary colour, blue the one of selection and links, never the reverse. */
export function look(mode: Mode): RaThemeOptions {
  const t = tokensOf(mode)
  const shadows = Array.from({ length: 25 }, (_, level) =>
    level === 0 ? 'none' : t.float,
  ) as RaThemeOptions['shadows']
  return {
    // MUI reckons with these, so they are colours; its rules below name variables, which follow the mode by themselves.
    palette: {
      mode,
      primary: { main: t.red ?? '', dark: t['red-hover'], contrastText: t['on-red'] },
      secondary: { main: t.blue ?? '', contrastText: t.surface },
      info: { main: t.blue ?? '' },
      success: { main: t.ok ?? '' },
      warning: { main: t.back ?? '' },
      error: { main: t.bad ?? '' },
      divider: t.line,
      background: { default: t.page, paper: t.surface },
      text: { primary: t.ink, secondary: t['ink-2'], disabled: t['ink-3'] },
      action: { hover: t.hover, selected: t['blue-tint'], disabled: t['ink-3'] },
    },
    shape: { borderRadius: 4 },
    spacing: 4,
    shadows,
    typography: {
      fontFamily: t.font,
      fontSize: 13,
      htmlFontSize: 16,
      body1: { fontSize: 13, lineHeight: '20px' },
      body2: { fontSize: 13, lineHeight: '20px' },
      h6: { fontSize: 16, lineHeight: '24px', fontWeight: 600 },
      button: { textTransform: 'none', fontSize: 13, fontWeight: 400, lineHeight: '20px' },
    },
    transitions: {
      duration: { shortest: 120, shorter: 120, short: 120, standard: 120, enteringScreen: 120, leavingScreen: 0 },
    },
    sidebar: { width: 196, closedWidth: 60 },
    components: { ...buttons, ...fields, ...choices, ...floats },
  }
}

type Components = NonNullable<RaThemeOptions['components']>

/** Kinds of a button: contained (the one red button of a page), outlined, text. Heights 24, 28, 36. */
const buttons: Components = {
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
}

/** Text fields: the label above, the fault below; 36 high in forms, 28 in tools. */
const fields: Components = {
  MuiTextField: { defaultProps: { size: 'small', variant: 'outlined' } },
  MuiOutlinedInput: {
    styleOverrides: {
      root: {
        height: 36,
        backgroundColor: 'var(--surface)',
        fontSize: 14,
        lineHeight: '20px',
        '& .MuiOutlinedInput-notchedOutline, &:hover .MuiOutlinedInput-notchedOutline': {
          borderColor: 'var(--line-3)',
        },
        '&.Mui-focused': { boxShadow: '0 0 0 1px var(--blue)' },
        '&.Mui-focused .MuiOutlinedInput-notchedOutline': { borderWidth: 1, borderColor: 'var(--blue)' },
        '&.Mui-error': { backgroundColor: 'var(--bad-tint)' },
        '&.Mui-error:not(.Mui-focused) .MuiOutlinedInput-notchedOutline': { borderColor: 'var(--bad)' },
        '&.MuiInputBase-sizeSmall': { height: 28, fontSize: 13 },
        '&.MuiInputBase-multiline': { height: 'auto', padding: 0 },
        '&.MuiInputBase-adornedEnd': { paddingRight: 4 },
      },
      input: {
        boxSizing: 'border-box',
        height: '100%',
        padding: '0 11px',
        '&::placeholder': { color: 'var(--ink-3)', opacity: 1 },
        '.MuiInputBase-sizeSmall &': { padding: '0 9px' },
        '.MuiInputBase-multiline &': { minHeight: 64, padding: '7px 11px', resize: 'vertical' },
      },
    },
  },
  // A list that opens is the browser's own, with the browser's own arrow.
  MuiNativeSelect: {
    defaultProps: { IconComponent: () => null },
    styleOverrides: { select: { '&&&': { appearance: 'auto', cursor: 'default', paddingRight: 5 } } },
  },
  MuiFormControl: { defaultProps: { fullWidth: true } },
  MuiFormLabel: {
    styleOverrides: {
      root: { lineHeight: '20px', '&.Mui-focused, &.Mui-error': { color: 'var(--ink-2)' } },
    },
  },
  MuiFormHelperText: {
    styleOverrides: {
      root: {
        display: 'flex',
        gap: 4,
        alignItems: 'baseline',
        margin: '4px 0 0',
        color: 'var(--ink-3)',
        fontSize: 12,
        fontStyle: 'normal',
        lineHeight: '20px',
        '&.Mui-error': { color: 'var(--bad)' },
      },
    },
  },
  MuiAutocomplete: { styleOverrides: { paper: { boxShadow: 'var(--float)', borderRadius: 6 } } },
}

/** What one of several is chosen by. */
const choices: Components = {
  MuiCheckbox: { defaultProps: { size: 'small', color: 'secondary' } },
  MuiRadio: { defaultProps: { size: 'small', color: 'secondary' } },
  MuiSwitch: { defaultProps: { size: 'small', color: 'secondary' } },
  MuiTabs: {
    styleOverrides: {
      root: { minHeight: 0 },
      scroller: { display: 'flex' },
      list: { gap: 2 },
      // The line stands below its tab and does not travel.
      indicator: { display: 'none' },
    },
  },
  MuiTab: {
    styleOverrides: {
      root: {
        minWidth: 0,
        maxWidth: 'none',
        minHeight: 0,
        flexDirection: 'row',
        gap: 4,
        padding: '2px 8px 0',
        borderBottom: '2px solid transparent',
        color: 'var(--ink-2)',
        lineHeight: '20px',
        opacity: 1,
        whiteSpace: 'nowrap',
        '&:hover': { color: 'var(--ink)' },
        '&.Mui-selected': { borderColor: 'var(--red)', color: 'var(--ink)', fontWeight: 600 },
        '&.Mui-focusVisible': { outlineOffset: -2 },
      },
    },
  },
  MuiToggleButtonGroup: {
    styleOverrides: {
      root: {
        border: '1px solid var(--line-2)',
        borderRadius: 4,
        overflow: 'hidden',
        backgroundColor: 'var(--surface)',
        '& .MuiToggleButtonGroup-grouped': { margin: 0, borderRadius: 0 },
        '& .MuiToggleButtonGroup-grouped:not(:first-of-type)': { borderLeft: '1px solid var(--line)' },
      },
    },
  },
  MuiToggleButton: {
    styleOverrides: {
      root: {
        height: 24,
        padding: '0 9px',
        border: 0,
        color: 'var(--ink-2)',
        fontSize: 12,
        '&:hover': { backgroundColor: 'transparent' },
        '&.Mui-selected, &.Mui-selected:hover': { backgroundColor: 'var(--ink)', color: 'var(--surface)' },
        '&.Mui-focusVisible': { outlineOffset: -2 },
      },
    },
  },
  MuiChip: {
    styleOverrides: {
      root: {
        height: 24,
        borderRadius: 4,
        backgroundColor: 'var(--head)',
        color: 'var(--ink-2)',
        font: 'inherit',
        '&.MuiChip-colorSecondary, &.MuiChip-colorSecondary:hover': {
          backgroundColor: 'var(--blue-tint)',
          color: 'var(--blue)',
        },
      },
      label: { display: 'inline-flex', alignItems: 'center', gap: 5, padding: '0 7px' },
    },
  },
}

/** What lies above the page. Only these have a shadow. */
const floats: Components = {
  MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
  MuiBackdrop: { styleOverrides: { root: { '&:not(.MuiBackdrop-invisible)': { backgroundColor: 'var(--shade)' } } } },
  MuiMenu: {
    defaultProps: { transitionDuration: 120 },
    styleOverrides: { paper: { boxShadow: 'var(--float)', borderRadius: 6 }, list: { padding: 4 } },
  },
  MuiMenuItem: {
    styleOverrides: { root: { fontSize: 13, minHeight: 30, padding: '4px 10px', borderRadius: 4, gap: 8 } },
  },
  MuiDialog: {
    defaultProps: { transitionDuration: 0, maxWidth: false },
    styleOverrides: {
      paper: {
        width: 'min(480px, 92vw)',
        maxHeight: '86vh',
        margin: 0,
        borderRadius: 6,
        boxShadow: 'var(--float)',
      },
    },
  },
  MuiDialogTitle: { styleOverrides: { root: { fontSize: 16, fontWeight: 600, padding: '16px 20px 4px' } } },
  MuiDialogContent: { styleOverrides: { root: { padding: '8px 20px 12px' } } },
  MuiDialogActions: { styleOverrides: { root: { padding: '8px 20px 16px', gap: 4 } } },
  MuiAlert: { styleOverrides: { root: { padding: '4px 14px', alignItems: 'center' } } },
  MuiTooltip: { defaultProps: { enterDelay: 400 } },
  MuiSnackbarContent: {
    styleOverrides: {
      root: {
        background: 'var(--bar)',
        color: 'var(--on-bar)',
        borderRadius: 6,
        padding: '4px 14px',
        minWidth: 0,
      },
    },
  },
}
