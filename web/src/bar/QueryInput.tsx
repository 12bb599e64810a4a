import { Search, X } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { refresh } from '../app/moment.ts'
import { changeAddress, useAddress } from '../app/place.ts'
import { IconButton } from '../components/Button.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { Menu } from '../components/Menu.tsx'
import { useFields } from '../hooks/use-fields.ts'
import { messages } from '../messages/messages.ts'
import { detectLanguage, findProblem } from '../query/language.ts'
import type { QueryProblem } from '../query/language.ts'
import { tokenize } from '../query/tokens.ts'
import type { Suggestion } from '../query/suggestions.ts'
import styles from './QueryInput.module.css'
import type { PageScope } from './use-scope.ts'
import { useSuggestions } from './use-suggestions.ts'

const text = messages.bar
const LanguageMenu = inChunk(async () => (await import('./LanguageMenu.tsx')).LanguageMenu)

/** The query, coloured while it is typed. Enter runs what stands there, whatever suggestions are open. */
export function QueryInput({ scope }: { scope: PageScope }) {
  const [draft, setDraft] = useState(scope.query)
  const [cursor, setCursor] = useState(draft.length)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const area = useRef<HTMLTextAreaElement>(null)
  const id = useId()
  const address = useAddress()
  const fields = useFields(scope.view?.index)
  const language = address.language ?? detectLanguage(draft)
  const problem = findProblem(draft, language)
  const [complain, setComplain] = useState(true)
  const { context, suggestions } = useSuggestions(draft, cursor, { ...scope, language }, fields, open)
  const shown = open && suggestions.length > 0
  const chosen = shown ? suggestions[active] : undefined

  // “Back” and links change the query from outside.
  useEffect(() => setDraft(scope.query), [scope.query])

  const run = (query: string): void => {
    setOpen(false)
    setComplain(true)
    if (findProblem(query, address.language ?? detectLanguage(query)) !== undefined) return
    if (query === scope.query) refresh()
    else changeAddress({ query: query === '' ? undefined : query })
  }
  const accept = ({ insert }: Suggestion): void => {
    const next = draft.slice(0, context.from) + insert + draft.slice(context.to).trimStart()
    const at = context.from + insert.length
    setDraft(next)
    setCursor(at)
    setActive(-1)
    area.current?.focus()
    requestAnimationFrame(() => area.current?.setSelectionRange(at, at))
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      if (chosen === undefined) run(draft)
      else accept(chosen)
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault()
      setOpen(false)
    } else if (event.key === 'Tab' && chosen !== undefined) {
      event.preventDefault()
      accept(chosen)
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (shown || event.key === 'ArrowDown')) {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive(
        (before) =>
          (before + step + suggestions.length + (before === -1 && step === -1 ? 1 : 0)) % Math.max(1, suggestions.length),
      )
    }
  }

  return (
    <div className={styles['query']}>
      <div className={styles['box']} data-invalid={problem !== undefined && complain}>
        <Search size={15} className={styles['icon']} aria-hidden />
        <div className={styles['text']}>
          <div aria-hidden className={styles['mirror']}>
            <Coloured text={draft} problem={complain ? problem : undefined} />
          </div>
          <textarea
            ref={area}
            rows={1}
            role="combobox"
            aria-label={text.query}
            aria-expanded={shown}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={chosen === undefined ? undefined : `${id}-${active}`}
            aria-invalid={problem !== undefined && complain}
            aria-describedby={problem !== undefined && complain ? `${id}-problem` : undefined}
            data-shortcut="query"
            className={styles['input']}
            placeholder={text.placeholder(text.languages[language])}
            value={draft}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => {
              setDraft(event.target.value.replaceAll('\n', ' '))
              setCursor(event.target.selectionStart)
              setComplain(false)
              setOpen(true)
              setActive(-1)
            }}
            onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
            onKeyDown={onKey}
            onClick={() => setOpen(true)}
            onBlur={() => {
              setOpen(false)
              setComplain(true)
            }}
          />
        </div>
        {draft === '' ? null : (
          <IconButton
            label={text.clear}
            size="small"
            className={styles['clear']}
            onClick={() => {
              setDraft('')
              run('')
              area.current?.focus()
            }}
          >
            <X size={14} />
          </IconButton>
        )}
        <LanguageChip language={language} chosen={address.language} />
      </div>
      {problem !== undefined && complain ? (
        <p id={`${id}-problem`} role="alert" className={styles['problem']}>
          <b>{text.problemAt(problem.from + 1)}</b> {problem.message}
        </p>
      ) : null}
      <div id={`${id}-list`} role="listbox" aria-label={text.suggestions} className={styles['suggestions']} hidden={!shown}>
        {suggestions.map((suggestion, at) => (
          <div
            key={`${suggestion.kind} ${suggestion.text}`}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            className={styles['suggestion']}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault()
              accept(suggestion)
            }}
          >
            <span className={styles['kind']} data-kind={suggestion.kind} aria-hidden />
            <span className={styles['name']}>{suggestion.text}</span>
            <span className={styles['detail']}>{suggestion.detail}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

/** The text in its colours, what is wrong underlined where it is wrong. */
function Coloured({ text, problem }: { text: string; problem: QueryProblem | undefined }) {
  const parts: ReactNode[] = []
  let at = 0
  for (const { kind, from, to } of tokenize(text)) {
    if (from > at) parts.push(text.slice(at, from))
    parts.push(
      <span key={from} data-kind={kind}>
        {text.slice(from, to)}
      </span>,
    )
    at = to
  }
  parts.push(text.slice(at))
  return (
    <>
      {parts}
      {problem === undefined ? null : (
        <span className={styles['underline']}>
          {text.slice(0, problem.from)}
          <mark>{text.slice(problem.from, problem.to) || '\u00A0'}</mark>
        </span>
      )}
    </>
  )
}

function LanguageChip({ language, chosen }: { language: 'kql' | 'lucene'; chosen: 'kql' | 'lucene' | undefined }) {
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className={styles['language']} aria-label={text.languageLabel(text.languages[language])}>
          {text.languages[language]}
        </button>
      }
    >
      <LanguageMenu language={language} chosen={chosen} />
    </Menu>
  )
}
