/** Starts the admin: styles with the page's nonce, the theme mirrored on <html>, and the app. */
// First, so that whatever stands beside a component wins over what is true of all pages.
import './tokens.css'
import './base.css'
import createCache from '@emotion/cache'
import { CacheProvider } from '@emotion/react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
// Before our own style sheets, so that a class of ours wins over one of MUI's.
const cache = createCache({ key: 'css', nonce, prepend: true })

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <CacheProvider value={cache}>
      <App />
    </CacheProvider>,
  )
}
