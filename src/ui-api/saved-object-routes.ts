import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Guard } from './guard.ts'
import { mayEdit } from './may-edit.ts'
import { parseBody } from './request-body.ts'
import { savedObjectSchemas } from './saved-object-schema.ts'
import type { SavedObjects } from './saved-objects.ts'
import { SAVED_KINDS } from './wire/saved-object.ts'
import type { SavedAttributes, SavedKind } from './wire/saved-object.ts'

const ID = /^[a-z0-9][a-z0-9._-]{0,199}$/i

interface ObjectPath {
  Params: { kind: string; id: string }
}

/**
 * `/_ui/objects/:kind` lists, `/_ui/objects/:kind/:id` gets, puts (`{ basedOn, attributes }`) and deletes,
 * `/_ui/objects/:kind/:id/versions` tells what it was before. Everybody signed in may read; saving needs a role of `may-edit.ts`.
 */
export function registerSavedObjectRoutes(
  app: FastifyInstance,
  { objects, guard }: { objects: SavedObjects; guard: Guard },
): void {
  app.get<{ Params: { kind: string } }>('/_ui/objects/:kind', async (request) => {
    guard.signedIn(request)
    return { objects: objects.list(parseKind(request.params.kind)) }
  })

  app.get<ObjectPath>('/_ui/objects/:kind/:id', async (request) => {
    guard.signedIn(request)
    return objects.get(parseKind(request.params.kind), request.params.id)
  })

  app.get<ObjectPath>('/_ui/objects/:kind/:id/versions', async (request) => {
    guard.signedIn(request)
    return { versions: objects.versions(parseKind(request.params.kind), request.params.id) }
  })

  app.put<ObjectPath>('/_ui/objects/:kind/:id', async (request) => {
    const { name: author } = editor(request)
    const kind = parseKind(request.params.kind)
    const { basedOn, attributes } = parseBody(
      z.strictObject({ basedOn: z.int().min(0), attributes: savedObjectSchemas[kind] }),
      request.body,
    )
    return objects.put({
      kind,
      id: parseId(request.params.id),
      attributes: attributes as SavedAttributes[SavedKind],
      basedOn,
      author,
    })
  })

  app.delete<ObjectPath>('/_ui/objects/:kind/:id', async (request, reply) => {
    editor(request)
    await objects.delete(parseKind(request.params.kind), request.params.id)
    return reply.code(204).send()
  })

  function editor(request: FastifyRequest): Principal {
    const { principal } = guard.signedIn(request).access
    if (mayEdit(principal)) return principal
    throw new ElkhornError('security_exception', 403, `[${principal.name}] may look at dashboards but not change them`)
  }
}

function parseKind(text: string): SavedKind {
  const kind = SAVED_KINDS.find((known) => known === text)
  if (kind === undefined) {
    throw new ElkhornError(
      'illegal_argument_exception',
      400,
      `[${text}] is not a kind of saved object: use one of ${SAVED_KINDS.join(', ')}`,
    )
  }
  return kind
}

function parseId(text: string): string {
  if (ID.test(text)) return text
  throw new ElkhornError(
    'illegal_argument_exception',
    400,
    `[${text}] cannot be an id: letters, digits, dot, dash and underscore can`,
  )
}
