/** Elkhorn's own version; a test compares it with package.json. */
export const version = '0.1.0'

/** The version of Elasticsearch whose clients are told to feel at home. */
export const elasticsearchVersion = '8.19.0'
