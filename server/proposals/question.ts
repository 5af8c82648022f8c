/** What a file does not say: shapes that all proposals share. */

/** What a table of a file is taken for: rows to be filled, quotas of units, words to choose from, something else. */
export type TableKind = 'register' | 'quotas' | 'options' | 'other'

/**
 * One thing that is asked instead of made up. `about` is the path in the proposal that an answer sets (`fields.links.type`);
 * the first option is what the proposal says as long as nobody answers.
 */
export type Question = {
  id: string
  about: string
  /** A sentence, with what the file says. */
  says: string
  options: readonly { value: unknown; label: string }[]
  /** Where in the file it comes from: a cell (`H4`) or the words of a sentence. */
  from?: string
}
