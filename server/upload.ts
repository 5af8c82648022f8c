/** One file out of a multipart request, held in memory up to a named limit; file names in UTF-8 as browsers send them. */
import busboy from 'busboy'
import type { Request } from 'express'
import { badRequest, Refusal } from './errors.ts'

export type Upload = { name: string; type: string; bytes: Buffer; fields: Record<string, string> }

/** Receives the part named `file`. Refuses other shapes and more than `maxBytes` with a sentence; never leaves a stream hanging. */
export function receiveFile(request: Request, maxBytes: number): Promise<Upload> {
  const limits = { files: 1, fileSize: maxBytes, fields: 10, fieldSize: 1000, parts: 12, headerPairs: 50 }
  let parser: busboy.Busboy
  try {
    parser = busboy({ headers: request.headers, limits, defParamCharset: 'utf8' })
  } catch {
    throw badRequest('请用表单上传一个文件。')
  }
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {}
    let upload: Omit<Upload, 'fields'> | undefined
    const refuse = (error: Error) => {
      request.unpipe(parser)
      request.resume()
      reject(error)
    }
    parser.on('file', (part, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => refuse(new Refusal(413, `文件太大，最多 ${Math.round(maxBytes / 1_048_576)} MB。`)))
      stream.on('error', () => refuse(badRequest('文件没有传完，请再传一次。')))
      stream.on('end', () => {
        if (part === 'file')
          upload = { name: (filename ?? '').slice(-200) || '未命名', type: mimeType, bytes: Buffer.concat(chunks) }
      })
    })
    parser.on('field', (name, value) => {
      fields[name] = value
    })
    parser.on('error', () => refuse(badRequest('文件没有传完，请再传一次。')))
    parser.on('close', () =>
      upload ? resolve({ ...upload, fields }) : reject(badRequest('没有收到文件，请选一个文件再上传。')),
    )
    request.on('aborted', () => reject(badRequest('上传中断了，请再传一次。')))
    request.pipe(parser)
  })
}
