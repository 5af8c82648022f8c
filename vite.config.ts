// Builds the admin into dist/, and serves it while it is being worked on (`npm run dev`).
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'admin',
  plugins: [react()],
  build: {
    // The last Chromium for Windows 7, and what older 360 and QQ browsers are made of (ARCHITECTURE.md, Decisions).
    target: ['chrome109', 'firefox121'],
    outDir: '../dist',
    // The page behind a QR code is small and open to everybody, the admin is neither.
    rollupOptions: { input: ['index.html', 'verify.html'].map((page) => join(import.meta.dirname, 'admin', page)) },
    // dist/ also keeps the parts of older builds for pages that are still open.
    emptyOutDir: false,
    // The server's content policy allows files of its own only: nothing inline, no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 2_000,
  },
  server: {
    // the guide and its pictures lie beside admin/
    fs: { allow: [import.meta.dirname] },
    proxy: { '/api': `http://127.0.0.1:${process.env.PORT?.trim() || 3000}` },
  },
})
