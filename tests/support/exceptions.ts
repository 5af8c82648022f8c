/** What the rules of tests/house.test.ts let pass, one line each with its reason; a line that nothing needs any more fails there. */

const ROUTES = 'a list of routes, none of them long'
const CLOSURE = 'short functions over one state that nobody else may touch'
const SCAN = 'one loop over every byte or cell, where each call is paid for by all'
const JOB = 'a job of the reading thread, which is given its name'
const CONTRACT = 'the contract of a library: what it offers, whether the admin takes it or not'
const PARTED = 'to be parted by what it does'

/** Exports that nobody imports, as 'file name'. */
export const entries: Record<string, string> = {
  'server/filings/held.ts readHeld': JOB,
  'server/imports/read/mark.ts readMarkOf': JOB,
  'server/imports/tell/error_rows.ts readSent': JOB,
  'server/workbook/clean/clean.ts cleanFile': JOB,
  'server/prints/jobs.ts fillPapers': JOB,
  'server/prints/jobs.ts proposePaper': JOB,
  'server/prints/jobs.ts readFilled': JOB,
  'server/proposals/notice/read_notice.ts proposeFromFiles': JOB,
  'server/proposals/notice/read_notice.ts readNoticeFile': JOB,
  'admin/grid/dataProviderSource.ts GridDataProvider': CONTRACT,
  'admin/grid/index.ts ColumnType': CONTRACT,
  'admin/grid/index.ts GridProps': CONTRACT,
  'admin/grid/index.ts Group': CONTRACT,
  'admin/grid/index.ts SaveAnswer': CONTRACT,
  'admin/grid/index.ts SaveRequest': CONTRACT,
  'admin/grid/index.ts SelectionSummary': CONTRACT,
  'admin/grid/index.ts SummaryKind': CONTRACT,
  'admin/grid/index.ts Sums': CONTRACT,
  'tests/fixtures/grid/vite.config.ts default': 'called by vite',
  'tests/support/sequence.ts LongestFirst': 'called by vitest',
  'tests/fixtures/stock/vite.config.ts default': 'called by vite',
  'tests/support/global.ts default': 'called by vitest',
}

/** Types that share their name with another one. */
export const sameNames: Record<string, string> = {
  Row: 'a row of the grid, a library that knows no forms; and the values of a form',
}

/** Files of more than 300 lines. */
export const longFiles: Record<string, string> = {
  'tests/records/scoring.test.ts': 'one world of three campaigns: marks, items and prizes hold each other',
  'tests/proposals/notices.test.ts': 'what four notices say, in one table a notice',
  'admin/grid/types.ts': 'the whole contract in one place',
  'admin/pages/register/Sheet.tsx': PARTED,
  'admin/parts/Drop.tsx': PARTED,
  'db/embedded.ts': PARTED,
  'db/migrations/001_registers.sql': 'frozen: a migration that has run is never changed',
  'db/security/030_states.sql': 'the life of every row in one place',
  'db/security/080_designs.sql': 'what is in force and how it is published in one place',
  'seeds/demo.ts': PARTED,
  'seeds/demo/works.ts': PARTED,
  'server/openapi/form_paths.ts': 'every request that a form has, in one list',
  'server/people/sessions.ts': PARTED,
  'server/workbook/draw.ts': PARTED,
  'server/workbook/heading.ts': PARTED,
  'server/workbook/patch/sheet.ts': PARTED,
  'tests/access/identity.test.ts': PARTED,
  'tests/access/masks.test.ts': PARTED,
  'tests/admin/admin.test.ts': PARTED,
  'tests/admin/imports.test.ts': PARTED,
  'tests/database/database.test.ts': PARTED,
  'tests/database/seeds.test.ts': PARTED,
  'tests/forms/new_register.test.ts': PARTED,
  'tests/forms/rule_kinds.test.ts': PARTED,
  'tests/forms/rules.test.ts': PARTED,
  'tests/grid/grid.test.ts': PARTED,
  'tests/grid/keys.test.ts': PARTED,
  'tests/grid/others.test.ts': PARTED,
  'tests/grid/views.test.ts': PARTED,
  'tests/house.test.ts': PARTED,
  'tests/imports/errors.test.ts': PARTED,
  'tests/imports/imports.test.ts': PARTED,
  'tests/imports/merge.test.ts': PARTED,
  'tests/imports/said.test.ts': PARTED,
  'tests/imports/staged.test.ts': PARTED,
  'tests/imports/tables.test.ts': PARTED,
  'tests/papers/filings.test.ts': PARTED,
  'tests/people/session.test.ts': PARTED,
  'tests/records/campaigns.test.ts': PARTED,
  'tests/records/live.test.ts': PARTED,
  'tests/records/operations.test.ts': PARTED,
  'tests/records/requests.test.ts': PARTED,
  'tests/records/works.test.ts': PARTED,
  'tests/support/mutate.ts': PARTED,
  'tests/workbook/patch.test.ts': PARTED,
  'tests/workbook/read.test.ts': PARTED,
  'tests/workbook/write.test.ts': PARTED,
}

