/** Everybody who can log in: for the page of users, and for the names in the history. */
import { useGetList } from 'react-admin'
import type { User } from '../../../server/people/users.ts'

const MAX_SHOWN = 1000

export const useUsers = (enabled: boolean) =>
  useGetList<User>(
    'users',
    { pagination: { page: 1, perPage: MAX_SHOWN }, sort: { field: 'id', order: 'ASC' }, filter: {} },
    { enabled },
  )
