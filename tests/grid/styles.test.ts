/** The grid's styles: each part's rules beside it, met by nobody else's, and styled by nobody else. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const admin = join(import.meta.dirname, '../../admin')
const stylesheets = readdirSync(admin, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.css'))
const isOfGrid = (file: string) => file.startsWith('grid/')
/** The selectors of a stylesheet, those within @media too. */
function selectorsOf(file: string): string[] {
  const text = readFileSync(join(admin, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  return [...text.matchAll(/([^{};]+)\{/g)]
    .flatMap(([, list]) => (list ?? '').split(/,(?![^(]*\))/))
    .map((selector) => selector.trim())
    .filter((selector) => !/^(@|from$|to$|\d+%)/.test(selector))
}

test('every rule of the grid is about a class of the grid, and no rule of a page is', () => {
  const own = stylesheets.filter(isOfGrid)
  expect(own.length).toBeGreaterThan(15)
  const foreign = own.flatMap((file) =>
    selectorsOf(file).filter((selector) => !/\.(grid|frozen-edge)\b/.test(selector)),
  )
  expect(foreign).toEqual([])
  const restyling = stylesheets
    .filter((file) => !isOfGrid(file))
    .flatMap((file) => selectorsOf(file).filter((selector) => /\.grid\b/.test(selector)))
  expect(restyling).toEqual([])
})

test('a stylesheet of the grid stands beside the part that draws it', () => {
  const parts = stylesheets.filter((file) => isOfGrid(file) && file !== 'grid/view/parts.css')
  const lost = parts.filter((file) => {
    const name = file.split('/').at(-1)
    return !readFileSync(join(admin, file.replace(/css$/, 'tsx')), 'utf8').includes(`import './${name}'`)
  })
  expect(lost).toEqual([])
})
