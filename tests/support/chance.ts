/** Chance that can be repeated: all of it comes of one number. */
import fc from 'fast-check'

/** Chance with a beginning (mulberry32): the same number makes the same choices. */
export class Chance {
  #state: number
  constructor(readonly seed: number) {
    this.#state = seed * 2_654_435_761
  }
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  int(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1))
  }
  /** True in so many of a hundred cases. */
  isOf(percent: number): boolean {
    return this.#next() * 100 < percent
  }
  one<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T
  }
  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list]
    return list.map(() => rest.splice(this.int(0, rest.length - 1), 1)[0] as T)
  }
  /** Some of the list, in its order. */
  some<T>(list: readonly T[], most = list.length): T[] {
    const taken = new Set(this.shuffled(list).slice(0, this.int(0, Math.min(most, list.length))))
    return list.filter((each) => taken.has(each))
  }
  of<T>(arbitrary: fc.Arbitrary<T>): T {
    return fc.sample(arbitrary, { numRuns: 1, seed: this.int(0, 1_000_000_000) })[0] as T
  }
}
