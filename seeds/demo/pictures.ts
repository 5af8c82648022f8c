// Drawn pictures for photographs: a few scenes of the river plain, as PNG. They need no camera, show nobody and are the
// same everywhere.
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

const WIDTH_PX = 600
const HEIGHT_PX = 400
const HORIZON_PX = 270
const BANDS = 24

type Colour = readonly [red: number, green: number, blue: number]
type Scene = { top: Colour; low: Colour; sun: readonly [x: number, y: number, radius: number]; silhouette: Silhouette }
/** True where something stands before the sky. */
type Silhouette = (x: number, y: number) => boolean

/** Columns of buildings, 40 pixels wide, with gaps. */
const skyline =
  (heights: readonly number[]): Silhouette =>
  (x, y) =>
    y > HORIZON_PX - (heights[Math.floor(x / 40) % heights.length] ?? 0) && x % 40 > 5
const near = (distance: number, limit: number) => Math.abs(distance) <= limit

const crane: Silhouette = (x, y) =>
  (near(x - 400, 5) && y > 70) ||
  (near(y - 86, 4) && x > 210 && x < 500) ||
  (near(x - 250, 1) && y > 86 && y < 170) ||
  (x > 180 && x < 340 && y > 190 && (x % 32 < 6 || y % 34 < 6))
const chimneys: Silhouette = (x, y) =>
  [120, 200, 470].some((at, i) => near(x - at, 14 - (HORIZON_PX - y) / 30) && y > 90 + i * 40) ||
  (x > 230 && x < 440 && y > 200 + ((x * 3) % 40) / 4)
const bridge: Silhouette = (x, y) => {
  const away = Math.abs(x - 300)
  const cable = away < 120 ? 215 - 130 * (away / 120) ** 2 : 85 + (away - 120) * 2
  return near(y - 232, 5) || (near(away - 120, 7) && y > 80) || near(y - cable, 3)
}
const houses: Silhouette = (x, y) => {
  const [in_house, number] = [x % 100, Math.floor(x / 100)]
  const roof = 232 - (number % 2) * 14 + Math.abs(in_house - 45) * 0.7
  return in_house > 8 && in_house < 82 && y > roof
}
const furnace: Silhouette = (x, y) => ((x - 300) / (60 + (y - 120) * 0.35)) ** 2 < 1 && y > 110
const towers = skyline([60, 150, 110, 200, 90, 170, 130, 70, 190, 120, 160, 50])
const town = skyline([90, 110, 60, 140, 100, 80, 120])

const scenes: readonly Scene[] = [
  { top: [38, 58, 96], low: [246, 188, 120], sun: [150, 240, 34], silhouette: crane },
  { top: [96, 150, 200], low: [226, 236, 240], sun: [470, 80, 26], silhouette: bridge },
  { top: [60, 40, 70], low: [240, 130, 80], sun: [330, 230, 40], silhouette: chimneys },
  { top: [20, 28, 60], low: [70, 90, 140], sun: [480, 70, 20], silhouette: towers },
  { top: [120, 176, 210], low: [244, 240, 220], sun: [100, 90, 30], silhouette: town },
  { top: [70, 20, 20], low: [250, 160, 70], sun: [300, 180, 30], silhouette: furnace },
]
const sepia = { top: [150, 130, 104] as Colour, low: [226, 210, 180] as Colour, sun: [-90, 0, 1] as const }
const oldScene: Scene = { ...sepia, silhouette: houses }
const newScenes: readonly Scene[] = [scenes[4], scenes[1], scenes[3]].flatMap((scene) => scene ?? [])

const mix = (a: Colour, b: Colour, share: number): Colour => [
  Math.round(a[0] + (b[0] - a[0]) * share),
  Math.round(a[1] + (b[1] - a[1]) * share),
  Math.round(a[2] + (b[2] - a[2]) * share),
]

/** Sky in bands, sun, two rows of hills, what stands before them, and the river in which the sky lies darker. */
function paletteOf({ top, low }: Scene): Colour[] {
  const sky = Array.from({ length: BANDS }, (_, i) => mix(top, low, i / (BANDS - 1)))
  const shade: Colour = mix(top, [20, 24, 30], 0.55)
  return [
    ...sky,
    mix(low, [255, 250, 230], 0.7),
    mix(low, shade, 0.35),
    mix(low, shade, 0.6),
    mix(shade, [0, 0, 0], 0.35),
  ]
}
const [sunColour, farHill, nearHill, dark] = [BANDS, BANDS + 1, BANDS + 2, BANDS + 3]

function colourAt({ sun, silhouette }: Scene, x: number, y: number): number {
  const mirrored = y > HORIZON_PX
  const height_y = mirrored ? HORIZON_PX - (y - HORIZON_PX) * 1.6 : y
  const wave = mirrored ? Math.round(Math.sin(y * 0.9 + x * 0.03) * 3) : 0
  const at = x + wave
  if (!mirrored && y > HORIZON_PX - 4) return dark
  if (silhouette(at, height_y)) return dark
  if (height_y > 236 + 16 * Math.sin(at / 52 + 1)) return nearHill
  if (height_y > 204 + 26 * Math.sin(at / 90)) return farHill
  if ((at - sun[0]) ** 2 + (height_y - sun[1]) ** 2 < sun[2] ** 2) return sunColour
  return Math.max(0, Math.min(BANDS - 1, Math.floor((height_y / HORIZON_PX) * BANDS)))
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function draw(scene: Scene): Buffer {
  const pixels = Buffer.alloc((WIDTH_PX + 1) * HEIGHT_PX)
  for (let y = 0; y < HEIGHT_PX; y++)
    for (let x = 0; x < WIDTH_PX; x++) pixels[y * (WIDTH_PX + 1) + 1 + x] = colourAt(scene, x, y)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(WIDTH_PX, 0)
  head.writeUInt32BE(HEIGHT_PX, 4)
  head.set([8, 3], 8) // eight bits a pixel, by palette
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(paletteOf(scene).flat())),
    chunk('IDAT', deflateSync(pixels, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A file as the table `files` keeps it, but for its unit and name. */
export type Picture = { type: string; size: number; sha256: string; content: string }

const asFile = (png: Buffer): Picture => ({
  type: 'image/png',
  size: png.length,
  sha256: createHash('sha256').update(png).digest('hex'),
  content: `\\x${png.toString('hex')}`,
})

/** All pictures there are; drawn once a load. */
export const drawPictures = () => ({
  photographs: scenes.map((scene) => asFile(draw(scene))),
  old: asFile(draw(oldScene)),
  present: newScenes.map((scene) => asFile(draw(scene))),
})
export type Pictures = ReturnType<typeof drawPictures>
