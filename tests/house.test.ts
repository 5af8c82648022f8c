/** The rules of the house, executed: who imports whom, how a file opens, what is nowhere, the map. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { against, campaignsWords, entries, longFiles, longFunctions, sameNames } from './support/exceptions.ts'
import {
  circlesOf,
  files,
  folders,
  isFile,
  isOurs,
  read,
  sources as readSources,
  root,
  runsWith,
  unusedExports,
} from './support/sources.ts'

const MAX_FILE_LINES = 300
const MAX_FUNCTION_LINES = 70
const NOTHING = { unlisted: [], stale: [] }
/** Which room knows which, in server/. */
const MAX_ARROWS = 116

const sources = [...readSources.keys()]
const imports = new Map([...readSources].map(([file, source]) => [file, source.imports.map(({ from }) => from)]))
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
      !isFile(name)
    expect(breaking(() => true, isLost)).toEqual([])
  })

  test('server/forms imports nothing outside itself', () => {
    expect(breaking(within('server/forms/'), (name) => !name.startsWith('server/forms/'))).toEqual([])
  })

  test('in server/ only database/definitions.ts, and server/forms itself, knows the built-in forms: all else asks what is in force', () => {
    const asking = [...readSources].filter(([file]) => within('server/')(file) && !within('server/forms/')(file))
    const isBuiltIn = ({ from, name }: { from: string; name: string }) =>
      from.startsWith('server/forms/') && ['forms', 'registers', '*'].includes(name)
    const knowing = asking.filter(([, { imports }]) => imports.some(isBuiltIn)).map(([file]) => file)
    expect(knowing).toEqual(['server/database/definitions.ts'])
  })

  test('admin imports of ours only server/forms and the types of answers, and nothing that needs a server', () => {
    const isForeign = (name: string) => isOurs(name) && !within('admin/', 'server/forms/')(name)
    const running = sources.filter(within('admin/')).flatMap(runsWith)
    expect(running.filter(isForeign)).toEqual([])
    expect(breaking(within('admin/'), (name) => isForeign(name) && !name.startsWith('server/'))).toEqual([])
    const serverside = ['pg', 'kysely', 'express', 'exceljs', 'yauzl', 'saxes', 'busboy', '@node-rs/argon2']
    expect(breaking(within('admin/'), (name) => name.startsWith('node:') || serverside.includes(name))).toEqual([])
  })

  test('the admin asks admin/forms.ts which forms are in force, never the built-in ones', () => {
    const isBuiltIn = ({ from, name }: { from: string; name: string }) =>
      from.startsWith('server/forms/') && ['forms', 'registers', '*'].includes(name)
    const asking = sources.filter(within('admin/')).filter((file) => readSources.get(file)?.imports.some(isBuiltIn))
    expect(asking.filter((file) => file !== 'admin/forms.ts')).toEqual([])
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
        !/^(server|admin|db|seeds|tests|bench)\/|^README\.zh-CN\.md$/.test(name),
    )
    expect(unnamed).toEqual([])
    const running = within('server/', 'db/', 'seeds/')
    const builder = (file: string) => ['server/build.ts', 'server/dev.ts'].includes(file) // development brings vite
    expect(
      breaking(
        (file) => running(file) && !builder(file),
        (name) => isForeign(name) && packageOf(name) in devDependencies,
      ),
    ).toEqual([])
  })
})

/**
 * The floors of server/, the upper one first: a file imports nothing of a room above its own, so that a request goes down
 * and never up. Types count like all else. Rooms that stand side by side in one line do not know each other.
 */
const floors = [
  ['server/index.ts', 'server/backup.ts', 'server/dev.ts'],
  ['server/app.ts', 'server/build.ts'],
  ['server/prints'],
  ['server/imports', 'server/proposals'],
  ['server/filings'],
  ['server/papers', 'server/live', 'server/operations', 'server/works', 'server/campaigns', 'server/openapi'],
  ['server/people', 'server/files'],
  ['server/records', 'server/workbook'],
  ['server/bodies.ts'],
  ['server/requests.ts'],
  ['server/database', 'server/settings.ts'],
  ['server/errors.ts'],
  ['server/forms'],
]
const roomOf = (file: string) => file.split('/').slice(0, 2).join('/')

describe('the rooms of server/', () => {
  const arrows = new Map<string, Set<string>>()
  for (const [file, names] of imports)
    for (const name of file.startsWith('server/') ? names : [])
      if (name.startsWith('server/') && roomOf(name) !== roomOf(file))
        arrows.set(roomOf(file), (arrows.get(roomOf(file)) ?? new Set()).add(roomOf(name)))
  const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room))

  test('stand on floors, every one of them on one', () => {
    const there = [...new Set(sources.filter(within('server/')).map(roomOf))]
    expect(floors.flat().sort()).toEqual(there.sort())
  })

  test('know only those below them, so that there is no circle', () => {
    const up = [...arrows].flatMap(([from, to]) =>
      [...to].filter((room) => floorOf(room) <= floorOf(from)).map((room) => `${from} → ${room}`),
    )
    expect(up).toEqual([])
  })

  test('are connected by few arrows', () => {
    expect([...arrows.values()].reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(MAX_ARROWS)
  })
})

