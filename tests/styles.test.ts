/** The rules of styles, executed: each beside what it dresses and scoped to it, generic controls from MUI, one list of colours. */
import { basename, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { letsPass, styledElsewhere } from './support/exceptions.ts'
import { filesOf, read, sources } from './support/sources.ts'

const sheets = filesOf('admin', /\.css$/)
const shared = ['admin/tokens.css', 'admin/base.css']
const modules = sheets.filter((file) => file.endsWith('.module.css'))
const code = (file: string) => read(file).replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, '')

/** The selectors of a style sheet, one by one; those of rules inside @media too. */
const selectorsOf = (file: string) =>
  [...code(file).matchAll(/(?:^|[{};])\s*([^{};@]+)\{/g)].flatMap(([, list = '']) =>
    list.split(/,(?![^()]*\))/).map((selector) => selector.trim()),
  )
const classesIn = (selector: string) => [...selector.matchAll(/\.([A-Za-z][\w-]*)/g)].map(([, name = '']) => name)

/** Who imports a module, and by which name. */
const importersOf = (module: string) =>
  [...sources].flatMap(([file, source]) =>
    source.imports.some(({ from }) => from === module)
      ? [{ file, name: new RegExp(`import (\\w+) from '[^']*${basename(module)}'`).exec(read(file))?.[1] ?? '' }]
      : [],
  )

describe('a style sheet', () => {
  test('is a module, but for the tokens and the base', () => {
    const loose = sheets.filter((file) => !modules.includes(file) && !shared.includes(file))
    expect(loose.filter((file) => !letsPass(styledElsewhere, file))).toEqual([])
    expect(modules.length).toBeGreaterThan(10)
  })

  test('stands beside those who use it', () => {
    const far = modules.flatMap((module) =>
      importersOf(module)
        .filter(({ file }) => dirname(file) !== dirname(module))
        .map(({ file }) => `${file} imports ${module}`),
    )
    expect(far).toEqual([])
  })

  test('says nothing of what is not its own: each selector begins with a class, and none is global', () => {
    const global = modules.flatMap((file) =>
      selectorsOf(file)
        .filter((selector) => !selector.startsWith('.') || selector.includes(':global'))
        .map((selector) => `${file} ${selector}`),
    )
    expect(global.filter((named) => !letsPass(styledElsewhere, named))).toEqual([])
  })

  test('has no class that nobody uses, and is asked for none that it has not', () => {
    const wrong = modules.flatMap((module) => {
      const there = new Set(selectorsOf(module).flatMap(classesIn))
      const users = importersOf(module)
      const dynamic = users.some(({ file, name }) => code(file).includes(`${name}[`))
      const asked = users.flatMap(({ file, name }) =>
        [...code(file).matchAll(new RegExp(`(?<!/)\\b${name}\\.(\\w+)`, 'g'))].map((match) => match[1] ?? ''),
      )
      return [
        ...asked.filter((name) => !there.has(name)).map((name) => `${module} lacks ${name}`),
        ...[...there]
          .filter((name) => !dynamic && !asked.includes(name))
          .map((name) => `${module} ${name} is used by nobody`),
      ]
    })
    expect(wrong.filter((named) => !letsPass(styledElsewhere, named))).toEqual([])
  })

  test('of all pages dresses elements, and has a few words for one property each', () => {
    const words = ['cut', 'fill', 'muted', 'number', 'red', 'soft', 'unseen']
    const there = [...new Set(selectorsOf('admin/base.css').flatMap(classesIn))]
    expect(there).toEqual(expect.arrayContaining(words))
    const others = there.filter((name) => !words.includes(name))
    expect(others.filter((name) => !letsPass(styledElsewhere, `admin/base.css ${name}`))).toEqual([])
  })
})

test('nobody looks for an element by a class that a module renames, nor for the dialogs that are MUI’s by their tag', () => {
  const lookup =
    /(?:closest|matches|querySelector(?:All)?)(?:<[^>]*>)?\(\s*['"`][^'"`]*(?:(?<![\w$])\.[a-z]|(?<![-=\w[])dialog\b)/
  const pages = [...sources.keys()].filter((file) => file.startsWith('admin/') && !file.startsWith('admin/grid/'))
  expect(pages.filter((file) => lookup.test(code(file)))).toEqual([])
  expect(lookup.test("closest('.drawer')") && lookup.test("closest('input, dialog')")).toBe(true)
})

test('generic controls come from MUI, through the parts', () => {
  const direct = [...sources].flatMap(([file, { imports }]) =>
    imports.some(({ from }) => from.startsWith('@mui/')) && !file.startsWith('admin/parts/') ? [file] : [],
  )
  expect(direct.filter((file) => !letsPass(styledElsewhere, file))).toEqual([])
})

describe('the colours', () => {
  const styled = [...filesOf('admin'), 'admin/index.html']
  const bare = styled.map((file) => [file, read(file).replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, '')] as const)

  test('are written in tokens.css and nowhere else', () => {
    const colour = /#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgba?|hsla?|oklch)\(/i
    const found = bare.filter(([file, text]) => file !== 'admin/tokens.css' && colour.test(text)).map(([file]) => file)
    expect(found).toEqual([])
    expect(colour.test(read('admin/tokens.css'))).toBe(true)
  })

  test('are all there in light and dark', () => {
    const block = (opening: string) => read('admin/tokens.css').split(opening)[1]?.split('}')[0] ?? ''
    const colours = (opening: string) =>
      Object.fromEntries(
        [...block(opening).matchAll(/--([\w-]+):\s*([^;]*(?:#|rgba?\()[^;]*);/g)].map(([, name, value]) => [
          name,
          value,
        ]),
      )
    const light = colours(':root {')
    const dark = colours(':root[data-theme="dark"] {')
    expect(Object.keys(light).length).toBeGreaterThan(30)
    expect(Object.keys(dark).sort()).toEqual(Object.keys(light).sort())
    expect(Object.keys(light).filter((name) => light[name] === dark[name])).toEqual(['on-red'])
    const theme = read('admin/theme.ts') // which finds the blocks by these very openings
    expect([theme.includes(`block(':root {')`), theme.includes(`block(':root[data-theme="dark"] {')`)]).toEqual([
      true,
      true,
    ])
  })

  test('that are used exist: as variables in styles, by name in the theme', () => {
    const known = new Set([...read('admin/tokens.css').matchAll(/--([\w-]+):/g)].map((match) => match[1]))
    const set = new Set(
      bare.flatMap(([, text]) => [...text.matchAll(/['"]?--([\w-]+)['"]?\s*\]?:/g)].map((match) => match[1])),
    )
    const used = bare.flatMap(([file, text]) =>
      [...text.matchAll(/var\(--([\w-]+)/g)].map((match) => [file, match[1]] as const),
    )
    expect(used.length).toBeGreaterThan(50)
    expect(used.filter(([, name]) => !known.has(name) && !set.has(name))).toEqual([])
    const theme = [...read('admin/theme.ts').matchAll(/\bt\.(\w+)|\bt\['([\w-]+)'\]/g)].map(
      (match) => match[1] ?? match[2],
    )
    expect(theme.length).toBeGreaterThan(10)
    expect(theme.filter((name) => !known.has(name))).toEqual([])
  })
})
