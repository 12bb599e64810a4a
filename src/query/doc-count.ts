/** The field in which a document says how many documents it stands for where aggregations count them. */
export const DOC_COUNT = '_doc_count'
