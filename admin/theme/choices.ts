/** What one of several is chosen by: ticks, tabs, segments, chips. */
import type { RaThemeOptions } from 'react-admin'

export const choices: RaThemeOptions['components'] = {
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
