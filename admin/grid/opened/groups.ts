/** Everything a list in groups needs beyond a plain one; loaded when a list is first grouped. */

export { createGrouping } from '../model/grouping.ts'
export { GroupLine, wordsOfGroup } from './GroupLine.tsx'
export { headingKey } from './headingKeys.ts'
