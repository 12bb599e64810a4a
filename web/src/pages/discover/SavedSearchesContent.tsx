import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { parseAddress, printAddress } from '../../app/address.ts'
import { goTo, hrefOf, useAddress } from '../../app/place.ts'
import { objectsQuery, searchQuery } from '../../app/saved.ts'
import { useSession } from '../../app/session.ts'
import { Button } from '../../components/Button.tsx'
import { ChoiceList } from '../../components/ChoiceList.tsx'
import { TextField } from '../../components/Field.tsx'
import { reasonOf } from '../../components/reason-of.ts'
import { toast } from '../../components/toasts.ts'
import { saveObject } from '../../data/api.ts'
import { messages } from '../../messages/messages.ts'
import styles from './SavedSearches.module.css'

const text = messages.discover

/** Opens a search that was kept, and keeps the one that is shown. */
export function SavedSearchesContent({ onDone }: { onDone: () => void }) {
  const { canEdit } = useSession()
  const queries = useQueryClient()
  const searches = useQuery(objectsQuery('search')).data ?? []
  const show = async (id: string): Promise<void> => {
    onDone()
    try {
      const { attributes } = await queries.fetchQuery(searchQuery(id))
      goTo(hrefOf('/discover', parseAddress(attributes.address)))
    } catch (error) {
      toast(reasonOf(error), 'failed')
    }
  }
  return (
    <>
      {canEdit ? <SaveForm onSaved={onDone} /> : null}
      <ChoiceList
        label={text.savedSearches}
        placeholder={messages.search}
        empty={text.noSavedSearches}
        groups={[{ choices: searches.map(({ id, title, description }) => ({ value: id, text: title, detail: description })) }]}
        onChoose={(id) => void show(id)}
      />
    </>
  )
}

function SaveForm({ onSaved }: { onSaved: () => void }) {
  const address = useAddress()
  const queries = useQueryClient()
  const [title, setTitle] = useState('')
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (title.trim() === '') return
    const id = `${
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
        .slice(0, 60) || 'search'
    }-${Date.now().toString(36)}`
    try {
      await saveObject('search', id, {
        basedOn: 0,
        attributes: { title: title.trim(), address: printAddress({ ...address, document: undefined as never }) },
      })
      await queries.invalidateQueries({ queryKey: objectsQuery('search').queryKey })
      toast(text.saved)
      onSaved()
    } catch (error) {
      toast(reasonOf(error), 'failed')
    }
  }
  return (
    <form className={styles['form']} onSubmit={(event) => void submit(event)}>
      <TextField
        label={text.save}
        placeholder={text.nameIt}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Button type="submit" disabled={title.trim() === ''}>
        {messages.save}
      </Button>
    </form>
  )
}
