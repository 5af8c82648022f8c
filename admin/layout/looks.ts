/** How the pages look to this person: light or dark, and how close the lines of tables stand. */
import { useEffect } from 'react'
import { useStore, useTheme } from 'react-admin'

/** Light or dark, mirrored on <html> for everything that is not MUI. */
export function useMode(): ['light' | 'dark', (mode: 'light' | 'dark') => void] {
  const isDark = window.matchMedia?.('(prefers-color-scheme: dark)').matches
  const [mode, setMode] = useTheme(isDark ? 'dark' : 'light')
  const chosen = mode === 'dark' ? 'dark' : 'light'
  useEffect(() => {
    document.documentElement.dataset.theme = chosen
  }, [chosen])
  return [chosen, setMode]
}

const heights = { compact: 28, standard: 32, wide: 40 } as const
export type Density = keyof typeof heights

export function useDensity() {
  const [density, setDensity] = useStore<Density>('density', 'standard')
  return { density, setDensity, height: heights[density] ?? heights.standard }
}
