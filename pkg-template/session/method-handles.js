/** The WebAssembly module's handles for request types. */

/** @typedef {import('../define.d.ts').Method} Method */

/** `eventLog.createInstance`: the module has its type, its expected reply and its frame. @type {Method} */
export const CREATE_INSTANCE = { type: 'eventLog.createInstance' };

export class MethodHandles {
  #client;
  /** @type {Map<Method, number>} */
  #handles = new Map();

  /** @param {import('../codebolt_wasm.js').Client} client */
  constructor(client) {
    this.#client = client;
    this.#handles.set(CREATE_INSTANCE, client.createInstanceMethod());
  }

  /** @param {Method} method */
  of(method) {
    const known = this.#handles.get(method);
    if (known !== undefined) return known;
    const types = /** @type {string[]} */ (method.replyTypes ?? [method.type]);
    const handle = this.#client.method(method.type, types, Boolean(method.once));
    if (!method.once) this.#handles.set(method, handle);
    return handle;
  }
}
