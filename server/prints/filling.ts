/** What goes into the blanks of one paper, and what all writers of papers share. */
import { inOneLine } from '../proposals/notice/document.ts'

/** A picture as it is kept, with its size in pixels. */
export type PrintPicture = { bytes: Uint8Array; type: 'image/png' | 'image/jpeg'; width: number; height: number }

/** What stands in each blank of one paper, by its place; of choices the words that are ticked, parted by 、. */
export type Filling = { values: Record<string, string>; pictures: Record<string, PrintPicture> }

const UNWRITABLE = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff\ue8f0\ue8f1]/gu

/** A value as it may stand in a paper: nothing that XML can't hold, and never more than text. */
export const writable = (text: string): string => text.replace(UNWRITABLE, '').replace(/\r\n?/g, '\n')

/** Whether the box with these words is one of those that are ticked. */
export function isChosen(choice: string, value: string): boolean {
  const wanted = value.split(/[、,，;；]/).map(inOneLine)
  return wanted.includes(choice)
}

const widthOf = (text: string): number => [...text].reduce((sum, sign) => sum + (sign > 'ÿ' ? 2 : 1), 0)

/** A value in the room it was left, so that what follows in the line stays where it is. */
export function inRoom(value: string, room: string, isLast: boolean): string {
  const missing = isLast ? 0 : Math.max(2, widthOf(room) - widthOf(value))
  return value + '　'.repeat(Math.floor(missing / 2))
}

/** A picture's size where it must not be larger than this, in the same unit. */
export function fitted({ width, height }: PrintPicture, most: { width: number; height: number }) {
  const scale = Math.min(most.width / Math.max(1, width), most.height / Math.max(1, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
