/** How near a vector is to another; larger is nearer but for the two norms, which are distances. */
export type VectorFunction = 'cosineSimilarity' | 'dotProduct' | 'l1norm' | 'l2norm'

export const VECTOR_FUNCTIONS: readonly VectorFunction[] = ['cosineSimilarity', 'dotProduct', 'l1norm', 'l2norm']

/** `similarity` of a `dense_vector` field: by what its neighbours are found. */
export type VectorSimilarity = 'cosine' | 'dot_product' | 'l2_norm' | 'max_inner_product'
