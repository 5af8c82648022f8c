/** Text fields: the label above, the fault below; 36 high in forms, 28 in tools. */
import type { RaThemeOptions } from 'react-admin'

export const fields: RaThemeOptions['components'] = {
  MuiTextField: { defaultProps: { size: 'medium', variant: 'outlined' } },
  MuiInputLabel: {
    defaultProps: { shrink: true },
    styleOverrides: {
      root: { position: 'static', maxWidth: 'none', marginBottom: 4, transform: 'none', pointerEvents: 'auto' },
    },
  },
  MuiOutlinedInput: {
    styleOverrides: {
      root: {
        height: 36,
        backgroundColor: 'var(--surface)',
        fontSize: 14,
        lineHeight: '20px',
        // The label stands above, so the line needs no gap for it.
        '& .MuiOutlinedInput-notchedOutline': { top: 0 },
        '& .MuiOutlinedInput-notchedOutline legend': { display: 'none' },
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
