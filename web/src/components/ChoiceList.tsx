import { useId, useMemo, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import styles from './ChoiceList.module.css'

export interface Choice {
  readonly value: string
  readonly text: string
  readonly detail?: ReactNode
  readonly icon?: ReactNode
}

export interface ChoiceListProps {
  readonly label: string
  readonly placeholder: string
  readonly empty: string
  readonly groups: readonly { readonly title?: string; readonly choices: readonly Choice[] }[]
  /** A choice made of what was typed, offered last. */
  readonly typed?: (text: string) => Choice | undefined
  readonly onChoose: (value: string) => void
}

/** Choices drawn at once; typing finds the others. */
const MAX_SHOWN = 100

/** A list that is narrowed by typing and walked with the arrow keys. */
export function ChoiceList({ label, placeholder, empty, groups, typed, onChoose }: ChoiceListProps) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/)
    const matching = groups.map(({ title, choices }) => ({
      title,
      choices: choices.filter((choice) => words.every((word) => choice.text.toLowerCase().includes(word))).slice(0, MAX_SHOWN),
    }))
    const own = text.trim() === '' ? undefined : typed?.(text.trim())
    return [...matching, ...(own === undefined ? [] : [{ title: undefined, choices: [own] }])].filter(
      ({ choices }) => choices.length > 0,
    )
  }, [groups, text, typed])
  const flat = shown.flatMap(({ choices }) => choices)
  const position = Math.min(active, flat.length - 1)

  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && flat.length > 0) {
      event.preventDefault()
      const next = (position + step + flat.length) % flat.length
      setActive(next)
      document.querySelector(`[id="${id}-${next}"]`)?.scrollIntoView({ block: 'nearest' })
    }
    const chosen = flat[position]
    if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault()
      onChoose(chosen.value)
    }
  }

  let at = -1
  return (
    <div className={styles['box']}>
      <input
        autoFocus
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={position >= 0 ? `${id}-${position}` : undefined}
        className={styles['input']}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKey}
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} className={styles['list']}>
        {shown.map(({ title, choices }, group) => (
          <div key={title ?? group} role="group" aria-label={title ?? label}>
            {title === undefined ? null : (
              <div role="presentation" className={styles['title']}>
                {title}
              </div>
            )}
            {choices.map((choice) => {
              at += 1
              const mine = at
              return (
                <div
                  key={choice.value}
                  id={`${id}-${mine}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={mine === position}
                  className={styles['choice']}
                  onPointerMove={() => setActive(mine)}
                  onClick={() => onChoose(choice.value)}
                >
                  {choice.icon === undefined ? null : <span className={styles['icon']}>{choice.icon}</span>}
                  <span className={styles['text']}>{choice.text}</span>
                  {choice.detail === undefined ? null : <span className={styles['detail']}>{choice.detail}</span>}
                </div>
              )
            })}
          </div>
        ))}
        {flat.length === 0 ? (
          <div role="option" aria-disabled aria-selected={false} className={styles['empty']}>
            {empty}
          </div>
        ) : null}
      </div>
    </div>
  )
}
