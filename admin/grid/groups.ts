/** Everything a list in groups needs beyond a plain one; loaded when a list is first grouped. */
export { GroupLine, wordsOfGroup } from './GroupLine.tsx'
export { createGrouping } from './grouping.ts'
export { headingKey } from './headingKeys.ts'
