import { illegalArgument } from '../../core/errors.ts'
import { addressIn, inNetwork } from './network.ts'
import { defineProcessor } from './processor.ts'

export const networkDirection = defineProcessor({
  name: 'network_direction',
  summary: 'Tells whether traffic is inbound, outbound, internal or external.',
  create(config) {
    const source = config.text('source_ip', 'source.ip')
    const destination = config.text('destination_ip', 'destination.ip')
    const target = config.text('target_field', 'network.direction')
    const networksField = config.optionalText('internal_networks_field')
    const written = config.optionalList('internal_networks')
    const ignoreMissing = config.flag('ignore_missing', true)
    if ((networksField === undefined) === (written === undefined)) {
      throw config.error('internal_networks', 'either [internal_networks] or [internal_networks_field] is needed, and not both')
    }
    const networks = (written ?? []).map((network) => config.templateOf('internal_networks', String(network)))
    return (document) => {
      const [from, to] = [addressIn(document, source), addressIn(document, destination)]
      if (from === undefined || to === undefined) {
        if (ignoreMissing) return
        throw illegalArgument('unable to calculate network direction from document')
      }
      const listed = networksField === undefined ? [] : document.get(networksField)
      const internal =
        Array.isArray(listed) && networksField !== undefined ? listed.map(String) : networks.map((one) => one(document))
      const [fromInside, toInside] = [from, to].map((address) => internal.some((network) => inNetwork(address, network)))
      document.set(target, fromInside ? (toInside ? 'internal' : 'outbound') : toInside ? 'inbound' : 'external')
    }
  },
})
