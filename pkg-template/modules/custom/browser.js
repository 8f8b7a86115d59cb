/** The custom methods of `codebolt.browser`, and the instances that it keeps. */
import { ask, attempt, newToolUseId, tell } from '../../define.js';
import { CodeboltError } from '../../error.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

const browsers = /* @__PURE__ */ stateOf(() => /** @type {{ active?: string }} */ ({}));

/** A fresh id: `browser-1700000000000-k3j9x0q2a`. */
const newInstanceId = () => newToolUseId().replace('tool', 'browser').replaceAll('_', '-');

/**
 * The id of the active instance, invented on first use.
 * @param {Session} session
 */
export const activeInstance = (session) => (browsers(session).active ??= newInstanceId());

const NEW_PAGE = { type: 'browserEvent', replyTypes: ['newPageResponse'] };

/** @param {Session} session */
const known = (session) => {
  const { active } = browsers(session);
  if (!active) return [];
  const createdAt = new Date().toISOString();
  return [{ instanceId: active, isActive: true, isReady: true, currentUrl: '', title: '', createdAt }];
};

/** @param {Session} session */
export const listBrowserInstances = (session) => async () => known(session);

/** @param {Session} session */
export const getBrowserInstance = (session) => async (/** @type {string} */ instanceId) =>
  known(session).find((instance) => instance.instanceId === instanceId) ?? null;

/** @param {Session} session */
export const setActiveBrowserInstance = (session) => async (/** @type {string} */ instanceId) =>
  // The only one that is known is the active one.
  known(session).some((instance) => instance.instanceId === instanceId);

/** @param {Session} session */
export const openNewBrowserInstance =
  (session) => async (/** @type {any} */ options, /** @type {CallOptions | undefined} */ callOptions) => {
    const instanceId = options?.instanceId || newInstanceId();
    await ask(session, NEW_PAGE, { type: 'browserEvent', action: 'newPage', instanceId }, callOptions);
    if (options?.setActive !== false) browsers(session).active = instanceId;
    return { instanceId };
  };

/** @param {Session} session */
export const closeBrowserInstance = (session) => async (/** @type {string} */ given) => {
  const browser = browsers(session);
  const instanceId = given || activeInstance(session);
  try {
    await tell(session, { type: 'browserEvent', action: 'close', instanceId });
  } catch {
    return false;
  }
  if (browser.active === instanceId) browser.active = undefined;
  return true;
};

/**
 * The operations: what identifies the request, and the members that go before and after the instance's id.
 * @type {Record<string, { method: import('../../define.d.ts').Method, before?: (params: any) => object, after?: (params: any) => object }>}
 */
const operations = {
  goToPage: {
    method: { type: 'browserEvent', replyTypes: ['goToPageResponse'] },
    before: ({ url }) => ({ url }),
  },
  screenshot: {
    method: { type: 'browserEvent', replyTypes: ['screenshotResponse'] },
    after: (params) => ({ fullPage: params?.fullPage, quality: params?.quality, format: params?.format }),
  },
  getContent: { method: { type: 'browserEvent', replyTypes: ['getContentResponse'] } },
};

/** @param {Session} session */
export const executeOnInstance =
  (session) =>
  (
    /** @type {string} */ instanceId,
    /** @type {string} */ operation,
    /** @type {any} */ params,
    /** @type {CallOptions | undefined} */ callOptions,
  ) =>
    attempt(() => {
      if (!Object.hasOwn(operations, operation)) {
        const known = Object.keys(operations).join(', ');
        throw new CodeboltError(
          'INVALID_ARGUMENT',
          `browser.executeOnInstance: unknown operation '${operation}'; valid operations: ${known}`,
          { type: 'browserEvent' },
        );
      }
      const { method, before, after } = operations[operation];
      const id = { instanceId, ...params }.instanceId || activeInstance(session);
      const message = {
        type: 'browserEvent',
        action: operation,
        ...before?.(params),
        instanceId: id,
        ...after?.(params),
      };
      return ask(session, method, message, callOptions);
    });
