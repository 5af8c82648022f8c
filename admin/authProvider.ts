/** Logging in and out by the session cookie; the identity is the whole answer of GET /api/me. */
import type { AuthProvider } from 'react-admin'
import { get, post } from './http.ts'
import type { Me } from './me.ts'

/** react-admin's words for what one does to a resource, in ours. */
const rightFor: Record<string, 'read' | 'create' | 'update' | 'remove' | 'export'> = {
  list: 'read',
  show: 'read',
  create: 'create',
  edit: 'update',
  delete: 'remove',
  export: 'export',
}

let known: Promise<Me> | undefined

/** Asked once, then remembered until somebody logs in, logs out or changes the password. */
function whoAmI(): Promise<Me> {
  known ??= get('/me') as Promise<Me>
  known.catch(() => {
    known = undefined
  })
  return known
}

/** After a change of what /api/me says. */
export const forgetMe = () => {
  known = undefined
}

export const authProvider: AuthProvider = {
  async login({ username, password }) {
    const me = (await post('/login', { username, password })) as Me
    known = Promise.resolve(me)
  },
  async logout() {
    forgetMe()
    await post('/logout').catch(() => undefined)
  },
  async checkAuth() {
    await whoAmI()
  },
  // 401 is answered by the dialog over the page (SessionOver): nothing typed is lost. 403 is a sentence, not an exit.
  async checkError() {},
  async getIdentity() {
    const me = await whoAmI()
    return { ...me, fullName: me.name }
  },
  /** What stock pages and buttons ask before they show themselves; what is no form decides for itself. */
  async canAccess({ resource, action }) {
    const right = rightFor[action]
    const rights = (await whoAmI()).forms[resource]
    return !right || !rights || rights[right]
  },
  async getPermissions() {
    return (await whoAmI()).forms
  },
}
