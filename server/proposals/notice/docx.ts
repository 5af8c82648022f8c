// Reading a Word document: its paragraphs and tables as a reader sees them. The same guarded zip and scan that read workbooks
// (workbook/zip.ts, xml.ts) and not a library: mammoth unpacks without limits, makes HTML of which a cell's place has to be
// guessed back, and loses which lines are the 目录 and which stand in a text box.
import { LIMITS, type Limits } from '../../workbook/limits.ts'
import { scanPart } from '../../workbook/xml.ts'
import { openPackage, type Package } from '../../workbook/zip.ts'
import type { Block } from './document.ts'
import { documentReader } from './document_reader.ts'
import { asDocument, refusedDocument } from './refused_document.ts'

const DOCUMENT_LIMITS: Limits = {
  ...LIMITS,
  file_bytes: 20 * 1024 * 1024,
  part_bytes: 48 * 1024 * 1024,
  unpacked_bytes: 64 * 1024 * 1024,
  /** Text boxes stand deep in drawings in paragraphs in cells. */
  depth: 200,
}

/** The main part of a package by its relations, with what kind of document the content types say it is. */
async function mainPart(zip: Package): Promise<{ part: string; type: string }> {
  let part = ''
  const types = new Map<string, string>()
  const relations = zip.parts.get('_rels/.rels')
  const contents = zip.parts.get('[content_types].xml')
  if (!relations || !contents) throw refusedDocument('not_a_workbook')
  await scanPart(
    zip.unpack(relations),
    {
      open: (name, raw) => {
        if (name !== 'Relationship' || !/\/officeDocument"/.test(raw)) return
        part = (/Target\s*=\s*"([^"]*)"/.exec(raw)?.[1] ?? '').replace(/^\/+/, '').toLowerCase()
      },
      close: () => {},
    },
    DOCUMENT_LIMITS,
  )
  await scanPart(
    zip.unpack(contents),
    {
      open: (name, raw) => {
        const at = /PartName\s*=\s*"\/?([^"]*)"/.exec(raw)?.[1]?.toLowerCase()
        if (name === 'Override' && at !== undefined) types.set(at, /ContentType\s*=\s*"([^"]*)"/.exec(raw)?.[1] ?? '')
      },
      close: () => {},
    },
    DOCUMENT_LIMITS,
  )
  return { part, type: types.get(part) ?? '' }
}

/**
 * Reads a document held in memory into blocks. Throws `WorkbookRefused` with a sentence where it is none, damaged, locked, old,
 * too large, or holds macros or entities.
 */
export async function readDocx(bytes: Buffer, tablePrefix: string): Promise<Block[]> {
  try {
    if (bytes.length > DOCUMENT_LIMITS.file_bytes) throw refusedDocument('too_large')
    const zip = await openPackage(bytes, DOCUMENT_LIMITS)
    const { part, type } = await mainPart(zip)
    const holdsMacros =
      /macroEnabled/i.test(type) || [...zip.parts.keys()].some((name) => name.endsWith('vbaproject.bin'))
    if (holdsMacros) throw refusedDocument('unsafe')
    const main = zip.parts.get(part)
    if (!main || !type.includes('wordprocessingml')) throw refusedDocument('not_a_workbook')
    const reader = documentReader(tablePrefix)
    await scanPart(zip.unpack(main), reader.handlers, DOCUMENT_LIMITS)
    const blocks = reader.blocks()
    if (blocks.length === 0) throw refusedDocument('empty')
    return blocks
  } catch (error) {
    throw asDocument(error)
  }
}
