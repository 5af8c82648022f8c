/** What a page is narrowed to stands in its address: it can be sent to a colleague, and 返回 finds it again. */
import { useCallback, useMemo } from 'react'
import { useLocation, useNavigate } from 'react-admin'

export type Address = Readonly<Record<string, string | undefined>>

/** The parameters of the address, and a setter that leaves the others as they are; '' takes one away. */
export function useAddress(): [Address, (changes: Record<string, string>) => void] {
  const { pathname, search } = useLocation()
  const navigate = useNavigate()
  const address = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search])
  const change = useCallback(
    (changes: Record<string, string>) => {
      const next = Object.entries({ ...address, ...changes }).filter(([, value]) => value !== '')
      const query = new URLSearchParams(next).toString()
      navigate(query ? `${pathname}?${query}` : pathname, { replace: true })
    },
    [address, navigate, pathname],
  )
  return [address, change]
}
