import { queryOptions } from '@tanstack/react-query'
import type { SavedKind } from '../../../src/ui-api/wire/saved-object.ts'
import { listObjects, loadNames, loadObject } from '../data/api.ts'

export const objectsQuery = (kind: SavedKind) => queryOptions({ queryKey: ['objects', kind], queryFn: () => listObjects(kind) })

export const dashboardQuery = (id: string) =>
  queryOptions({ queryKey: ['object', 'dashboard', id], queryFn: () => loadObject('dashboard', id), retry: false })

export const dataViewQuery = (id: string) =>
  queryOptions({ queryKey: ['object', 'data_view', id], queryFn: () => loadObject('data_view', id), retry: false })

export const searchQuery = (id: string) =>
  queryOptions({ queryKey: ['object', 'search', id], queryFn: () => loadObject('search', id) })

export const namesQuery = queryOptions({ queryKey: ['names'], queryFn: loadNames, staleTime: 10_000 })
