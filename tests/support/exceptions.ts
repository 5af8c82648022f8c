/** What the rules of tests/house.test.ts let pass, each with its reason. The lists get shorter, never longer. */

const ROUTES = 'a list of routes, none of them long'
const CLOSURE = 'short functions over one state that nobody else may touch'
const SCAN = 'one loop over every byte or cell, where each call is paid for by all'
const JOB = 'a job of the reading thread, which is given its name'
const PARTED = 'to be parted by what it does'

/** Exports that nobody imports, by how 'file name' begins. */
export const entries: Record<string, string> = {
  'admin/grid/index.ts ': 'the door of a library: what it offers, whether the admin takes it or not',
  'admin/grid/types.ts ': 'the contract of a library',
  'admin/grid/bulk.ts ': 'the contract of a library',
  'admin/grid/dataProviderSource.ts ': 'the contract of a library',
  'admin/grid/opened/': 'parts that are loaded when they are opened',
  'admin/parts/': 'controls that the pages take next',
  'server/filings/held.ts readHeld': JOB,
  'server/imports/read/mark.ts readMarkOf': JOB,
  'server/imports/tell/error_rows.ts readSent': JOB,
  'server/workbook/clean/clean.ts cleanFile': JOB,
  'bench/': 'commands and their parts, read by a person',
  'tests/support/global.ts default': 'called by vitest',
  'tests/fixtures/grid/vite.config.ts default': 'called by vite',
  'tests/fixtures/stock/vite.config.ts default': 'called by vite',
  'tests/support/sources.ts ': 'types of what the house test reads',
}

/** Files that need each other when they run. */
export const ringed: Record<string, string> = {}

/** Arrows of server/ that go up, or to a room on the same floor. */
export const upwards: Record<string, string> = {}

/** Types that share their name with another one. */
export const sameNames: Record<string, string> = {
  Row: 'a row of the grid, a library that knows no forms; and the values of a form',
}

/** Files of more than 300 lines. A folder stands for all in it. */
export const longFiles: Record<string, string> = {
  'admin/grid/types.ts': 'the whole contract in one place',
  'admin/pages/': PARTED,
  'tests/': PARTED,
  'server/people/sessions.ts': PARTED,
  'server/workbook/draw.ts': PARTED,
  'server/workbook/heading.ts': PARTED,
  'server/workbook/layout.ts': PARTED,
  'server/workbook/patch/sheet.ts': PARTED,
  'admin/parts/Drop.tsx': PARTED,
  'db/embedded.ts': PARTED,
  'db/migrations/001_registers.sql': 'frozen: a migration that has run is never changed',
  'db/security/030_states.sql': 'the life of every row in one place',
  'seeds/demo/works.ts': PARTED,
  'seeds/demo.ts': PARTED,
}

/** Functions of more than 70 lines, as 'file name'. A folder stands for all in it; those of tests are lists of tests. */
export const longFunctions: Record<string, string> = {
  'admin/grid/': CLOSURE,
  'admin/pages/': PARTED,
  'tests/': 'a list of tests is as long as it is',
  'bench/': 'commands and their parts, read by a person',
  'server/database/connection.ts openDatabase': CLOSURE,
  'server/filings/routes.ts filingRoutes': ROUTES,
  'server/live/batches.ts createBatches': CLOSURE,
  'server/live/presence.ts createPresence': CLOSURE,
  'server/operations/routes.ts operationRoutes': ROUTES,
  'server/papers/routes.ts exportRoutes': ROUTES,
  'server/people/sessions.ts sessionRoutes': ROUTES,
  'server/records/saved_views.ts viewRoutes': ROUTES,
  'server/workbook/patch/sheet.ts rowPatcher': CLOSURE,
  'server/workbook/sheet.ts rowHandlers': CLOSURE,
  'server/imports/tell/report.ts reportOn': CLOSURE,
  'server/workbook/table_lines.ts lineWalker': CLOSURE,
  'server/workbook/xml.ts scanXml': SCAN,
  'admin/live.ts watchForm': CLOSURE,
  'admin/parts/Chart.tsx Chart': PARTED,
  'admin/parts/Drop.tsx DropZone': PARTED,
  'admin/parts/Drop.tsx DropAnywhere': PARTED,
}

/** Whether a list lets a file, or 'file name', pass. */
export const letsPass = (list: Record<string, string>, named: string): boolean =>
  named in list || Object.keys(list).some((start) => /[/ ]$/.test(start) && named.startsWith(start))

/** What does not yet stand beside what it dresses: sheets, selectors and classes by how 'file what' begins, imports of MUI. */
export const styledElsewhere: Record<string, string> = {
  'admin/grid/': 'classes that begin with grid-, each styled beside its part: tests/grid/styles.test.ts holds it',
  'admin/pages/': PARTED,
  'admin/base.css ': PARTED,
  'admin/layout/Layout.tsx': 'asks for the width of the window by a hook of MUI',
}
