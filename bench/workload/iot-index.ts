/** Mappings of the index that the data set `iot` goes to. */
export const iotMappings = {
  properties: {
    '@timestamp': { type: 'date' },
    device: { properties: { id: { type: 'keyword' }, type: { type: 'keyword' }, firmware: { type: 'keyword' } } },
    location: { type: 'geo_point' },
    temperature: { type: 'double' },
    humidity: { type: 'double' },
    pressure: { type: 'double' },
    battery: { type: 'double' },
    message: { type: 'text' },
  },
}
