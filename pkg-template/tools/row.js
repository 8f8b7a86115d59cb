/** Tools that are rows of a table. */
import { BaseDeclarativeTool, BaseToolInvocation, failure } from './framework.js';
import { broken } from './rules.js';

/** @typedef {import('./row-types.js').Row & { explains: boolean }} Row */
/** @typedef {import('../tools.d.ts').ToolsSdk} Sdk */

export class RowTool extends BaseDeclarativeTool {
  #row;
  #sdk;

  /** @param {Row} row @param {Sdk} sdk */
  constructor(row, sdk) {
    super(row.name, row.title, row.text, row.kind, { type: 'object', properties: row.properties, required: row.required });
    this.#row = row;
    this.#sdk = sdk;
  }

  /** @param {any} params */
  validateToolParamValues(params) {
    return broken(this.#row.rules, params ?? {});
  }

  /** @param {any} params */
  createInvocation(params) {
    return new RowInvocation(params ?? {}, this.#row, this.#sdk);
  }
}

class RowInvocation extends BaseToolInvocation {
  #row;
  #sdk;

  /** @param {any} params @param {Row} row @param {Sdk} sdk */
  constructor(params, row, sdk) {
    super(params);
    this.#row = row;
    this.#sdk = sdk;
  }

  toolLocations() {
    const { locations, line } = this.#row;
    const paths = locations && this.params[locations];
    if (!paths) return [];
    const at = line && this.params[line];
    return (Array.isArray(paths) ? paths : [paths]).map((path) => (at === undefined ? { path } : { path, line: at }));
  }

  async shouldConfirmExecute() {
    return this.#row.confirm?.(this.params) ?? false;
  }

  /**
   * @param {AbortSignal} [signal]
   * @param {(output: string) => void} [updateOutput]
   * @param {{ timeout?: number }} [options]
   */
  async execute(signal, updateOutput, options) {
    const row = this.#row;
    const params = this.params;
    if (signal?.aborted) return thrown(row, params, signal.reason, false);
    try {
      if (row.explains && params.explanation) explain(this.#sdk, params.explanation);
      const callOptions = { ...options, ...(signal && { signal }) };
      if (row.run) return await row.run(params, this.#sdk, callOptions);
      const reply = row.call && (await row.call(this.#sdk, params, callOptions));
      if (row.call && (typeof reply !== 'object' || reply === null)) throw new Error('the host gave no reply that could be read');
      return refusal(row, params, reply) ?? success(row, params, reply);
    } catch (error) {
      return thrown(row, params, error, mayBeDone(error, signal));
    }
  }
}

/** Says in the chat why a tool was called; the tool does not wait for it. @param {Sdk} sdk @param {string} explanation */
const explain = (sdk, explanation) => {
  // When it cannot be sent, the call that follows says so.
  Promise.resolve(sdk.chat.sendMessage(explanation)).catch(() => {});
};

/** @param {Row} row @param {any} params @param {any} reply */
const success = (row, params, reply) => {
  if (row.shape) return row.shape(params, reply);
  const llmContent = /** @type {import('./row-types.js').Text} */ (row.done)(params, reply, undefined);
  return { llmContent, returnDisplay: row.shown ? row.shown(params, reply, undefined) : llmContent };
};

/** The result of a reply that says no, or lacks what it needs. @param {Row} row @param {any} params @param {any} reply */
const refusal = (row, params, reply) => {
  const refused = row.fails?.(reply);
  if (!refused && !(row.needs && !reply[row.needs])) return undefined;
  const reason = (refused && row.reason?.(reply)) || undefined;
  if (reason === undefined && row.missing && !(refused && row.fallback)) {
    const said = row.missing(params, reply, undefined);
    const { missingShown = () => said, missingMessage = () => said } = row;
    return failure(said, missingShown(params, reply, undefined), missingMessage(params, reply, undefined), row.errorType);
  }
  const error = reason ?? row.fallback?.(params, reply, undefined) ?? 'Unknown error';
  return failureResult(row.failed ?? row.thrown, row.failedShown, params, reply, error, row.errorType);
};

/**
 * Whether the host may have done what was asked, although the call failed: it was sent, or was under way when it was aborted.
 * @param {any} cause
 * @param {AbortSignal} [signal]
 */
const mayBeDone = (cause, signal) => (cause?.sent === true && cause.code !== 'HOST_ERROR') || Boolean(signal?.aborted && cause === signal.reason);

/** What a repeated call changes nothing by. */
const READING = ['read', 'search'];

/** @param {Row} row @param {any} params @param {unknown} cause @param {boolean} isUnknown whether the host may have done it */
const thrown = (row, params, cause, isUnknown) => {
  const error = row.thrownAsText ? String(cause) : cause instanceof Error ? cause.message : 'Unknown error occurred';
  const result = failureResult(row.thrown ?? row.failed, row.thrownShown ?? row.failedShown, params, {}, error);
  if (!isUnknown || READING.includes(row.kind)) return result;
  const unknown = '\nWhether it was done is unknown: look before you do it again.';
  return { ...result, llmContent: result.llmContent + unknown, returnDisplay: result.returnDisplay + unknown };
};

/**
 * @param {import('./row-types.js').Outcome['failed']} text
 * @param {import('./row-types.js').Outcome['failed']} shown
 * @param {any} params
 * @param {any} reply
 * @param {any} error
 * @param {string} [type]
 */
const failureResult = (text = (_p, _r, e) => `Error: ${e}`, shown = text, params, reply, error, type) =>
  failure(`${text(params, reply, error)}`, `${shown(params, reply, error)}`, error, type);
