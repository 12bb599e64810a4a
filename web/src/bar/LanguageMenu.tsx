import { changeAddress } from '../app/place.ts'
import { MenuChoice } from '../components/MenuParts.tsx'
import { messages } from '../messages/messages.ts'
import type { QueryLanguage } from '../query/language.ts'

const text = messages.bar

export interface LanguageMenuProps {
  readonly language: QueryLanguage
  /** `undefined` while it is recognised from the text. */
  readonly chosen: QueryLanguage | undefined
}

export function LanguageMenu({ language, chosen }: LanguageMenuProps) {
  return (
    <MenuChoice
      label={text.recognised(text.languages[language])}
      value={chosen ?? 'auto'}
      options={[
        { value: 'auto', label: text.languageAuto },
        { value: 'kql', label: text.languages.kql },
        { value: 'lucene', label: text.languages.lucene },
      ]}
      onChange={(value) => changeAddress({ language: value === 'auto' ? undefined : (value as QueryLanguage) }, 'replace')}
    />
  )
}
