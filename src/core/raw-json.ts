/** JSON that is text already: it prints as it is, among values that do not. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
