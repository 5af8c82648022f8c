/** Passwords: kept as argon2id, made for people to read out, and refused where they would be guessed. */
import { randomBytes } from 'node:crypto'
import { hash } from '@node-rs/argon2'

const MIN_PASSWORD_CHARS = 8
const MAX_PASSWORD_CHARS = 128

/** argon2id, as OWASP has it: 19 MiB, two passes. */
export const hashPassword = (password: string) => hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

/** A password one can read out over the phone: no letters that look alike. */
export function makePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from(randomBytes(12), (byte) => letters[byte % letters.length]).join('')
}

/** Words everybody here knows. */
const ours = ['haowangmin', 'wangmin', 'gonghui', 'taizhang', 'anhui', '好网民', '台账', '工会']

let known: Promise<ReadonlySet<string>> | undefined
/** The fifty thousand passwords tried first, in small letters; unpacked when the first password is chosen. */
const commonOnes = () => {
  known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']))
  return known
}

/** What is left of a password without its own account's name and the words everybody knows. */
function besides(password: string, username: string): string {
  const names = username.toLowerCase().split(/[^a-z]+/)
  const words = [username.toLowerCase().replace(/[^a-z0-9]/g, ''), ...names, ...ours].filter((each) => each.length > 1)
  const inOrder = words.sort((one, other) => other.length - one.length)
  return inOrder.reduce((left, word) => left.replaceAll(word, ' '), password.replace(/[^\p{L}\p{N}]/gu, ''))
}

/** Why this password would be guessed, as a sentence; undefined where it would not. */
export async function passwordFault(password: unknown, username = ''): Promise<string | undefined> {
  if (typeof password !== 'string' || password.length < MIN_PASSWORD_CHARS) return `密码至少 ${MIN_PASSWORD_CHARS} 位。`
  if (password.length > MAX_PASSWORD_CHARS) return `密码最多 ${MAX_PASSWORD_CHARS} 位。`
  if (new Set(password).size < 4) return '密码太简单，请多用几种字符。'
  if (/^\d+$/.test(password)) return '密码不能只有数字：生日、电话和连号都容易猜到。'
  const small = password.normalize('NFKC').toLowerCase()
  if (besides(small, username).replace(/[^\p{L}]/gu, '').length < 3) return '密码和用户名或系统的名称太像，请换一个。'
  const common = await commonOnes()
  // a common one with a year or a mark around it is tried next
  if (common.has(small) || common.has(small.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')))
    return '这个密码太常见，一猜就中。请换一个，比如几个不相干的词连在一起。'
  return undefined
}
