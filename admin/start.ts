/** Where every page of ours begins: what the browser lacks is filled in before anything else is read. */

/** One name of each kind that missing.ts brings; browsers learned them one by one, over years. */
const isWhole =
  'fromAsync' in Array &&
  ['toReversed', 'toSorted', 'toSpliced', 'with'].every((name) => name in Array.prototype) &&
  'Iterator' in globalThis &&
  'groupBy' in Map &&
  'groupBy' in Object &&
  'try' in Promise &&
  'withResolvers' in Promise &&
  'union' in Set.prototype &&
  'isWellFormed' in String.prototype &&
  'canParse' in URL

/** Begins a page, unless the browser is one that `old.js` has sent away. */
export async function start(page: () => Promise<unknown>): Promise<void> {
  if (!document.getElementById('root')) return
  if (!isWhole) await import('./missing.ts')
  await page()
}
