// A QR code as a small picture that exceljs can place in a sheet.
import makeCode from 'qrcode-generator'

/** Pixels of one module; printed at `side` points they stay crisp. */
const MODULE_PIXELS = 4
const QUIET_MODULES = 4

/** The text as a GIF. Level M survives a fold and a stamp. */
export function codePicture(text: string): Buffer {
  const code = makeCode(0, 'M')
  code.addData(text)
  code.make()
  const url = code.createDataURL(MODULE_PIXELS, QUIET_MODULES * MODULE_PIXELS)
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}
