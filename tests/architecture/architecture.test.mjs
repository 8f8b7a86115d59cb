/** ARCHITECTURE.md can be followed: the files, folders and functions that it names exist. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const list = (/** @type {string[]} */ ...options) =>
  execFileSync('git', ['ls-files', ...options], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n').filter(Boolean);
const files = list('--cached', '--others', '--exclude-standard');
const gone = new Set(list('--deleted'));
const paths = new Set(files.filter((file) => !gone.has(file)).map((file) => `/${file}`));
const folders = new Set([...paths].flatMap((file) => file.split('/').map((_, depth, parts) => `${parts.slice(0, depth).join('/')}/`)));
const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
const sources = [...paths]
  .filter((file) => /^\/(?:src|host\/src|event-log\/src|event-log-wasm\/src|pkg-template|testing\/package)\/.*\.(?:rs|js|ts)$/.test(file))
  .map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));

/** Made by the build. */
const GENERATED = /^modules\/fs\.js$|^target\//;

/** Why a name in backticks leads nowhere. @param {string} name */
const missing = (name) => {
  if (/[<>{}\s]/.test(name) || GENERATED.test(name)) return;
  if (/^[\w./-]+\.(?:rs|js|mjs|toml|md|ts)$/.test(name)) return [...paths].some((file) => file.endsWith(`/${name}`)) ? undefined : `no file ${name}`;
  if (/^[\w.-]+(?:\/[\w.-]+)*\/$/.test(name)) return [...folders].some((folder) => folder.endsWith(`/${name}`)) ? undefined : `no folder ${name}`;
  const [, owner, member] = /^(\w+)(?:::|\.#?)(\w+)$/.exec(name) ?? [];
  if (!owner) return;
  const isThere = sources.some((source) => new RegExp(`\\b${owner}\\b`, 'i').test(source) && new RegExp(`\\b${member}\\b`).test(source));
  return isThere ? undefined : `no ${owner} with ${member}`;
};

const names = [...text.matchAll(/`([^`\n]+)`/g), ...text.matchAll(/\["([\w./-]+\/[\w.-]*)<br>/g)].map(([, name]) => name);

test('the files, folders and functions in ARCHITECTURE.md exist', () => {
  assert.ok(names.length > 150, `${names.length} names`);
  assert.deepEqual(names.flatMap((name) => missing(name) ?? []), []);
});

test('a name that leads nowhere is found', () => {
  assert.equal(missing('request_tables.rs'), 'no file request_tables.rs');
  assert.equal(missing('src/seson/'), 'no folder src/seson/');
  assert.equal(missing('SessionCore::begins'), 'no SessionCore with begins');
});
