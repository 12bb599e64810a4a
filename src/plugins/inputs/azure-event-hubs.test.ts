import { expect, test } from 'vitest'
import { azureConfig, hubsOf } from './azure-event-hubs.ts'

const plant = 'Endpoint=sb://plant.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=a'
const office = 'Endpoint=sb://office.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=b;EntityPath=alarms'

test.each([
  {
    name: 'basic: all hubs by the same settings, each with its own key',
    config: { event_hub_connections: [`${plant};EntityPath=readings`, office], consumer_group: 'g' },
    want: [
      { host: 'plant.servicebus.windows.net', name: 'readings', consumer_group: 'g', initial_position: 'beginning' },
      { host: 'office.servicebus.windows.net', name: 'alarms', consumer_group: 'g', initial_position: 'beginning' },
    ],
  },
  {
    name: 'advanced: what a hub says counts before what all say',
    config: {
      config_mode: 'advanced',
      event_hubs: [
        { readings: { event_hub_connection: plant, initial_position: 'end' } },
        { alarms: { event_hub_connection: office } },
      ],
      consumer_group: 'g',
    },
    want: [
      { name: 'readings', written: plant, consumer_group: 'g', initial_position: 'end' },
      { name: 'alarms', written: office, consumer_group: 'g', initial_position: 'beginning' },
    ],
  },
])('$name', ({ config, want }) => {
  expect(hubsOf(azureConfig.parse(config))).toMatchObject(want)
})

test('a string without a hub is told, and not shown', () => {
  const parse = () => hubsOf(azureConfig.parse({ event_hub_connections: [plant] }))
  expect(parse).toThrow('[azure_event_hubs] a connection string needs Endpoint=sb://… and EntityPath=…')
})
