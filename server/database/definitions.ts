/** The definitions in force, asked in one place: which forms a campaign has, and what they look like in it. */
import { type Forms, forms } from '../forms/index.ts'

export type Definitions = {
  /**
   * The forms in force in a campaign, with the words, columns, choices and rules they have in it. Without a campaign all
   * that this installation has: for what is found by its id alone, before its campaign is known, and for what belongs to none.
   */
  of: (campaign_id?: number | null) => Forms
}

/** What is built in, in every campaign. */
export const builtInDefinitions: Definitions = { of: () => forms }
