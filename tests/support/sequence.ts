/** The order of the test files: the longest first, so that at the end no processor waits for a file begun late. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Those that take more than ten seconds of processor time; elsewhere the order is vitest's own. */
const LONG = [
  'database/start',
  'admin/accessibility',
  'grid/operations',
  'admin/admin',
  'access/access-campaign',
  'access/access',
  'grid/live',
  'records/operations-many',
  'grid/views',
  'grid/keys',
  'database/backup',
  'access/masks',
  'imports/tables',
  'imports/staged',
  'grid/grid',
  'grid/excel',
  'admin/imports',
  'admin/figures',
  'admin/prints',
  'packages/notices',
  'imports/imports',
  'access/phones',
  'access/access-awards',
  'admin/stock',
  'grid/register',
  'imports/merge',
  'database/seeds',
  'database/races',
].map((name) => `/tests/${name}.test.ts`)

const rankOf = ({ moduleId }: TestSpecification) => {
  const at = LONG.findIndex((end) => moduleId.endsWith(end))
  return at < 0 ? LONG.length : at
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}
