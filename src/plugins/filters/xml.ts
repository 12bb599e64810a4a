import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { z } from 'zod'
import { addTag, isFields, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { reasonOf } from '../../core/reason.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, ignored, text, textHash } from '../options.ts'
import { compileXpath } from '../parsing/xpath.ts'
import { defineFilter } from '../plugin.ts'

const config = z.strictObject({
  source: text().describe('Field with the XML text.'),
  target: text().optional().describe('Field that gets the document as an object. Needed unless `store_xml` is off.'),
  store_xml: flag().default(true).describe('Whether the document is kept as an object.'),
  xpath: textHash().default({}).describe('Paths such as `/order/item/@id` and the fields that get lists of what they find.'),
  force_array: flag().default(true).describe('Whether each element is a list, also where it stands once.'),
  force_content: flag().default(false).describe('Whether text always lies under `content`.'),
  suppress_empty: flag().default(true).describe('Whether empty elements are left out.'),
  remove_namespaces: flag().default(false).describe('Whether prefixes of names are dropped.'),
  namespaces: ignored('paths are compared by the prefixes of the text'),
  parse_options: choice('strict').optional().describe('Accepted: text that is not well-formed is always refused.'),
  ecs_compatibility: ecsCompatibility(),
})

export const xml = defineFilter({
  name: 'xml',
  summary: 'Reads XML into objects, or values at paths out of it.',
  config,
  examples: [
    {
      title: 'A document',
      config: { source: 'message', target: 'doc', remove_field: 'message' },
      in: { message: '<press id="7"><temp unit="C">22.5</temp><note/></press>' },
      out: { doc: { id: '7', temp: [{ unit: 'C', content: '22.5' }] } },
    },
    {
      title: 'Values at paths',
      config: { source: 'message', store_xml: false, xpath: { '/press/@id': 'id', '//temp/text()': 'temps' } },
      in: { message: '<press id="7"><temp>1</temp><temp>2</temp></press>' },
      out: { message: '<press id="7"><temp>1</temp><temp>2</temp></press>', id: ['7'], temps: ['1', '2'] },
    },
    {
      title: 'Broken text',
      config: { source: 'message', target: 'doc' },
      in: { message: '<a><b></a>' },
      out: { message: '<a><b></a>', tags: ['_xmlparsefailure'] },
    },
  ],
  create(options, { log }) {
    const from = fieldPath(options.source)
    const to = options.target === undefined ? undefined : fieldPath(options.target)
    if (options.store_xml && to === undefined) throw new Error('[xml] expected the option target, or store_xml => false')
    const paths = Object.entries(options.xpath).map(([path, field]) => ({ find: compileXpath(path), field: fieldPath(field) }))
    // No entities: a document of few bytes must not become many.
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      textNodeName: '#text',
      parseTagValue: false,
      parseAttributeValue: false,
      removeNSPrefix: options.remove_namespaces,
      processEntities: true,
      alwaysCreateTextNode: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
    })
    return {
      process(event) {
        const value = from.get(event)
        if (value === undefined || value === null || value === '') return 'unmatched'
        const written = fieldText(Array.isArray(value) ? (value[0] ?? null) : value)
        let document: FieldValue
        try {
          const valid = /<!ENTITY/i.test(written) ? undefined : XMLValidator.validate(written)
          if (valid !== true)
            throw new Error(valid === undefined ? 'entities are not read' : `line ${valid.err.line}: ${valid.err.msg}`)
          document = toFieldValue(parser.parse(written))
        } catch (error) {
          log.warn({ error: reasonOf(error) }, 'XML cannot be read')
          addTag(event, '_xmlparsefailure')
          return 'unmatched'
        }
        if (!isFields(document)) return 'unmatched'
        for (const { find, field } of paths) {
          const found = find(document)
          if (found.length > 0) field.set(event, found)
        }
        if (options.store_xml && to !== undefined) {
          const [root] = Object.values(document)
          to.set(event, toFields(root ?? null, options, true))
        }
        return 'matched'
      },
    }
  },
})

/** As Ruby's XmlSimple gives it: attributes beside elements, text under `content` where there is more. */
function toFields(value: FieldValue, options: z.output<typeof config>, root: boolean): FieldValue {
  if (Array.isArray(value)) return value.map((one) => toFields(one, options, false))
  if (!isFields(value)) return options.force_content || root ? { content: value } : value
  const fields: Fields = {}
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined || (options.suppress_empty && one === '')) continue
    if (name === '#text') fields['content'] = one
    else if (name.startsWith('@')) fields[name.slice(1)] = one
    else {
      const element = toFields(one, options, false)
      fields[name] = !options.force_array || Array.isArray(element) ? element : [element]
    }
  }
  return fields
}
