/** Leaving a grid with cells that are not stored: asked first, with the truth about where they are. */
import type { RefObject } from 'react'
import { useBlocker } from 'react-admin'
import type { GridHandle, Status } from '../../grid/index.ts'
import { Ask } from '../../parts/Ask.tsx'

/** Shown while anything is unsaved. Only another page is asked about; a change of the view in the address is none. */
export function Leaving({ grid, status }: { grid: RefObject<GridHandle | null>; status: Status }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && (grid.current?.stuck() ?? 0) > 0,
  )
  if (blocker.state !== 'blocked') return null
  const stay = () => {
    blocker.reset?.()
    grid.current?.focus()
  }
  const cells = grid.current?.stuck() ?? 0
  return (
    <Ask title={`还有 ${cells} 格没有保存`} verb="离开" onGo={() => blocker.proceed?.()} onClose={stay}>
      <p className="soft">
        {status.kept ? '它们已存在本机，下次打开这张表时还在，可以接着改。' : '它们没能存在本机，离开以后就没有了。'}
      </p>
    </Ask>
  )
}
