import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asset, Assets } from './assets.ts'
import { DOCUMENT_HEADERS } from './guard.ts'

/** Gives out the pages. Every path that is no file and no part of the API is a page, and is drawn by `index.html`. */
export function registerAssets(app: FastifyInstance, assets: Assets): void {
  const index = assets.get('/index.html')
  app.get('/*', (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const asset = assets.get(path)
    if (asset !== undefined) return sendAsset(asset, request, reply)
    if (path.startsWith('/assets/') || path.startsWith('/api/') || index === undefined) return reply.callNotFound()
    return sendAsset(index, request, reply)
  })
}

function sendAsset(asset: Asset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.header('etag', asset.etag)
  void reply.header('vary', 'accept-encoding')
  void reply.header('cache-control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((part) => part.trim().split(';', 1)[0])
  void reply.type(asset.contentType)
  if (/^text\/(?:javascript|css)/.test(asset.contentType)) for (const name of DOCUMENT_HEADERS) void reply.removeHeader(name)
  if (asset.brotli !== undefined && accepted.includes('br')) return reply.header('content-encoding', 'br').send(asset.brotli)
  if (asset.gzip !== undefined && accepted.includes('gzip')) return reply.header('content-encoding', 'gzip').send(asset.gzip)
  return reply.send(asset.plain)
}
