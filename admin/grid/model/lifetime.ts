/** The time a list is on the page: it begins, is let go with nothing typed lost, and may be begun again meanwhile. */

import type { Core } from './core.ts'
import type { Editor } from './editing.ts'
import type { Gestures } from './gestures.ts'
import type { KeepingLater, LiveLater } from './onDemand.ts'

type LifetimeParts = { gestures: Gestures; editor: Editor; live: LiveLater; keeping: KeepingLater }

export function createLifetime({ rows, saver }: Core, { gestures, editor, live, keeping }: LifetimeParts) {
  let starts = 0

  return {
    start() {
      starts += 1
      saver.start()
      live.start()
      rows.windows.want(0, 0)
      void keeping.start()
    },
    /** Sends what can be sent and then stops, unless it was started again meanwhile. What is kept needs nobody to wait. */
    leave() {
      const mine = starts
      editor.commit()
      live.stop()
      void Promise.all(editor.late())
        .then(() => (keeping.works() ? saver.tried() : saver.idle()))
        .then(async () => {
          if (mine !== starts) return
          rows.windows.stop()
          saver.stop()
          await keeping.finish()
        })
    },
    /** Closes the editor; resolves when everything that can be stored is stored. */
    async flush() {
      editor.commit()
      await Promise.all(editor.late())
      await gestures.settled()
      await saver.idle()
    },
    /** Answers that cells wait for. */
    late: () => editor.late(),
    hasUnsaved: () =>
      rows.edits.size > 0 || (editor.current()?.dirty ?? false) || editor.late().length > 0 || saver.waiting() > 0,
  }
}
