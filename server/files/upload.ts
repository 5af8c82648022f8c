/** Files out of a multipart request, held in memory up to a named limit; file names in UTF-8 as browsers send them. */
import busboy from 'busboy'
import type { Request } from 'express'
import { badRequest, Refusal } from '../errors.ts'

type UploadedFile = { name: string; type: string; bytes: Buffer }
type UploadedFiles = { files: UploadedFile[]; fields: Record<string, string> }

const MAX_FIELDS = 10
const MAX_FIELD_BYTES = 1000
const MAX_NAME_CHARS = 100
/** What a form adds to its file: other fields, and the words between the parts. */
const MULTIPART_OVERHEAD_BYTES = 64 * 1024

/** A name that PostgreSQL and a page can show: no folders, no control characters. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = name.replace(/^.*[\\/]/s, '').replace(/[\u0000-\u001f\u007f\ufffd]/g, '')
  return clean.slice(-200) || '未命名'
}

/** The one part named `file`, with the fields beside it; refused as by `receiveFiles`. */
export async function receiveFile(
  request: Request,
  maxBytes: number,
): Promise<UploadedFile & Pick<UploadedFiles, 'fields'>> {
  const { files, fields } = await receiveFiles(request, maxBytes, 1)
  return { ...(files[0] as UploadedFile), fields }
}

/**
 * Receives up to `maxFiles` parts named `file`, `maxBytes` in all, after it is known who may send them. Refuses other shapes and
 * more bytes with a sentence, before them where they are announced; never leaves a stream hanging.
 */
export function receiveFiles(request: Request, maxBytes: number, maxFiles: number): Promise<UploadedFiles> {
  const megabytes = Math.round(maxBytes / 1_048_576)
  const tooLarge = new Refusal(413, `文件太大，${maxFiles > 1 ? '加起来' : ''}最多 ${megabytes} MB。`)
  if (Number(request.headers['content-length']) > maxBytes + MULTIPART_OVERHEAD_BYTES) throw tooLarge
  const limits = {
    files: maxFiles,
    fileSize: maxBytes,
    fields: MAX_FIELDS,
    fieldSize: MAX_FIELD_BYTES,
    parts: MAX_FIELDS + maxFiles + 1,
    headerPairs: 50,
  }
  let parser: busboy.Busboy
  try {
    parser = busboy({ headers: request.headers, limits, defParamCharset: 'utf8' })
  } catch {
    throw badRequest('请用表单上传一个文件。')
  }
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>()
    const files: UploadedFile[] = []
    let received = 0
    const refuse = (error: Error) => {
      request.unpipe(parser)
      request.resume()
      reject(error)
    }
    const refuseParts = () =>
      refuse(badRequest(`上传的表单里只应有${maxFiles > 1 ? `最多 ${maxFiles} 个文件` : '一个文件'}和几个短栏目。`))
    request.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > maxBytes + MULTIPART_OVERHEAD_BYTES) refuse(tooLarge)
    })
    parser.on('file', (part, stream, { filename, mimeType }) => {
      stream.on('error', () => refuse(badRequest('文件没有传完，请再传一次。')))
      if (part !== 'file') {
        stream.resume()
        return refuseParts()
      }
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => refuse(tooLarge))
      stream.on('end', () => {
        files.push({ name: cleanName(filename ?? ''), type: mimeType, bytes: Buffer.concat(chunks) })
      })
    })
    parser.on('field', (name, value, { valueTruncated }) => {
      if (valueTruncated || name.length > MAX_NAME_CHARS || fields.has(name)) refuseParts()
      fields.set(name, value)
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(limit, refuseParts)
    parser.on('error', () => refuse(badRequest('文件没有传完，请再传一次。')))
    parser.on('close', () =>
      files.length > 0
        ? resolve({ files, fields: Object.fromEntries(fields) })
        : reject(badRequest('没有收到文件，请选一个文件再上传。')),
    )
    request.on('aborted', () => reject(badRequest('上传中断了，请再传一次。')))
    request.pipe(parser)
  })
}
