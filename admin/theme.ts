/** The MUI theme of react-admin, made from tokens.css: one source for both, in light and dark. */
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
      button: { textTransform: 'none', fontSize: 13, fontWeight: 400 },
    },
    transitions: {
      duration: { shortest: 120, shorter: 120, short: 120, standard: 120, enteringScreen: 120, leavingScreen: 0 },
    },
    sidebar: { width: 196, closedWidth: 60 },
    components: {
      MuiButtonBase: {
        defaultProps: { disableRipple: true },
        styleOverrides: { root: { '&.Mui-focusVisible': { outline: `2px solid ${t.blue}`, outlineOffset: 1 } } },
      },
      MuiButton: { defaultProps: { disableElevation: true, size: 'small' } },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiMenu: {
        defaultProps: { transitionDuration: 120 },
        styleOverrides: { paper: { boxShadow: t.float, borderRadius: 6 }, list: { padding: 4 } },
      },
      MuiMenuItem: {
        styleOverrides: { root: { fontSize: 13, minHeight: 30, padding: '4px 10px', borderRadius: 4, gap: 8 } },
      },
      MuiDialog: {
        defaultProps: { transitionDuration: 120 },
        styleOverrides: { paper: { boxShadow: t.float, borderRadius: 6 } },
      },
      MuiDialogTitle: { styleOverrides: { root: { fontSize: 16, fontWeight: 600, padding: '16px 20px 4px' } } },
      MuiDialogContent: { styleOverrides: { root: { padding: '8px 20px 12px' } } },
      MuiDialogActions: { styleOverrides: { root: { padding: '8px 20px 16px', gap: 4 } } },
      MuiTooltip: { defaultProps: { enterDelay: 400 } },
      MuiTextField: { defaultProps: { size: 'small', variant: 'outlined' } },
      MuiSnackbarContent: {
        styleOverrides: {
          root: { background: t.bar, color: t['on-bar'], borderRadius: 6, padding: '4px 14px', minWidth: 0 },
        },
      },
    },
  }
}
