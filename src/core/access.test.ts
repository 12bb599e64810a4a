import { expect, test } from 'vitest'
import { requireCluster, requireIndices, requireSomewhere, type Access, type Principal } from './access.ts'
import type { ElkhornError } from './errors.ts'

const eve: Principal = { name: 'eve', kind: 'user', roles: ['viewer', 'ops'], realm: 'native' }
const key: Principal = { ...eve, kind: 'api_key', apiKey: { id: 'k1', name: 'ci' } }

const access = (principal: Principal): Access => ({
  principal,
  allows: (privilege, index) => privilege === 'read' && index.startsWith('logs-'),
  allowsCluster: (privilege) => privilege === 'monitor',
  allowsSomewhere: (privilege) => privilege === 'read',
  allowsApplication: () => false,
  documents: () => undefined,
  fields: () => undefined,
})

function refusal(run: () => void): Pick<ElkhornError, 'type' | 'status' | 'reason'> | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    const { type, status, reason } = error as ElkhornError
    return { type, status, reason }
  }
}

test.each([
  {
    name: 'what is granted passes',
    run: () => requireIndices(access(eve), 'indices:data/read/search', ['logs-a']),
    want: undefined,
  },
  {
    name: 'only the refused indices are named',
    run: () => requireIndices(access(eve), 'indices:data/read/search', ['logs-a', 'b', 'c']),
    want: 'action [indices:data/read/search] is unauthorized for user [eve] with effective roles [viewer,ops] on indices [b,c], this action is granted by the index privileges [read,all]',
  },
  {
    name: 'an API key is named with its user',
    run: () => requireIndices(access(key), 'indices:data/write/bulk[s]', ['logs-a']),
    want: 'action [indices:data/write/bulk[s]] is unauthorized for API key id [k1] of user [eve] on indices [logs-a], this action is granted by the index privileges [create_doc,create,delete,index,write,all]',
  },
  {
    name: 'what may be granted on some index passes',
    run: () => requireSomewhere(access(eve), 'indices:data/read/search'),
    want: undefined,
  },
  {
    name: 'what is granted on no index is refused before one is named',
    run: () => requireSomewhere(access(eve), 'indices:data/write/index'),
    want: 'action [indices:data/write/index] is unauthorized for user [eve] with effective roles [viewer,ops], this action is granted by the index privileges [create_doc,create,index,write,all]',
  },
  {
    name: 'a cluster action that is granted passes',
    run: () => requireCluster(access(eve), 'cluster:monitor/main'),
    want: undefined,
  },
  {
    name: 'everybody may ask who they are',
    run: () => requireCluster(access(eve), 'cluster:admin/xpack/security/user/authenticate'),
    want: undefined,
  },
  {
    name: 'a cluster action that is not',
    run: () => requireCluster(access(eve), 'cluster:admin/xpack/security/user/put'),
    want: 'action [cluster:admin/xpack/security/user/put] is unauthorized for user [eve] with effective roles [viewer,ops], this action is granted by the cluster privileges [manage_security,all]',
  },
])('$name', ({ run, want }) => {
  expect(refusal(run)).toEqual(want && { type: 'security_exception', status: 403, reason: want })
})
