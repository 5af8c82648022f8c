/** The rules of the house, executed: who imports whom, how a file opens, what is nowhere, README's map, the colours. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folders = ['server', 'admin', 'db', 'seeds', 'tests', 'bench']
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Files below a folder, as paths from the root. Workbooks and the like are none of ours. */
function filesOf(folder: string, ending = /\.(ts|tsx|sql|css)$/): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    return entry.isDirectory() ? filesOf(path, ending) : ending.test(entry.name) ? [path] : []
  })
}
const files = folders.flatMap((folder) => filesOf(folder))
const sources = files.filter((file) => /\.tsx?$/.test(file))

/**
 * What a file imports: paths from the root for files of ours, package names else. `?raw` and the like are left off; types
 * alone, which are nothing when it runs, on request.
 */
function importsOf(file: string, withTypes = true): string[] {
  const source = withTypes ? read(file) : read(file).replace(/(^|\n)(import|export) type \{[^}]*\} from '[^']+'/g, '')
  const found = source.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\(\s*'([^']+)'/g)
  return [...found].map(([, declared, dynamic]) => {
    const name = (declared ?? dynamic ?? '').replace(/\?.*$/, '')
    return name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name
  })
}
const imports = new Map(sources.map((file) => [file, importsOf(file)]))
const isOurs = (name: string) => existsSync(join(root, name)) && folders.some((folder) => name.startsWith(`${folder}/`))
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
const builtins = new Set(builtinModules)

/** Lines that break a rule, as 'file imports name'. */
const breaking = (of: (file: string) => boolean, rule: (name: string, file: string) => boolean) =>
  [...imports].flatMap(([file, names]) =>
    of(file) ? names.filter((name) => rule(name, file)).map((name) => `${file} imports ${name}`) : [],
  )
const within =
  (...places: string[]) =>
  (file: string) =>
    places.some((place) => file.startsWith(place))

describe('the import law', () => {
  test('is tested on what is really imported', () => {
    expect(imports.get('server/app.ts')).toEqual(expect.arrayContaining(['express', 'server/errors.ts', 'node:fs']))
    expect(sources.length).toBeGreaterThan(100)
  })

  test('every import of ours names a file that exists, with its ending', () => {
    const isLost = (name: string) =>
      (name.includes('/') || name.startsWith('.')) &&
      /^(server|admin|db|seeds|tests|bench|\.\.)\//.test(name) &&
      !(isOurs(name) && statSync(join(root, name)).isFile())
    expect(breaking(() => true, isLost)).toEqual([])
  })

  test('server/forms imports nothing outside itself', () => {
    expect(breaking(within('server/forms/'), (name) => !name.startsWith('server/forms/'))).toEqual([])
  })

  test('admin imports of ours only server/forms and the types of answers, and nothing that needs a server', () => {
    const isForeign = (name: string) => isOurs(name) && !within('admin/', 'server/forms/')(name)
    const running = sources.filter(within('admin/')).flatMap((file) => importsOf(file, false))
    expect(running.filter(isForeign)).toEqual([])
    expect(breaking(within('admin/'), (name) => isForeign(name) && !name.startsWith('server/'))).toEqual([])
    const serverside = ['pg', 'kysely', 'express', 'exceljs', 'yauzl', 'saxes', 'busboy', '@node-rs/argon2']
    expect(breaking(within('admin/'), (name) => name.startsWith('node:') || serverside.includes(name))).toEqual([])
  })

  test('db imports nothing of ours', () => {
    expect(breaking(within('db/'), (name) => isOurs(name) && !name.startsWith('db/'))).toEqual([])
  })

  test('nobody imports admin or tests', () => {
    expect(breaking((file) => !within('admin/', 'tests/')(file), within('admin/'))).toEqual([])
    expect(
      breaking((file) => !file.startsWith('tests/'), within('tests/', 'bench/')).filter(
        (line) => !/^bench\/.* bench\//.test(line),
      ),
    ).toEqual([])
  })

  test('only the process itself and the commands of the terminal start databases and load seeds', () => {
    const begins = ['server/index.ts', 'server/backup.ts']
    expect(breaking((file) => file.startsWith('server/') && !begins.includes(file), within('db/', 'seeds/'))).toEqual(
      [],
    )
  })

  test('pg and exceljs have one door each', () => {
    const doors = (name: string) => [...imports].filter(([, names]) => names.includes(name)).map(([file]) => file)
    const outside = (name: string) => doors(name).filter((file) => !within('tests/', 'bench/')(file))
    expect(outside('exceljs').filter((file) => !file.startsWith('server/workbook/'))).toEqual([])
    expect(outside('exceljs').length).toBe(1)
    expect(outside('pg').filter((file) => !within('db/', 'seeds/')(file))).toEqual(['server/database/connection.ts'])
  })

  test('React lives in the admin, Express in the server', () => {
    const isReact = (name: string) =>
      ['react', 'react-dom', 'react-admin'].includes(packageOf(name)) || name.startsWith('@mui/')
    expect(breaking((file) => !within('admin/', 'tests/')(file), isReact)).toEqual([])
    expect(
      breaking(
        (file) => !file.startsWith('server/'),
        (name) => name === 'express',
      ),
    ).toEqual([])
  })

  test('every package is named in package.json, those of the running server as dependencies', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    const isForeign = (name: string) =>
      !isOurs(name) && !name.startsWith('node:') && !builtins.has(name) && !name.startsWith('.')
    const unnamed = breaking(
      () => true,
      (name) =>
        isForeign(name) &&
        !(packageOf(name) in { ...dependencies, ...devDependencies }) &&
        !/^(server|admin|db|seeds|tests|bench)\//.test(name),
    )
    expect(unnamed).toEqual([])
    const running = within('server/', 'db/', 'seeds/')
    const builder = (file: string) => file === 'server/build.ts' // development brings vite
    expect(
      breaking(
        (file) => running(file) && !builder(file),
        (name) => isForeign(name) && packageOf(name) in devDependencies,
      ),
    ).toEqual([])
  })
})

