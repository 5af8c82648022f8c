/** The work itself, large: pictures, a pair of old and new, video, audio; else the link. Nothing here can be edited. */

import { useState } from 'react'
import type { Attachment } from '../../../server/forms/index.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { api } from '../../http.ts'
import { Button, ButtonHref } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import css from './Media.module.css'

type MediaKind = 'picture' | 'video' | 'audio' | 'other'

const kinds: Record<string, MediaKind> = {
  jpg: 'picture',
  jpeg: 'picture',
  png: 'picture',
  gif: 'picture',
  webp: 'picture',
  mp4: 'video',
  webm: 'video',
  mp3: 'audio',
  m4a: 'audio',
}

const kindOf = (file: Attachment): MediaKind => kinds[file.name.split('.').pop()?.toLowerCase() ?? ''] ?? 'other'
const addressOf = (file: Attachment) => `${api}/files/${file.id}`
const wordsOf = (file: Attachment) => file.part ?? file.name

/** The two pictures that a collection wants compared: those in its needed slots, where it has two. */
function pairOf(files: readonly Attachment[], needed: readonly string[]): Attachment[] {
  if (needed.length !== 2) return []
  const pair = needed.flatMap((slot) => files.find(({ part }) => part === slot) ?? [])
  return pair.length === 2 && pair.every((file) => kindOf(file) === 'picture') ? pair : []
}

/** `collection` says in which slots files lie, and in which order. `url` is offered where there is no file to show; the address itself is not printed here, jurors see this too. */
export function Media({
  files,
  url,
  title,
  collection,
}: {
  collection: StoredRow | undefined
  files: readonly Attachment[] | null | undefined
  url: string | null | undefined
  title: string
}) {
  const [chosen, setChosen] = useState(0)
  const slots = (collection?.slots ?? []) as string[]
  const all = [...(files ?? [])].sort((a, b) => slots.indexOf(a.part ?? '') - slots.indexOf(b.part ?? ''))
  const pair = pairOf(all, (collection?.needed_slots ?? []) as string[])
  const isPair = pair.length > 0
  const rest = all.filter((file) => !pair.includes(file))
  const playable = rest.filter((file) => kindOf(file) !== 'other')
  const others = rest.filter((file) => kindOf(file) === 'other')
  const large = isPair ? undefined : (playable[chosen] ?? playable[0])
  const nothing = !isPair && !large
  return (
    <div className={css.media}>
      {isPair && (
        <div className={css.pair}>
          {pair.map((file) => (
            <figure key={file.id}>
              <Shown file={file} title={title} />
              <figcaption>{file.part}</figcaption>
            </figure>
          ))}
        </div>
      )}
      {large && (
        <figure>
          <Shown key={large.id} file={large} title={title} />
        </figure>
      )}
      {nothing && <Elsewhere url={url} hasFiles={others.length > 0} />}
      {playable.length > (isPair ? 0 : 1) && (
        <fieldset className={css.parts}>
          <legend className="unseen">作品的文件</legend>
          {playable.map((file, at) =>
            isPair ? (
              <Download key={file.id} file={file} />
            ) : (
              <Button key={file.id} aria-pressed={file === large} onClick={() => setChosen(at)}>
                {wordsOf(file)} {at + 1}
              </Button>
            ),
          )}
        </fieldset>
      )}
      {others.length > 0 && (
        <p className={css.parts}>
          {others.map((file) => (
            <Download key={file.id} file={file} />
          ))}
        </p>
      )}
    </div>
  )
}

function Download({ file }: { file: Attachment }) {
  return (
    <ButtonHref icon="file" href={addressOf(file)} target="_blank" rel="noreferrer">
      {file.part && `${file.part}　`}
      {file.name}
    </ButtonHref>
  )
}

function Shown({ file, title }: { file: Attachment; title: string }) {
  const [failed, setFailed] = useState(false)
  const kind = kindOf(file)
  const label = `${title}，${wordsOf(file)}`
  if (failed)
    return (
      <p className={css.blank}>
        <span>这个文件在这里放不出来，可以下载后看。</span>
        <Download file={file} />
      </p>
    )
  if (kind === 'picture') return <img src={addressOf(file)} alt={label} onError={() => setFailed(true)} />
  const fail = () => setFailed(true)
  return kind === 'audio' ? (
    // biome-ignore lint/a11y/useMediaCaption: works come without captions
    <audio src={addressOf(file)} controls preload="metadata" aria-label={label} onError={fail} />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: works come without captions
    <video src={addressOf(file)} controls preload="metadata" aria-label={label} onError={fail} />
  )
}

const isWeb = (url: string) => /^https?:\/\//i.test(url)

function Elsewhere({ url, hasFiles }: { url: string | null | undefined; hasFiles: boolean }) {
  if (!url)
    return (
      <p className={css.blank}>
        <Icon name="file" />
        <span>{hasFiles ? '这个作品的文件要下载后看。' : '这个作品没有文件，也没有链接。'}</span>
      </p>
    )
  return (
    <p className={css.blank}>
      <Icon name="play" />
      <span>{hasFiles ? '文件要下载后看，作品另有链接。' : '这个作品没有上传文件，在平台上看。'}</span>
      {isWeb(url) && (
        <ButtonHref href={url} target="_blank" rel="noreferrer">
          打开作品
        </ButtonHref>
      )}
    </p>
  )
}
