/** The WebAssembly module's handles for request types. */

/** @typedef {import('../define.d.ts').Method} Method */

/**
 * `eventLog.createInstance`, by identity: the module has its expected reply and its frame. Its type is not a text of the event log's, by
 * which one sees that a download without that has nothing of it.
 * @type {Method}
 */
export const CREATE_INSTANCE = { type: ['eventLog', 'createInstance'].join('.') };

export class MethodHandles {
  #client;
  /** @type {Map<Method, number>} */
  #handles = new Map();
  /** The last one: programs often ask the same again. @type {Method | undefined} */
  #last;
  #lastHandle = 0;

  /** @param {import('../codebolt_wasm.js').Client} client */
  constructor(client) {
    this.#client = client;
    this.#handles.set(CREATE_INSTANCE, client.createInstanceMethod());
  }

  /** @param {Method} method */
  of(method) {
    if (method === this.#last) return this.#lastHandle;
    const known = this.#handles.get(method);
    if (known !== undefined) {
      this.#last = method;
      this.#lastHandle = known;
      return known;
    }
    const types = /** @type {string[]} */ (method.replyTypes ?? [method.type]);
    const handle = this.#client.method(method.type, types, Boolean(method.once));
    if (!method.once) this.#handles.set(method, handle);
    return handle;
  }
}
