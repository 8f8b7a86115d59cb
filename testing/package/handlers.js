/** The handlers that a test gave, by the names of methods and types. */
import { TestHostError, shown } from './error.js';
import { checkName } from './method-table.js';

/** @typedef {(params: any, request: any) => any} Handler */

export class Handlers {
  /** The newest first. @type {Map<string, { handler: Handler, times: number }[]>} */
  #byName = new Map();

  /**
   * @param {string} name
   * @param {unknown} handler a function, or a reply
   * @param {{ times?: number }} [options]
   */
  add(name, handler, { times = Infinity } = {}) {
    checkName('on', name);
    const isReply = typeof handler === 'object' && handler !== null && !Array.isArray(handler);
    if (typeof handler !== 'function' && !isReply) throw new TestHostError('INVALID_ARGUMENT', `on('${name}', …): the handler is ${shown(handler)}; expected a function of the parameters that gives the reply, or a reply.`);
    const own = { handler: isReply ? () => structuredClone(handler) : /** @type {Handler} */ (/** @type {unknown} */ (handler)), times };
    this.#byName.set(name, [own, ...(this.#byName.get(name) ?? [])]);
    return () => {
      this.#byName.set(name, (this.#byName.get(name) ?? []).filter((other) => other !== own));
    };
  }

  /** Whether a name has a handler. @param {string} name */
  has(name) {
    return !!this.#byName.get(name)?.some(({ times }) => times > 0);
  }

  /** Takes the handler of the first name that has one; it counts as called. @param {string[]} names */
  take(names) {
    for (const name of names) {
      const found = this.#byName.get(name)?.find(({ times }) => times > 0);
      if (found) {
        found.times -= 1;
        return { name, handler: found.handler };
      }
    }
    return undefined;
  }
}
