// A file as it was staged, opened to find the rows that hang together by their digests, and closed with others in their
// place.
import { type Chunk, kindOf, letterOf, packed, textOfStaged, unpack } from '../stage/chunks.ts'
import type { RowResult } from '../tell/result.ts'

export type Digests = readonly (number | undefined)[]
export type StagedFile = ReturnType<typeof openFile>

/** `levels`: the digests of a row; the first `ties` of them are its keys and its record (digest.ts). */
export function openFile(chunks: readonly Chunk[], levels: number, ties: number) {
  const lines = new Map<number, string[]>()
  const keys = chunks.map(({ keys: bytes, kinds }) => {
    const numbers = new Float64Array(kinds.length * levels)
    if (bytes) Buffer.from(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
    return numbers
  })
  // chunks are of one length, but for the last
  const length = chunks[0]?.kinds.length ?? 1
  const chunkAt = (n: number) => Math.min(Math.floor(n / length), chunks.length - 1)
  function linesAt(at: number): string[] {
    const chunk = chunks[at]
    const known = lines.get(at) ?? (chunk ? unpack(chunk.rows) : [])
    lines.set(at, known)
    return known
  }
  function digestsOf(rows: Iterable<number>): Digests[] {
    return [...rows].map((n) => {
      const at = chunkAt(n)
      const from = (n - (chunks[at]?.first ?? 0)) * levels
      return Array.from(keys[at]?.subarray(from, from + levels) ?? [])
    })
  }
  /**
   * Adds the rows that share a key or a record with these digests, and those that share one with them, and so on, until
   * there are more than `maxRows`.
   */
  function addTied(rows: Set<number>, digests: readonly Digests[], maxRows: number): void {
    let news = digests
    while (news.length > 0 && rows.size <= maxRows) {
      const wanted = Array.from({ length: ties }, () => new Set<number>())
      for (const each of news)
        for (let level = 0; level < ties; level++) {
          const digest = each[level]
          if (digest !== undefined && !Number.isNaN(digest)) wanted[level]?.add(digest)
        }
      const found: number[] = []
      for (const [at, { first, kinds }] of chunks.entries()) {
        const numbers = keys[at] as Float64Array
        for (let index = 0; index < kinds.length; index++)
          for (let level = 0; level < ties; level++)
            if (wanted[level]?.has(numbers[index * levels + level] as number) && !rows.has(first + index)) {
              rows.add(first + index)
              found.push(first + index)
            }
      }
      news = digestsOf(found)
    }
  }
  return {
    chunks,
    keys,
    levels,
    digestsOf,
    addTied,
    linesAt,
    chunkAt,
    textOf: (n: number): string => linesAt(chunkAt(n))[n - (chunks[chunkAt(n)]?.first ?? 0)] ?? '',
    kindOf: (n: number) => kindOf(chunks[chunkAt(n)]?.kinds[n - (chunks[chunkAt(n)]?.first ?? 0)]),
  }
}

/** The chunks with rows that came to something else; their digests are brought up to date in the file too. */
export async function changedChunks(
  file: StagedFile,
  results: ReadonlyMap<number, RowResult>,
  digests: ReadonlyMap<number, Digests>,
): Promise<Chunk[]> {
  const packing: Promise<Chunk>[] = []
  for (const at of new Set([...results.keys()].map(file.chunkAt))) {
    const chunk = file.chunks[at]
    const numbers = file.keys[at]
    if (!chunk || !numbers) continue
    const letters = [...chunk.kinds]
    const lines = file.linesAt(at).map((text, index) => {
      const n = chunk.first + index
      const result = results.get(n)
      if (!result) return text
      letters[index] = letterOf(result.kind)
      for (let level = 0; level < file.levels; level++)
        numbers[index * file.levels + level] = digests.get(n)?.[level] ?? Number.NaN
      const [sheet, found = ''] = text.split('\t')
      return textOfStaged(Number(sheet), found, result)
    })
    packing.push(packed(chunk.first, letters.join(''), lines, numbers))
  }
  return Promise.all(packing)
}

/** Who came, row by row. */
export function visitorsIn({ keys, levels }: StagedFile, level: number): number[] {
  const visitors: number[] = []
  for (const numbers of keys)
    for (let at = level; at < numbers.length; at += levels)
      if (!Number.isNaN(numbers[at])) visitors.push(numbers[at] as number)
  return visitors
}
