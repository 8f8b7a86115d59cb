/**
 * What the package knows of every method: node tables.mjs WIRE PACKAGE TO. xtask/src/build/testing.rs starts it.
 *
 * WIRE is the definitions' JSON, PACKAGE the built codebolt-wasm. From its declarations come the default replies, by TypeScript's
 * own checker, and the names of the parameters.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultReplies } from './default-replies.mjs';
import { declarations } from './method-types.mjs';

const [wireFile, packageFolder, to] = process.argv.slice(2);
const { methods, listeners } = JSON.parse(await readFile(wireFile, 'utf8'));

const sending = methods.filter((/** @type {any} */ { message }) => message !== null);
const requests = sending.filter((/** @type {any} */ { mode }) => mode === 'request');
const replies = defaultReplies(packageFolder, requests);

/** @param {any} method */
const row = ({ name, mode, message, replies: types }) => {
  const given = replies.get(name);
  return {
    name,
    ...(mode === 'request' && { replyType: types[0] ?? message.kind, reply: given?.reply ?? {} }),
    ...(given?.echoed.length && { echoed: given.echoed }),
    ...(given?.numericTime && { numericTime: true }),
    message: message.entries,
  };
};

/** The constants of an answer, as JavaScript: type, and action if it has one. @param {string | null} answer */
const constants = (answer) => {
  if (!answer) return [];
  const [, type] = /\btype: "([^"]*)"/.exec(answer) ?? [];
  const [, action] = /\baction: "([^"]*)"/.exec(answer) ?? [];
  return [{ type, ...(action && { action }) }];
};

const HEADER = '// Made by `cargo xtask build` from definitions/ and from the types of codebolt-wasm.\n';
await mkdir(path.join(to, 'tables'), { recursive: true });
const lines = (/** @type {any[]} */ rows) => rows.map((one) => `  ${JSON.stringify(one)},\n`).join('');
await writeFile(
  path.join(to, 'tables/methods.js'),
  `${HEADER}/** @type {import('../row.d.ts').Row[]} */\nexport const rows = [\n${lines(sending.map(row))}];\n`,
);
await writeFile(
  path.join(to, 'tables/listeners.js'),
  `${HEADER}/** @type {{ name: string, listens: string, answers: { type: string, action?: string }[] }[]} */\nexport const listeners = [\n${lines(
    listeners.map((/** @type {any} */ { name, listens, answers }) => ({ name, listens, answers: answers.flatMap(constants) })),
  )}];\n`,
);
await writeFile(path.join(to, 'methods.d.ts'), HEADER + declarations(sending, listeners));
console.log(`  codebolt-wasm-testing, default replies of ${requests.length} methods`);
