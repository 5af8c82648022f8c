/** Every route and middleware, in the order in which a request meets them. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Express, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import { readBody, refuseNul } from './bodies.ts'
import { designRoutes } from './campaigns/designs/routes.ts'
import { impersonationRoutes } from './campaigns/impersonation.ts'
import { packageRoutes } from './campaigns/packages/routes.ts'
import { campaignRoutes } from './campaigns/routes.ts'
import { yearRoutes } from './campaigns/years/routes.ts'
import type { Database } from './database/connection.ts'
import { errorHandler, notFound, Refusal } from './errors.ts'
import { fileRoutes } from './files/routes.ts'
import { filingRoutes, verifyRoutes } from './filings/routes.ts'
import { importRoutes } from './imports/routes.ts'
import { type LiveServer, liveRoutes, openLive } from './live/routes.ts'
import { openapiRoutes } from './openapi/routes.ts'
import { operationRoutes } from './operations/routes.ts'
import { reportRoutes } from './papers/progress.ts'
import { exportRoutes } from './papers/routes.ts'
import { needSession, readSession, sessionRoutes } from './people/sessions.ts'
import { userRoutes } from './people/users.ts'
import { printRoutes } from './prints/print_routes.ts'
import { printTemplateRoutes } from './prints/routes.ts'
import { proposalRoutes } from './proposals/routes.ts'
import { recordRoutes } from './records/routes.ts'
import { viewRoutes } from './records/saved_views.ts'
import { summaryRoutes } from './records/summaries.ts'
import { workRoutes } from './works/routes.ts'

/** The answer of GET /demo: who can log in, and with which password. */
export type Demo = {
  password: string
  accounts: { username: string; name: string; role: string; unit: string | null }[]
}

type AppOptions = {
  database: Database
  /** Origins of our own pages, never what a request says of itself; the first is printed on papers. */
  public_urls: readonly string[]
  /** Addresses, networks or 'loopback': only these say truly whom they ask for (X-Forwarded-For). */
  proxies?: readonly string[]
  /** Told on the login page; in the demonstration only. */
  demo?: Demo
  /** Live changes; who passes it in closes it. */
  live?: LiveServer
  /** Folder of the built admin; without it only the API is served. */
  dist?: string
}

/** Every request has an id, sent with each error and stored with each change. */
const numbered: RequestHandler = (_request, response, next) => {
  response.locals.request_id = randomUUID()
  response.locals.nonce = randomUUID()
  response.set('X-Request-Id', response.locals.request_id)
  next()
}

const policy = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'style-src': ["'self'", (_request, response) => `'nonce-${(response as Response).locals.nonce}'`],
      // Widths and positions of bars, cells and popovers are style attributes.
      'style-src-attr': ["'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'media-src': ["'self'", 'blob:'],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  // Whether there is TLS at all is the reverse proxy's business.
  strictTransportSecurity: false,
})

/** A page of another site may not make a browser write here. */
const sameOrigin =
  (publicUrls: readonly string[]): RequestHandler =>
  (request, _response, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next()
    if (!publicUrls.includes(request.headers.origin ?? ''))
      throw new Refusal(403, `这个请求不是从本系统的页面发出的（Origin 不符），请从 ${publicUrls[0]} 打开本系统。`)
    const hasBody =
      Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined
    if (hasBody && !request.is(['application/json', 'multipart/form-data']))
      throw new Refusal(415, '请求应是 JSON 或文件表单。')
    next()
  }

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

function api({ database, public_urls, demo, live = openLive(database) }: AppOptions) {
  const router = express.Router()
  router.use(noStore, sameOrigin(public_urls), readSession(public_urls), refuseNul, readBody(database))
  router.get('/demo', (_request, response) => {
    if (!demo) throw notFound()
    response.json(demo)
  })
  router.use(sessionRoutes(database, public_urls))
  router.use(verifyRoutes(database, public_urls))
  router.use(needSession)
  router.use(impersonationRoutes(database))
  router.use(userRoutes(database))
  router.use(packageRoutes(database))
  router.use(campaignRoutes(database))
  router.use(proposalRoutes(database))
  router.use(printTemplateRoutes(database))
  router.use(printRoutes(database))
  router.use(yearRoutes(database))
  router.use(designRoutes(database))
  router.use(fileRoutes(database))
  router.use(workRoutes(database))
  router.use(importRoutes(database))
  router.use(filingRoutes(database, public_urls))
  router.use(operationRoutes(database))
  router.use(openapiRoutes(database))
  router.use(exportRoutes(database))
  router.use(viewRoutes(database))
  router.use(summaryRoutes(database))
  router.use(liveRoutes(database, live))
  router.use(reportRoutes(database))
  router.use(recordRoutes(database))
  router.use(() => {
    throw notFound('没有这个地址。')
  })
  return router
}

/** The built admin: hashed assets for ever, the page itself fresh, with this answer's nonce for its styles. */
function admin(dist: string) {
  const router = express.Router()
  const page = (name: string) => readFileSync(join(dist, name), 'utf8')
  const [whole, verify] = [page('index.html'), page('verify.html')]
  router.use('/assets', express.static(join(dist, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }))
  router.use(express.static(dist, { index: false, maxAge: '1h' }))
  router.get('/verify{/*path}', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('html').send(verify)
  })
  router.get('/{*path}', (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(whole.replaceAll('__CSP_NONCE__', response.locals.nonce))
  })
  return router
}

/** The application: API under /api, health, and the admin where it was built. */
export function createApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', options.proxies ?? [])
  app.set('query parser', 'simple')
  app.set('etag', false)
  app.use(numbered, policy)
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true })
  })
  app.get('/readyz', async (_request, response) => {
    const ready = await options.database.isReady()
    response.status(ready ? 200 : 503).json({ ok: ready })
  })
  app.use('/api', api(options))
  if (options.dist && existsSync(join(options.dist, 'index.html'))) app.use(admin(options.dist))
  app.use(() => {
    throw notFound('没有这个地址。')
  })
  app.use(errorHandler(() => options.database.definitions.of()))
  return app
}
