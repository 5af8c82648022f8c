/** Which forms there are and what roles may do with their tables: what a server knows of the database, read in one go. */
import type { CollectionTitles } from '../forms/index.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { type Definitions, makeDefinitions, type StoredDefinitions } from './definitions.ts'

export type Vocabulary = { readonly catalogue: Catalogue; readonly definitions: Definitions }

/** The same, where definitions are read against collections that come with them and are written after them. */
export const withCollections = ({ catalogue, definitions }: Vocabulary, collections: CollectionTitles): Vocabulary => ({
  catalogue,
  definitions: { ...definitions, around: (id) => ({ ...definitions.around(id), collections }) },
})

/** Runs a statement and answers its rows. */
export type ReadRows = (text: string) => Promise<unknown[]>

/** Reads both as they are at this moment of the transaction that `query` runs in. */
export async function readVocabulary(query: ReadRows): Promise<Vocabulary> {
  const [row] = (await query('select app.definitions() as definitions')) as [{ definitions: StoredDefinitions }]
  const definitions = makeDefinitions(row.definitions)
  return { definitions, catalogue: await readCatalogue(query, definitions) }
}

/** The vocabulary as this process knows it; whoever finds it behind reads it anew on the connection that it holds already. */
export function keepUp(first: Vocabulary) {
  let current = first
  let reading: Promise<void> | undefined
  return {
    current: () => current,
    async upTo(version: number, query: ReadRows): Promise<void> {
      while (current.definitions.version < version) {
        reading ??= readVocabulary(query)
          .then((found) => {
            current = found
          })
          .finally(() => {
            reading = undefined
          })
        await reading
      }
    },
  }
}
