/** A work itself: picture, film, sound, or what else was sent; the same for hosts and jurors. */
import type { Attachment } from '../../server/forms/index.ts'
import type { StoredRow } from '../dataProvider.ts'
import { Icon } from './icons.tsx'

const kinds = { picture: /\.(jpe?g|png|gif|webp)$/i, film: /\.(mp4|webm)$/i, sound: /\.(mp3|m4a)$/i }

function One({ file }: { file: Attachment }) {
  const address = `/api/files/${file.id}`
  if (kinds.picture.test(file.name)) return <img src={address} alt={file.part ?? '作品'} />
  if (kinds.film.test(file.name))
    // biome-ignore lint/a11y/useMediaCaption: works are sent without captions
    return <video src={address} controls preload="metadata" />
  // biome-ignore lint/a11y/useMediaCaption: works are sent without captions
  if (kinds.sound.test(file.name)) return <audio src={address} controls preload="metadata" />
  return (
    <a href={address} target="_blank" rel="noreferrer">
      <Icon name="file" /> {file.part ?? '打开文件'}
    </a>
  )
}

/** `blind` hides file names and addresses, which may name a city. */
export function Media({ row, blind = false }: { row: StoredRow; blind?: boolean }) {
  const files = (row.files ?? []) as Attachment[]
  const url = typeof row.url === 'string' ? row.url : null
  return (
    <>
      {files.length > 0 ? (
        <div className={files.length > 1 ? 'media several' : 'media'}>
          {files.map((file) => (
            <figure key={file.id}>
              <One file={file} />
              {!blind && files.length > 1 && <figcaption>{file.part ?? file.name}</figcaption>}
            </figure>
          ))}
        </div>
      ) : (
        <div className="media none">
          <Icon name="play" />
          {url ? (
            <a href={url} target="_blank" rel="noreferrer">
              到平台上看这件作品
            </a>
          ) : (
            '没有上传文件，也没有平台链接'
          )}
        </div>
      )}
      {files.length > 0 && url && (
        <p>
          <a href={url} target="_blank" rel="noreferrer">
            平台链接
          </a>
        </p>
      )}
    </>
  )
}

/** 102 → 1 分 42 秒. */
export function duration(seconds: unknown): string {
  if (typeof seconds !== 'number') return ''
  const minutes = Math.floor(seconds / 60)
  return minutes ? `${minutes} 分${seconds % 60 ? ` ${seconds % 60} 秒` : ''}` : `${seconds} 秒`
}

export type Score = {
  juror: number
  theme: number
  craft: number
  appeal: number
  total: number
  opinion: string | null
  mine: boolean
}

/** What jurors judge, and its weight in the total. */
export const parts = [
  { name: 'theme', label: '主题', weight: 40 },
  { name: 'craft', label: '制作', weight: 30 },
  { name: 'appeal', label: '感染力', weight: 30 },
] as const
