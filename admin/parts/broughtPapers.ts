/**
 * One-page forms that came with the files of a notice: kept by the page, as the browser gave them, until the campaign that was made
 * of the notice has them as print templates of its registers.
 */
let brought: { campaignId: number; files: readonly File[] } | null = null

/** Keeps the files for the registers of this campaign; those of an earlier notice are forgotten. */
export function bringPapers(campaignId: number, files: readonly File[]): void {
  brought = { campaignId, files }
}

export const papersBrought = (campaignId: number): readonly File[] =>
  brought?.campaignId === campaignId ? brought.files : []
