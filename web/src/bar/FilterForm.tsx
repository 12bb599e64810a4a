import { useState } from 'react'
import type { FormEvent } from 'react'
import { unreachable } from '../../../src/core/errors.ts'
import { Button } from '../components/Button.tsx'
import { SelectField, TextField } from '../components/Field.tsx'
import { fieldKind, useFields } from '../hooks/use-fields.ts'
import { messages } from '../messages/messages.ts'
import type { Filter, FilterCondition, FilterValue } from '../query/filter.ts'
import styles from './FilterForm.module.css'
import type { PageScope } from './use-scope.ts'

const text = messages.filter

export interface FilterFormProps {
  readonly scope: PageScope
  /** The filter to change; `undefined` for a new one. */
  readonly filter: Filter | undefined
  readonly onDone: (filter: Filter) => void
}

interface Draft {
  readonly field: string
  readonly kind: FilterCondition['kind']
  readonly negated: boolean
  readonly value: string
  readonly from: string
  readonly to: string
}

export function FilterForm({ scope, filter, onDone }: FilterFormProps) {
  const fields = useFields(scope.view?.index)
  const [draft, setDraft] = useState<Draft>(() => draftOf(filter))
  const [error, setError] = useState<string>()
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part })
    setError(undefined)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const type = fields.find(draft.field)?.type
    const condition = conditionOf(draft, type === undefined ? 'other' : fieldKind(type))
    if (typeof condition === 'string') setError(condition)
    else
      onDone({
        field: draft.field,
        condition,
        negated: draft.negated,
        disabled: filter?.disabled ?? false,
        pinned: filter?.pinned ?? false,
      })
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextField
        label={text.field}
        list="filter-fields"
        autoFocus={filter === undefined}
        value={draft.field}
        spellCheck={false}
        autoComplete="off"
        error={error === text.needsField ? error : undefined}
        onChange={(event) => change({ field: event.target.value })}
      />
      <datalist id="filter-fields">
        {fields.list.map(({ name, type }) => (
          <option key={name} value={name} label={type} />
        ))}
      </datalist>
      <SelectField
        label={text.condition}
        value={`${draft.negated ? '!' : ''}${draft.kind}`}
        options={[
          ...Object.entries(text.conditions).map(([value, label]) => ({ value, label })),
          ...Object.entries(text.negated).map(([value, label]) => ({ value: `!${value}`, label })),
        ]}
        onChange={(value) => change({ negated: value.startsWith('!'), kind: value.replace('!', '') as Draft['kind'] })}
      />
      {draft.kind === 'is' || draft.kind === 'one_of' ? (
        <TextField
          label={draft.kind === 'is' ? text.value : text.values}
          value={draft.value}
          spellCheck={false}
          autoComplete="off"
          error={error !== text.needsField ? error : undefined}
          onChange={(event) => change({ value: event.target.value })}
        />
      ) : null}
      {draft.kind === 'range' ? (
        <div className={styles['ends']}>
          <TextField
            label={text.from}
            value={draft.from}
            error={error !== text.needsField ? error : undefined}
            onChange={(event) => change({ from: event.target.value })}
          />
          <TextField label={text.to} value={draft.to} onChange={(event) => change({ to: event.target.value })} />
        </div>
      ) : null}
      <Button type="submit" look="primary" className={styles['submit']}>
        {filter === undefined ? messages.add : messages.apply}
      </Button>
    </form>
  )
}

function draftOf(filter: Filter | undefined): Draft {
  const empty: Draft = { field: '', kind: 'is', negated: false, value: '', from: '', to: '' }
  if (filter === undefined) return empty
  const { field, condition, negated } = filter
  const common = { ...empty, field, negated, kind: condition.kind }
  switch (condition.kind) {
    case 'is':
      return { ...common, value: String(condition.value) }
    case 'one_of':
      return { ...common, value: condition.values.join(', ') }
    case 'range':
      return { ...common, from: condition.from, to: condition.to }
    case 'exists':
      return common
    default:
      return unreachable(condition)
  }
}

/** The condition that was filled in, or what is missing. */
function conditionOf({ field, kind, value, from, to }: Draft, fieldKind: string): FilterCondition | string {
  if (field.trim() === '') return text.needsField
  const typed = (raw: string): FilterValue => {
    if (fieldKind === 'number' && raw !== '' && !Number.isNaN(Number(raw))) return Number(raw)
    if (fieldKind === 'boolean' && (raw === 'true' || raw === 'false')) return raw === 'true'
    return raw
  }
  const numeric = (raw: string): boolean => fieldKind !== 'number' || raw === '' || !Number.isNaN(Number(raw))
  switch (kind) {
    case 'exists':
      return { kind }
    case 'is':
      if (value.trim() === '') return text.needsValue
      return numeric(value) ? { kind, value: typed(value.trim()) } : text.needsNumber
    case 'one_of': {
      const values = value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
      if (values.length === 0) return text.needsValue
      return values.every(numeric) ? { kind, values: values.map(typed) } : text.needsNumber
    }
    case 'range':
      if (from.trim() === '' && to.trim() === '') return text.needsValue
      return numeric(from) && numeric(to) ? { kind, from: from.trim(), to: to.trim() } : text.needsNumber
    default:
      return unreachable(kind)
  }
}
