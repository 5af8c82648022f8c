/** The house's own sources as data: who imports what, what is exported, how long each function is. Read by Vite's parser. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'vite'

export const root = resolve(import.meta.dirname, '../..')
export const folders = ['server', 'admin', 'db', 'seeds', 'tests', 'bench']
export const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Files below a folder, as paths from the root. Workbooks and the like are none of ours. */
export function filesOf(folder: string, ending = /\.(ts|tsx|sql|css)$/): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    return entry.isDirectory() ? filesOf(path, ending) : ending.test(entry.name) ? [path] : []
  })
}
export const files = folders.flatMap((folder) => filesOf(folder))

/** A name of a file's own or of a package's; `*` for all that it exports. `isType`: nothing of it when it runs. */
type Import = { from: string; name: string; isType: boolean }
type SourceFunction = { name: string; line: number; lines: number }
type Source = {
  imports: Import[]
  /** Names that others may import; `default` for the default one. */
  exports: string[]
  /** Exports of other files passed on: under which name here, and which name of which file. `*` passes on all. */
  passedOn: { as: string; name: string; from: string }[]
  functions: SourceFunction[]
}

type Node = { type: string; start: number; end: number; [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string'

/** What an import names: paths from the root for files of ours, package names else. `?raw` and the like are left off. */
function placeOf(file: string, request: string): string {
  const name = request.replace(/\?.*$/, '')
  return name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name
}

const isFunction = ({ type }: Node) =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'

/** The name that a function goes by: its own, or that of what it is given to. */
function nameOf(node: Node, parent: Node | undefined): string {
  const named = [node.id, parent?.id, parent?.key].find(isNode)
  return typeof named?.name === 'string' ? named.name : 'a callback'
}

function readSource(file: string): Source {
  const text = read(file)
  const { program, module, errors } = parseSync(file, text)
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`)
  const source: Source = { imports: [], exports: [], passedOn: [], functions: [] }
  for (const { moduleRequest, entries } of module.staticImports) {
    const from = placeOf(file, moduleRequest.value)
    if (entries.length === 0) source.imports.push({ from, name: '*', isType: false }) // for what it does
    for (const { importName, isType } of entries)
      source.imports.push({
        from,
        name: importName.kind === 'Default' ? 'default' : (importName.name ?? '*'),
        isType,
      })
  }
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, exportName, importName, isType } of entries) {
      const as = exportName.kind === 'Default' ? 'default' : (exportName.name ?? '*')
      if (!moduleRequest) source.exports.push(as)
      else {
        const [from, name] = [placeOf(file, moduleRequest.value), importName.name ?? '*']
        source.imports.push({ from, name: as === '*' || as === name ? `${name} passed on` : name, isType })
        source.passedOn.push({ as, name, from })
      }
    }
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const walk = (node: Node, parent?: Node) => {
    if (isFunction(node)) {
      const line = lineOf(node.start)
      source.functions.push({ name: nameOf(node, parent), line, lines: lineOf(node.end) - line + 1 })
    }
    // import('./x.ts') when it runs, and import('./x.ts').Name as a type
    const asked = node.type === 'ImportExpression' || node.type === 'TSImportType' ? node.source : undefined
    if (isNode(asked) && typeof asked.value === 'string')
      source.imports.push({ from: placeOf(file, asked.value), name: '*', isType: node.type === 'TSImportType' })
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node)
  }
  walk(program as unknown as Node)
  return source
}

/** Every source of ours by its path. */
export const sources: ReadonlyMap<string, Source> = new Map(
  files.filter((file) => /\.tsx?$/.test(file)).map((file) => [file, readSource(file)]),
)

export const isOurs = (name: string) =>
  existsSync(join(root, name)) && folders.some((folder) => name.startsWith(`${folder}/`))
export const isFile = (name: string) => isOurs(name) && statSync(join(root, name)).isFile()

/** Whom a file of ours imports that is needed when it runs: no types alone. */
export const runsWith = (file: string): string[] => [
  ...new Set(
    (sources.get(file)?.imports ?? []).flatMap(({ from, isType }) => (isType || !sources.has(from) ? [] : [from])),
  ),
]

/** Rings of `from` → `to`: sets of places each of which reaches every other one, the smallest name first. */
export function circlesOf(arrows: ReadonlyMap<string, Iterable<string>>): string[][] {
  const reached = new Map<string, Set<string>>()
  const reach = (from: string) => {
    const known = reached.get(from)
    if (known) return known
    const all = new Set<string>()
    const waiting = [...(arrows.get(from) ?? [])]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      if (!all.has(next)) {
        all.add(next)
        waiting.push(...(arrows.get(next) ?? []))
      }
    reached.set(from, all)
    return all
  }
  const rings = new Set<string>()
  for (const from of arrows.keys())
    if (reach(from).has(from))
      rings.add(
        [...reach(from)]
          .filter((to) => reach(to).has(from))
          .sort()
          .join(' '),
      )
  return [...rings].map((ring) => ring.split(' '))
}

/** Exports that nobody but their own file names, as 'file name'. What is passed on counts where the passed-on name is asked for. */
export function unusedExports(): string[] {
  const used = new Set<string>()
  const use = (file: string, name: string) => {
    const key = `${file} ${name}`
    if (used.has(key)) return
    used.add(key)
    const source = sources.get(file)
    if (name === '*') for (const each of source?.exports ?? []) use(file, each)
    for (const { as, name: theirs, from } of source?.passedOn ?? [])
      if (as === '*') use(from, name)
      else if (name === as) use(from, theirs)
      else if (name === '*') use(file, as)
  }
  for (const { imports } of sources.values())
    for (const { from, name } of imports) if (!name.endsWith(' passed on')) use(from, name)
  return [...sources].flatMap(([file, { exports, passedOn }]) =>
    [...exports, ...passedOn.flatMap(({ as }) => (as === '*' ? [] : as))]
      .map((name) => `${file} ${name}`)
      .filter((named) => !used.has(named)),
  )
}
