/** Assertions about a host for vitest, jest and `node --test`. */
import { TestHostError, shown } from './error.js';
import { Stable } from './stable.js';

/** @typedef {import('./host.js').TestHost} TestHost */

/** Whether a value has all that is wanted of it; what a matcher such as `expect.any(String)` wants it decides. @param {any} got @param {any} wanted @returns {boolean} */
const contains = (got, wanted) => {
  if (typeof wanted?.asymmetricMatch === 'function') return wanted.asymmetricMatch(got);
  if (wanted instanceof RegExp) return typeof got === 'string' && wanted.test(got);
  if (typeof wanted !== 'object' || wanted === null) return Object.is(got, wanted);
  if (typeof got !== 'object' || got === null || Array.isArray(wanted) !== Array.isArray(got)) return false;
  if (Array.isArray(wanted) && wanted.length !== got.length) return false;
  return Object.entries(wanted).every(([name, inside]) => contains(got[name], inside));
};

/** What the agent sent of a name, for a message. @param {TestHost} host @param {string} name */
const instead = (host, name) => {
  const sent = host.requests(name);
  if (sent.length > 0) return `it sent ${sent.length}: ${sent.slice(0, 5).map(({ params }) => shown(params)).join(', ')}`;
  const names = [...new Set(host.requests().map(({ method }) => method))];
  return `it sent ${names.length === 0 ? 'nothing' : `only ${names.slice(0, 10).join(', ')}`}`;
};

/** @type {Record<string, (host: any, ...values: any[]) => { pass: boolean, message: () => string }>} */
const checks = {
  toHaveSent(host, name, params) {
    const pass = host.requests(name).some((/** @type {any} */ sent) => params === undefined || contains(sent.params, params));
    const what = `${name}${params === undefined ? '' : ` with ${shown(params)}`}`;
    return { pass, message: () => (pass ? `expected the agent not to send ${what}; it did` : `expected the agent to send ${what}; ${instead(host, name)}`) };
  },
  toHaveSentTimes(host, name, times) {
    const count = host.requests(name).length;
    return { pass: count === times, message: () => `expected the agent${count === times ? ' not' : ''} to send ${name} ${times} times; ${instead(host, name)}` };
  },
  toHaveSentInOrder(host, names) {
    const sent = host.requests().map((/** @type {any} */ { method }) => method);
    let from = 0;
    const missing = names.find((/** @type {string} */ name) => {
      const found = sent.indexOf(name, from);
      from = found + 1;
      return found < 0;
    });
    return { pass: missing === undefined, message: () => (missing === undefined ? `expected the agent not to send ${names.join(', then ')}; it did` : `expected the agent to send ${names.join(', then ')}; ${missing} did not come in that order among ${sent.join(', ')}`) };
  },
};

/** For `expect.extend(matchers)` of vitest and jest. */
export const matchers = Object.fromEntries(
  Object.entries(checks).map(([name, check]) => [
    name,
    (/** @type {any} */ host, /** @type {any[]} */ ...values) => {
      if (typeof host?.requests !== 'function') throw new TestHostError('INVALID_ARGUMENT', `${name}: what is expected is ${shown(host)}; expected a TestHost: expect(host).${name}(…).`);
      return check(host, ...values);
    },
  ]),
);

/** @param {string} name @returns {(host: TestHost, ...values: any[]) => void} */
const assertion =
  (name) =>
  (host, ...values) => {
    const { pass, message } = matchers[name](host, ...values);
    if (!pass) throw new TestHostError('ASSERTION', message());
  };

/** For `node --test`, and wherever there is no `expect`. */
export const assertSent = assertion('toHaveSent');
export const assertSentTimes = assertion('toHaveSentTimes');
export const assertSentInOrder = assertion('toHaveSentInOrder');

/** Frames, or whatever holds some, in a form that is the same in every run. @param {unknown} value */
export const stable = (value) => new Stable().of(value);

/** For `expect.addSnapshotSerializer`: a host is shown by its transcript. */
export const snapshotSerializer = {
  test: (/** @type {any} */ value) => typeof value?.transcript === 'function' && typeof value.requests === 'function',
  serialize: (/** @type {any} */ value) => value.transcript(),
};
