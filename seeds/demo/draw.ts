// Chance that falls the same way each time: the demonstration is one province, not another one at every start.

export type Draw = {
  /** A whole number, both ends included. */
  int: (from: number, to: number) => number
  chance: (probability: number) => boolean
  pick: <T>(list: readonly T[]) => T
  /** One of the keys, each as often as its weight says. */
  weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K
  /** Whole numbers, each at least `least`, whose sum is `total`. */
  split: (total: number, parts: number, least?: number) => number[]
  /** 0 ≤ x < 1 */
  next: () => number
}

/** Mulberry32: 32 bits of state are plenty for a few hundred thousand draws. */
export function makeDraw(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[int(0, list.length - 1)] as T,
    weighted: <K extends string>(weights: Readonly<Record<K, number>>) => {
      const entries = Object.entries(weights) as [K, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return entries[0]?.[0] as K
    },
    split: (total, parts, least = 0) => {
      const weights = Array.from({ length: parts }, () => 0.35 + next() ** 2)
      const sum = weights.reduce((all, weight) => all + weight, 0)
      const shares = weights.map((weight) => least + Math.floor(((total - least * parts) * weight) / sum))
      if (parts > 0) shares[0] = (shares[0] ?? 0) + total - shares.reduce((all, share) => all + share, 0)
      return shares
    },
  }
}
