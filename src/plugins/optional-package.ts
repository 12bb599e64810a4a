/**
 * A package that those who need it install.
 * @throws Error that says how to install it
 */
export async function loadOptionalPackage(input: string, name: string): Promise<unknown> {
  try {
    return await import(name)
  } catch (error) {
    throw new Error(`the ${input} input needs the package [${name}]: npm install ${name} in the folder of Elkhorn`, {
      cause: error,
    })
  }
}
