/** Fields grow with their text by themselves (field-sizing) but in older browsers: there they are given rows and columns. */
const byItself = CSS.supports('field-sizing', 'content')

/** A Chinese character is as wide as two letters. */
const widthOf = (line: string) => [...line].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0)

/** Columns and rows of a field that is as wide as its text. */
export function sizeOf(text: string): { rows?: number; cols?: number } {
  if (byItself) return {}
  const lines = text.split('\n')
  return { rows: lines.length, cols: Math.max(...lines.map(widthOf)) + 2 }
}

/** Rows of a field so many letters wide, and at least `least`. */
export function rowsOf(text: string, cols: number, least: number): number {
  if (byItself) return least
  const rows = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / cols)), 0)
  return Math.max(least, rows)
}
