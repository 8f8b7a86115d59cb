/** Scripted models: a handler for `llm.inference` that answers one step after another. */
import { TestHostError, shown } from './error.js';

/** @typedef {import('./index.d.ts').ModelStep} ModelStep */
/** @typedef {import('./index.d.ts').ToolStep} ToolStep */

/**
 * A completion as the application gives it, and as agents read it: flat, and as a model's choice.
 * @param {string} content
 * @param {ToolStep[]} [tools]
 * @param {number} [first] the number of the first call
 */
export const answered = (content, tools = [], first = 1) => {
  const calls = tools.map(({ tool, arguments: given = {}, id }, index) => ({
    id: id ?? `call_${first + index}`,
    type: /** @type {const} */ ('function'),
    function: { name: tool, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const called = calls.length > 0 ? { tool_calls: calls } : {};
  return {
    success: true,
    completion: {
      role: /** @type {const} */ ('assistant'),
      content,
      ...called,
      finish_reason,
      model: 'scripted',
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      choices: [{ index: 0, message: { role: 'assistant', content, ...called }, finish_reason }],
    },
  };
};

/** What a test may mean by a step. */
const EXPECTED = "expected a text, { tool, arguments }, { text, tools: [{ tool, arguments }] }, { error }, a whole reply { completion }, or a function of the request that gives one of these";

/**
 * @param {readonly ModelStep[]} steps
 * @returns {import('./index.d.ts').ModelScript}
 */
export const script = (steps) => {
  if (!Array.isArray(steps)) throw new TestHostError('INVALID_ARGUMENT', `script: the steps are ${shown(steps)}; expected an array, such as [{ tool: 'read_file', arguments: { … } }, 'done'].`);
  let next = 0;
  let calls = 0;

  /** @param {any} step @returns {any} */
  const reply = (step) => {
    if (typeof step === 'string') return answered(step);
    if (Array.isArray(step)) return reply({ tools: step });
    if (typeof step?.tool === 'string') return reply({ text: step.text, tools: [step] });
    if (Array.isArray(step?.tools)) {
      const first = calls + 1;
      calls += step.tools.length;
      return answered(step.text ?? '', step.tools, first);
    }
    if (typeof step?.text === 'string') return answered(step.text);
    if (typeof step?.error === 'string') return { success: false, error: step.error };
    if (step?.completion) return step;
    throw new TestHostError('INVALID_ARGUMENT', `script: step ${next} is ${shown(step)}; ${EXPECTED}.`);
  };

  /** @param {any} params @param {any} request */
  const handler = async (params, request) => {
    const number = next;
    if (number >= steps.length) {
      throw new TestHostError('SCRIPT_ENDED', `script: the model was asked ${number + 1} times, and its script has ${steps.length} steps; add a step, or let the agent stop after ${shown(steps.at(-1))}.`);
    }
    next += 1;
    const step = steps[number];
    return reply(typeof step === 'function' ? await step(params?.params ?? params, request) : step);
  };
  return Object.defineProperty(/** @type {any} */ (handler), 'remaining', { get: () => steps.length - next });
};