/** Functions of more than 70 lines, as 'file name'. */
export const longFunctions: Record<string, string> = {
  'server/proposals/notice/document_reader.ts documentReader': CLOSURE,
  'admin/grid/dataProviderSource.ts dataProviderSource': CLOSURE,
  'admin/grid/model/arrivals.ts createArrivals': CLOSURE,
  'admin/grid/model/blocks.ts createBlocks': CLOSURE,
  'admin/grid/model/cursor.ts createCursor': CLOSURE,
  'admin/grid/model/editing.ts createEditing': CLOSURE,
  'admin/grid/model/grouped.ts createGrouped': CLOSURE,
  'admin/grid/model/grouping.ts createGrouping': CLOSURE,
  'admin/grid/model/keeping.ts createKeeping': CLOSURE,
  'admin/grid/model/live.ts createLive': CLOSURE,
  'admin/grid/model/model.ts createModel': CLOSURE,
  'admin/grid/model/pasting.ts createPasting': CLOSURE,
  'admin/grid/model/rows.ts createRows': CLOSURE,
  'admin/grid/model/saving.ts createSaver': CLOSURE,
  'admin/grid/model/whole.ts createWholes': CLOSURE,
  'admin/grid/model/windows.ts createWindows': CLOSURE,
  'admin/grid/model/writing.ts createWriting': CLOSURE,
  'admin/grid/opened/Calendar.tsx Calendar': PARTED,
  'admin/grid/opened/FilterList.tsx FilterList': PARTED,
  'admin/grid/opened/FindBar.tsx FindBar': PARTED,
  'admin/grid/view/AtCell.tsx AtCell': PARTED,
  'admin/grid/view/Editor.tsx Editor': PARTED,
  'admin/grid/view/FilterCell.tsx FilterCell': PARTED,
  'admin/grid/view/Floats.tsx Bubble': PARTED,
  'admin/grid/view/Heads.tsx Head': PARTED,
  'admin/grid/view/Heads.tsx Heads': PARTED,
  'admin/grid/view/usePointer.ts usePointer': PARTED,
  'admin/grid/view/useSuggestions.ts useSuggestions': PARTED,
  'admin/grid/view/useViewport.ts useViewport': PARTED,
  'admin/live.ts watchForm': CLOSURE,
  'admin/pages/CameBack.tsx CameBack': PARTED,
  'admin/pages/Filings.tsx Maker': PARTED,
  'admin/pages/ImportCheck.tsx Body': PARTED,
  'admin/pages/designs/ColumnGrid.tsx ColumnGrid': PARTED,
  'admin/pages/designs/Design.tsx Design': PARTED,
  'admin/pages/designs/Rules.tsx RuleEditor': PARTED,
  'admin/pages/designs/Rules.tsx Rules': PARTED,
  'admin/pages/designs/sheet/draft.ts createDraft': CLOSURE,
  'admin/pages/designs/useDraft.ts useDraft': CLOSURE,
  'admin/pages/import/Alike.tsx One': PARTED,
  'admin/pages/import/Foot.tsx Foot': PARTED,
  'admin/pages/import/Mapping.tsx MappingStep': PARTED,
  'admin/pages/import/staged.ts createStaged': CLOSURE,
  'admin/pages/register/Asked.tsx Reason': PARTED,
  'admin/pages/register/Bulk.tsx Bulk': PARTED,
  'admin/pages/register/Sheet.tsx Sheet': PARTED,
  'admin/pages/register/Views.tsx Views': PARTED,
  'admin/pages/register/view.ts useView': PARTED,
  'admin/pages/tables/BinRows.tsx Rows': PARTED,
  'admin/pages/tables/Changes.tsx Tools': PARTED,
  'admin/pages/tables/Users.tsx Users': PARTED,
  'admin/pages/works/Actions.tsx Actions': PARTED,
  'admin/pages/works/Jury.tsx Judging': PARTED,
  'admin/pages/works/Prizes.tsx Prizes': PARTED,
  'admin/parts/Chart.tsx Chart': PARTED,
  'admin/parts/Drop.tsx DropAnywhere': PARTED,
  'admin/parts/Drop.tsx DropZone': PARTED,
  'server/database/connection.ts openDatabase': CLOSURE,
  'server/imports/tell/report.ts reportOn': CLOSURE,
  'server/live/batches.ts createBatches': CLOSURE,
  'server/live/presence.ts createPresence': CLOSURE,
  'server/operations/routes.ts operationRoutes': ROUTES,
  'server/papers/routes.ts exportRoutes': ROUTES,
  'server/people/sessions.ts sessionRoutes': ROUTES,
  'server/records/saved_views.ts viewRoutes': ROUTES,
  'server/workbook/patch/sheet.ts rowPatcher': CLOSURE,
  'server/workbook/sheet.ts rowHandlers': CLOSURE,
  'server/workbook/table_lines.ts lineWalker': CLOSURE,
  'server/workbook/xml.ts scanXml': SCAN,
  'tests/fixtures/grid/memory.ts memorySource': CLOSURE,
  'tests/support/desk.ts openDesk': CLOSURE,
  'tests/support/grid_desk.ts gridDesk': CLOSURE,
  'tests/support/grid_memory.ts memoryList': CLOSURE,
}

