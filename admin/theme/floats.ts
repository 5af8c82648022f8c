/** What lies above the page: menus, dialogs, words said. Only these have a shadow. */
import type { RaThemeOptions } from 'react-admin'

export const floats: RaThemeOptions['components'] = {
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
