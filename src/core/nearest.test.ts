import { expect, test } from 'vitest'
import { nearestName } from './nearest.ts'

const known = ['api.port', 'ui.port', 'mqtt.port', 'data.path', 'network.host', 'pipelines.path']

test.each([
  { name: 'api.prot', want: 'api.port' },
  { name: 'API.Port', want: 'api.port' },
  { name: 'data.paths', want: 'data.path' },
  { name: 'pipeline.path', want: 'pipelines.path' },
  { name: 'netwrok.hots', want: 'network.host' },
  { name: 'something.else', want: undefined },
  { name: 'x', want: undefined },
])('$name is near $want', ({ name, want }) => expect(nearestName(name, known)).toBe(want))