/** What breaks a rule and is not listed, and what is listed and breaks it no more. Both are to be empty. */
export const against = (list: Record<string, string>, found: readonly string[]) => ({
  unlisted: found.filter((named) => !(named in list)),
  stale: Object.keys(list).filter((named) => !found.includes(named)),
})

/** Whether a list lets a file, or 'file name', pass; a folder in it stands for all within. */
export const letsPass = (list: Record<string, string>, named: string): boolean =>
  named in list || Object.keys(list).some((start) => /[/ ]$/.test(start) && named.startsWith(start))

const COLUMN = 'a column of a built-in register, whose label a campaign may change'

/** Words of one campaign in server and admin, as 'file word'. */
export const campaignsWords: Record<string, string> = {
  'server/workbook/lines.ts 全市': 'a total, as offices write it',
  'server/workbook/lines.ts 本市': 'a total, as offices write it',
  'server/workbook/lines.ts 网信办': 'who signs below a table',
  'server/proposals/notice/collections_named.ts 省级': 'how notices call a body above',
  'server/proposals/notice/unit_kinds.ts 省级': 'how notices call kinds of units',
  'server/forms/events.ts 网信办': COLUMN,
  'server/forms/awards.ts 网信办': COLUMN,
  'server/forms/campaign.ts 网信办': 'what a kind of unit may be, wherever it is',
  'server/forms/campaign.ts 各市': 'an example of what is asked for',
  'server/forms/campaign.ts 全省': 'an example of what is asked for',
}

/** What does not yet stand beside what it dresses: sheets, selectors and classes by how 'file what' begins, imports of MUI. */
export const styledElsewhere: Record<string, string> = {
  'admin/grid/': 'classes that begin with grid-, each styled beside its part: tests/grid/styles.test.ts holds it',
  'admin/pages/register/Bulk.module.css :has([role="progressbar"]) ~ .bulk':
    'makes room while the grid tells its progress in the same place',
  'admin/layout/Layout.tsx': 'asks for the width of the window by a hook of MUI',
}
