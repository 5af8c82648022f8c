/**
 * The MUI theme of react-admin, made from tokens.css, which comes with it: one source for both, in light and dark. What MUI's controls look
 * like is said in theme/ and nowhere else, so a stock page of react-admin's looks like ours, and ours have MUI's focus, roles
 * and keys.
 *
 * Pages take controls from `parts/` (controls.tsx, Dialog.tsx, MenuButton.tsx, Ask.tsx), which are these under our names,
 * and never from `@mui/material`. A page's own rules stand beside it in `Page.module.css`; a part takes a `className` for
 * what the page knows about it: its place, its width. Names are joined by `classes(css.one, isOn && css.on)`. What is said
 * by colour alone or by one property has a class of base.css: muted soft red cut fill number unseen.
 */
import type { RaThemeOptions } from 'react-admin'
import { buttons } from './theme/buttons.ts'
import { choices } from './theme/choices.ts'
import { fields } from './theme/fields.ts'
import { floats } from './theme/floats.ts'
import tokens from './tokens.css?raw'
import './tokens.css'

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
    // MUI reckons with these, so they are colours; the rules in theme/ name variables, which follow the mode by themselves.
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
    components: {
      // What the server may refuse is reported while the person is still there: stock pages wait for its answer.
      RaEdit: { defaultProps: { mutationMode: 'pessimistic' } },
      RaBulkDeleteButton: { defaultProps: { mutationMode: 'pessimistic' } },
      ...buttons,
      ...fields,
      ...choices,
      ...floats,
    },
  }
}