describe('every file', () => {
  test('opens with a comment that says what it is for', () => {
    expect(files.filter((file) => !/^(\/\/ |\/\*\*? ?|-- |\/\*\n)/.test(read(file)))).toEqual([])
  })

  test('has no `any`, but for the one alias', () => {
    const typed = /(?:[:<|&,(=]|\bas|\bextends)\s*any\b(?!\s*\()|\bany\[\]|\bany>/
    const found = sources.flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => typed.test(line.replace(/\/\/.*|^\s*\/?\*.*|'[^']*'/g, '')) && !line.includes('sql`'))
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(found).toEqual(['server/database/connection.ts: export type AnyTables = any'])
  })

  test('has nothing left for later, nothing switched off, and no check silenced', () => {
    const left = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].map((word) => new RegExp(`\\b${word}\\b`))
    const off = [
      /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/,
      new RegExp(`@ts-${'ignore'}|@ts-${'expect-error'}|@ts-${'nocheck'}`),
      /\bdebugger\b/,
    ]
    const found = files
      .filter((file) => file !== 'tests/house.test.ts')
      .flatMap((file) => {
        const text = read(file)
        return [...left, ...off].filter((pattern) => pattern.test(text)).map((pattern) => `${file}: ${pattern}`)
      })
    expect(found).toEqual([])
    expect(off[0]?.test('describe.only(') && left[0]?.test('// TO' + 'DO later')).toBe(true)
  })

  test('is named for what it is', () => {
    const vague = /(^|[/_.-])(utils?|helpers?|common|misc|services?|managers?|base|impl|dto)([/_.-]|$)/i
    expect(sources.filter((file) => vague.test(file))).toEqual([])
  })

  test('has one purpose: no longer than 700 lines, and in the server than 450', () => {
    const long = files
      .filter((file) => !file.endsWith('.css'))
      .map((file) => [file, read(file).split('\n').length] as const)
      .filter(([file, lines]) => lines > (file.startsWith('server/') ? 450 : 700))
    expect(long).toEqual([])
  })
})

describe('README', () => {
  const map = /```map\n([\s\S]*?)\n```/.exec(read('README.md'))?.[1]
  const entries = (map ?? '').split('\n').map((line) => /^(\S+) +(\S.*)$/.exec(line)?.slice(1) ?? [line, ''])
  const paths = entries.map(([path = '']) => path)

  test('has a map, each line a place and what it is for', () => {
    expect(map, 'a ```map block in README.md').toBeTypeOf('string')
    expect(entries.filter(([path, said]) => !path || !said)).toEqual([])
    expect(paths.filter((path, i) => paths.indexOf(path) !== i)).toEqual([])
  })

  test('maps what is there, folders with a slash', () => {
    const lost = paths.filter((path) => {
      const place = join(root, path)
      return !existsSync(place) || statSync(place).isDirectory() !== path.endsWith('/')
    })
    expect(lost).toEqual([])
  })

  test('leaves out no folder of the house, and nothing that stands in server/', () => {
    const there = readdirSync(join(root, 'server'), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => `server/${entry.name}${entry.isDirectory() ? '/' : ''}`)
    const wanted = [...there, ...folders.filter((folder) => folder !== 'server').map((folder) => `${folder}/`)]
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([])
  })

  test('gives commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = [...read('README.md').matchAll(/npm (?:run ([\w-]+)|(start|test))\b/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
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
