/**
 * Puts members on an instance that are no part of it and that listing it does not show. CommonJS gets the default instance
 * alone, so that by it `require('codebolt-wasm').LogType` is there, as an import's `LogType` is.
 * @template {object} Instance
 * @param {Instance} instance
 * @param {Record<string, unknown>} members
 */
export const withMembers = (instance, members) => {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(instance, name, { configurable: true, value, writable: true });
  }
  return instance;
};
