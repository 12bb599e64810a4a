/**
 * A package that those who need it install.
 * @param plugin who needs it: `modbus input`
 * @param major the version that runs on every Node.js that this program runs on, where it is not the newest
 * @throws Error that says how to install it
 */
export async function loadOptionalPackage(plugin: string, name: string, major?: string): Promise<unknown> {
  try {
    return await import(name)
  } catch (error) {
    const wanted = major === undefined ? name : `${name}@${major}`
    throw new Error(`the ${plugin} needs the package [${name}]: npm install ${wanted} in the folder of Elkhorn`, { cause: error })
  }
}
