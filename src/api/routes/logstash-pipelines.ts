import { checkDefinitionName, checkShape, type BodyShape } from '../../index/definitions/body-shape.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { required } from './documents.ts'

/** Pipelines that a Logstash with central management fetches from here. Those of this program are files: see the guide. */
export const logstashPipelineRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_logstash/pipeline', '/_logstash/pipeline/{id}'],
    action: 'cluster:admin/logstash/pipeline/get',
    handler: get,
  },
  { methods: ['PUT'], paths: ['/_logstash/pipeline/{id}'], action: 'cluster:admin/logstash/pipeline/put', handler: put },
  {
    methods: ['DELETE'],
    paths: ['/_logstash/pipeline/{id}'],
    action: 'cluster:admin/logstash/pipeline/delete',
    handler: async (request, { definitions }) => {
      const found = await definitions.of('logstash_pipeline').delete(required(request, 'id'))
      return { status: found ? 200 : 404, text: '', filtered: true }
    },
  },
]

const SHAPE: BodyShape = {
  parser: 'logstash_pipeline',
  members: {
    description: 'text',
    last_modified: 'text',
    pipeline: 'text',
    pipeline_metadata: 'object',
    pipeline_settings: 'object',
    username: 'text',
  },
  required: ['last_modified', 'pipeline', 'pipeline_metadata', 'pipeline_settings', 'username'],
}

/** Names may be wildcards; of those that are none, what is not there is left out. Nothing at all of a name is a 404. */
function get(request: ApiRequest, { definitions }: ApiContext): Answer {
  const names = namesOf(request, 'id')
  const found = definitions.of('logstash_pipeline').select(names, () => undefined)
  const isMissing = found.length === 0 && names.some((name) => !name.includes('*'))
  return { status: isMissing ? 404 : 200, json: Object.fromEntries(found.map(([name, { body }]) => [name, body])) }
}

async function put(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  checkDefinitionName('pipeline id', id)
  const body = request.json() ?? {}
  checkShape(body, SHAPE)
  const { version } = await definitions.of('logstash_pipeline').put(id, body)
  return { ...ok({}), status: version === 1 ? 201 : 200 }
}
