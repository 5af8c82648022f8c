// A workbook that can't be patched without breaking something of it: a clean one is made instead.

/** Not told to anybody: the sender gets the clean workbook. `reason` is for tests and logs. */
export class PatchImpossible extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(`not to be patched: ${reason}`)
    this.name = 'PatchImpossible'
    this.reason = reason
  }
}

export const impossible = (reason: string): PatchImpossible => new PatchImpossible(reason)
