// The tools on a session that keeps what they hand to it, and the reference's recordings.

import { readFileSync } from 'node:fs';
import { SOURCES, modules, recordingSession } from '../definitions/recording-session.mjs';

export const recordings = JSON.parse(readFileSync(new URL('../recordings/sdk-tools.json', import.meta.url), 'utf8'));
export const { BaseDeclarativeTool, BaseToolInvocation, Kind, ToolConfirmationOutcome, ToolErrorType, ToolRegistry, toolsOf } = await import(
  new URL('toolbox.js', SOURCES).href
);
export const { CodeboltError } = await import(new URL('error.js', SOURCES).href);
const { sdkFor } = await import(new URL('tools/sdk.js', SOURCES).href);

/**
 * Tools on a host that answers every request by `answer`, which gets the message and which call it is; the reply gets the
 * id and, unless it has one, a type, as a host adds them.
 */
export const toolsOn = (answer = () => ({ success: true })) => {
  let call = 0;
  const session = recordingSession(async (message) => {
    const { method } = session.frames.at(-1);
    const reply = await answer(message, call++);
    if (typeof reply !== 'object' || reply === null) return reply;
    return { type: method.replyTypes?.[0] ?? method.type, requestId: '<id>', ...reply };
  });
  return { session, tools: toolsOf(session, sdkFor(session)), mcp: modules.mcp(session) };
};

/** Tools whose every SDK call throws. */
export const toolsThatThrow = (error) => {
  const { session, tools } = toolsOn();
  session.ask = () => Promise.reject(error);
  return tools;
};

/** What went out, with the ids as the recordings have them. */
export const framesOf = (session) => session.frames.map(({ text }) => JSON.parse(text.replace(/[0-9a-f-]{36}/g, '<id>')));

/** A value from JSON, where `{"$undefined": true}` is `undefined`. */
export const revived = (value) => {
  if (typeof value !== 'object' || value === null) return value === '$undefined' ? undefined : value;
  if (value.$undefined) return undefined;
  return Array.isArray(value) ? value.map(revived) : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revived(member)]));
};

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * How a value differs from a recorded one; `undefined` when it does not. A wording between ‹ and › is free, apart from the
 * numbers and quoted names in it.
 */
export const difference = (value, recorded, path = '') => {
  if (typeof recorded === 'string' && recorded.includes('‹')) {
    const parts = recorded.split(/‹[^›]*›/).map(escaped);
    if (typeof value !== 'string' || !new RegExp(`^${parts.join('[^]+?')}$`).test(value)) return `${path}: ${JSON.stringify(value)} is not ${JSON.stringify(recorded)}`;
    const [, ...gists] = recorded.split('‹').map((part) => part.split('›')[0]);
    const wanted = gists.flatMap((gist) => gist.match(/\d+|'[^']+'/g) ?? []);
    const missing = wanted.find((word) => !value.includes(word));
    return missing && `${path}: ${JSON.stringify(value)} does not say ${missing}`;
  }
  if (typeof recorded === 'object' && recorded !== null && typeof value === 'object' && value !== null) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(value).filter((name) => value[name] !== undefined)]);
    for (const name of names) {
      const inner = difference(value[name], recorded[name], `${path}.${name}`);
      if (inner) return inner;
    }
    return undefined;
  }
  return value === recorded ? undefined : `${path}: ${JSON.stringify(value)} is not ${JSON.stringify(recorded)}`;
};
