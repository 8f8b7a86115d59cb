/** What the tests of custom methods share: recordings, and what a session was given to send. */
import { readFileSync } from 'node:fs';
import { ID } from './recording-session.mjs';

const recordings = readFileSync(new URL('../recordings/sdk-frames.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** What was recorded for a method that talks more than once. */
export const recorded = (method, name) =>
  recordings
    .filter((line) => line.given && line.method === method && line.case === name)
    .map(({ frame }) => JSON.stringify(frame).replaceAll('<id>', ID));

export const texts = (session) => session.frames.map(({ text }) => text);
export const messages = (session) => texts(session).map((text) => JSON.parse(text));
export const later = () => new Promise((resolve) => setImmediate(resolve));