describe('no two files need each other', () => {
  test('when they run', () => {
    expect(circlesOf(new Map(sources.map((file) => [file, runsWith(file)])))).toEqual([])
  })
})

describe('every export', () => {
  test('is imported by somebody else, or is named here', () => {
    expect(against(entries, unusedExports())).toEqual(NOTHING)
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
    expect(found).toEqual(['server/database/connection.ts: type AnyTables = any'])
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

  test('knows no metric of a campaign by its name: what is counted are rows', () => {
    const named = [/['"]netizens['"]/, /\bmetric(?:\.name)? === '/, /\bnetizens\b[:.]/]
    const found = sources
      .filter(within('server/', 'admin/'))
      .filter((file) => file !== 'server/forms/quotas.ts') // the columns its table began with
      .filter((file) => named.some((pattern) => pattern.test(read(file))))
    expect(found).toEqual([])
  })

  test('is named for what it is', () => {
    const vague = /(^|[/_.-])(utils?|helpers?|common|misc|services?|managers?|base|impl|dto)([/_.-]|$)/i
    expect(sources.filter((file) => vague.test(file))).toEqual([])
  })

  test('declares no type whose name another one has: one name, one thing', () => {
    const declared = sources
      .filter(within('server/', 'admin/', 'seeds/'))
      .flatMap((file) =>
        [...read(file).matchAll(/^\s*(?:export )?type (\w+)(?:<.*>)? =/gm)].map(([, name = '']) => name),
      )
      .filter((name) => !name.endsWith('Props')) // of the component beside it
    const twice = declared.filter((name, at) => declared.indexOf(name) !== at)
    expect(against(sameNames, twice)).toEqual(NOTHING)
    expect(declared.length).toBeGreaterThan(500)
  })

  test('says who leads, who reports and what is planned in the words of the campaign', () => {
    const words = /省总|省委|省级|全省|网信办|各市|全市|本市|安徽|12351|2019 ?年/g
    const isComment = /^\s*(\/\/|\*|\/\*)/
    const spoken = sources.filter(within('server/', 'admin/')).flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => !isComment.test(line))
        .flatMap((line) => [...line.replace(/ \/\/ .*/, '').matchAll(words)].map(([word]) => `${file} ${word}`)),
    )
    expect(against(campaignsWords, [...new Set(spoken)])).toEqual(NOTHING)
  })

  test('has one purpose: no longer than three hundred lines, unless it is named', () => {
    const isLong = (file: string) => !file.endsWith('.css') && read(file).split('\n').length > MAX_FILE_LINES
    expect(against(longFiles, files.filter(isLong))).toEqual(NOTHING)
  })

  test('names its limits as such, with their unit', () => {
    const limit = /^(?:export )?const (?![A-Z][A-Z0-9_]*\b)(\w+) = [-\d(][-\d_ *().+/]*(?<=[\d)])$/gm
    const found = sources.flatMap((file) => [...read(file).matchAll(limit)].map(([, name]) => `${file} ${name}`))
    expect(found.filter((named) => !named.startsWith('tests/'))).toEqual([])
  })

  test('has functions of one purpose: none longer than seventy lines, unless it is named', () => {
    const isTest = (file: string) => file.endsWith('.test.ts') // a list of tests is as long as it is
    const long = [...readSources]
      .filter(([file]) => !isTest(file))
      .flatMap(([file, { functions }]) =>
        functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES).map(({ name }) => `${file} ${name}`),
      )
    expect(against(longFunctions, long)).toEqual(NOTHING)
  })
})

describe('the front door', () => {
  const map = /```map\n([\s\S]*?)\n```/.exec(read('ARCHITECTURE.md'))?.[1]
  const entries = (map ?? '').split('\n').map((line) => /^(\S+) +(\S.*)$/.exec(line)?.slice(1) ?? [line, ''])
  const paths = entries.map(([path = '']) => path)
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/operating.md']

  test('has a map, each line a place and what it is for', () => {
    expect(map, 'a ```map block in ARCHITECTURE.md').toBeTypeOf('string')
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

  test('is a screen, and leads on', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(60)
    const led = [...read('README.md').matchAll(/\]\(([^)]+\.md)\)/g)].map(([, page]) => page)
    expect(led).toEqual(expect.arrayContaining(pages.slice(1)))
  })

  test('names files that are there', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:server|admin|db|seeds|tests|bench)\/[\w/.-]*\w\/?)`/g)].map(
        ([, path = '']) => path,
      ),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('gives commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = [
      ...pages
        .map(read)
        .join('\n')
        .matchAll(/npm (?:run ([\w-]+)|(start|test))\b/g),
    ].map((match) => match[1] ?? match[2] ?? '')
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})
