/** The custom methods of `codebolt.fs`. */

/**
 * A folder's path with a name in it, with the separator that the path uses.
 * @param {string} folder
 * @param {string} name
 */
export const joined = (folder, name) => {
  if (!name) return folder;
  const separator = folder.includes('\\') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
};
