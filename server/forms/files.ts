/** What may be uploaded: the kind of each type of file, as collections choose it, and its ending. app.kinds_of_file is the twin. */

const fileTypes: Readonly<Record<string, readonly [kind: string, ending: string]>> = {
  'image/jpeg': ['图片', 'jpg'],
  'image/png': ['图片', 'png'],
  'image/gif': ['图片', 'gif'],
  'image/webp': ['图片', 'webp'],
  'video/mp4': ['视频', 'mp4'],
  'video/webm': ['视频', 'webm'],
  'audio/mpeg': ['音频', 'mp3'],
  'audio/mp4': ['音频', 'm4a'],
  'application/pdf': ['文档', 'pdf'],
  'text/plain': ['文档', 'txt'],
  'application/msword': ['文档', 'doc'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['文档', 'docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['文档', 'xlsx'],
}

/** What a collection may ask for: whole kinds, or endings. */
export const fileKinds: readonly string[] = [...new Set(Object.values(fileTypes).flatMap(([kind]) => kind))].concat(
  Object.values(fileTypes).map(([, ending]) => ending),
)

/** 图片 and jpg of image/jpeg; none of what can't be uploaded. */
export const kindsOfFile = (type: string): readonly string[] => fileTypes[type] ?? []

export const BYTES_A_MB = 1_048_576

/** What a collection says of files. */
export type FileLimits = { file_kinds?: readonly string[] | null; max_file_mb?: number | null }

/** Why a file is none that the limits let in; undefined where it is. Size in bytes. */
export function fileFault(
  { name, type, size }: { name: string; type: string; size: number },
  { file_kinds: kinds, max_file_mb: most }: FileLimits,
): string | undefined {
  const own = kindsOfFile(type)
  if (kinds && kinds.length > 0 && !own.some((kind) => kinds.includes(kind)))
    return `这里只收${kinds.join('、')}，“${name}”是 ${own[1] ?? '别的文件'}。`
  if (most && size > most * BYTES_A_MB)
    return `“${name}”有 ${(size / BYTES_A_MB).toFixed(1)} MB，这里一个文件最多 ${most} MB。`
  return undefined
}
