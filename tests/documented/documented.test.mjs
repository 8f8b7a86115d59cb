/**
 * The code blocks of the pages, each run as it stands in a project that has nothing but the packed package.
 *
 * `js` runs on a fresh codebolt-host and has to end by itself; `<!-- code: agent -->` before it: on a host that plays the app, until the
 * agent has answered; `<!-- code: check -->`: is only parsed, because it needs what is not there; `<!-- code: page -->`: belongs to a page
 * (`html.test.mjs`); `<!-- code: continues -->`: goes on from the block before. `ts` is type-checked, `json` parsed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { programsOf, matches, whole } from './blocks.mjs';
import { ANSWER, freshHost, theApp } from './hosts.mjs';
import { checkout, pages } from './pages.mjs';

const project = process.env.CODEBOLT_PROJECT;
assert.ok(project, 'run these tests with `cargo xtask test documented`');
const KINDS = ['', 'agent', 'check', 'continues', 'page'];

/** @param {string} page @param {number} line @param {string} extension @param {string} code */
const write = (page, line, extension, code) => {
  const file = path.join(project, `${page.replaceAll(/\W/g, '-')}-${line}.${extension}`);
  writeFileSync(file, code);
  return file;
};

/** Starts a program on a host. @param {string} file @param {string} port */
const start = (file, port) => {
  const { CODEBOLT_TEST_URL: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const child = spawn(process.execPath, [file], {
    cwd: project,
    env: { ...env, CODEBOLT_SERVER_URL: '127.0.0.1', SOCKET_PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  return { child, said, ended: once(child, 'close') };
};

/** Only so that a program that never ends is seen as such. */
const LIMIT = 60_000;

for (const { page, blocks } of pages) {
  describe(page, () => {
    it('says of its blocks what the tests know', () => {
      for (const { kind, line } of blocks) assert.ok(KINDS.includes(kind), `line ${line}: ${kind}`);
    });

    for (const { code, kind, line, prints } of programsOf(blocks).filter(({ kind }) => kind !== 'page')) {
      it(`line ${line}: ${kind === 'check' ? 'parses' : 'runs'}`, async (t) => {
        const file = write(page, line, code.includes('require(') ? 'cjs' : 'mjs', whole(code));
        if (kind === 'check') {
          execFileSync(process.execPath, ['--check', file]);
          return;
        }
        const host = kind === 'agent' ? await theApp() : await freshHost();
        t.after(() => host.stop());
        const { child, said, ended } = start(file, host.port);
        const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
        if ('answer' in host) {
          const answer = await Promise.race([host.answer, ended]);
          child.kill();
          await ended;
          assert.deepEqual([answer.error, answer.message], [undefined, ANSWER], said.stderr);
        } else {
          const [code, signal] = await ended;
          assert.deepEqual([code, signal, said.stderr], [0, null, ''], said.stdout);
        }
        clearTimeout(timer);
        if (prints) assert.ok(matches(said.stdout, prints), `it printed:\n${said.stdout}`);
      });
    }

    for (const { language, code, line } of blocks.filter(({ language }) => language === 'json')) {
      it(`line ${line}: is ${language}`, () => {
        JSON.parse(code.trim().startsWith('{') ? code : `{${code}}`);
      });
    }
  });
}

it('TypeScript on the pages type-checks', () => {
  const files = pages.flatMap(({ page, blocks }) =>
    blocks.filter(({ language, kind }) => language === 'ts' && kind !== 'check').map(({ code, line }) => write(page, line, 'mts', whole(code))),
  );
  const options = {
    compilerOptions: {
      lib: ['es2022'],
      module: 'nodenext',
      noEmit: true,
      strict: true,
      target: 'es2022',
      typeRoots: [path.join(checkout, 'node_modules', '@types')],
      types: ['node'],
    },
    files,
  };
  const config = path.join(project, 'tsconfig.json');
  writeFileSync(config, JSON.stringify(options));
  assert.ok(files.length > 0, 'no page has TypeScript');
  execFileSync(process.execPath, [path.join(checkout, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
});

it('the messages that the guide explains are messages of the package', () => {
  const sources = execFileSync('git', ['ls-files', 'src', 'pkg-template', 'definitions'], { cwd: checkout, encoding: 'utf8' }).trim().split('\n');
  const text = sources.map((file) => readFileSync(path.join(checkout, file), 'utf8')).join('\n').replaceAll("\\'", "'");
  const guide = readFileSync(path.join(checkout, 'docs/guide/errors.md'), 'utf8').split('\n## By the message\n')[1].split('\n## ')[0];
  const messages = [...guide.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message]) => message);
  assert.ok(messages.length > 5);
  for (const message of messages) {
    // What varies, or is put together: `…`, an address, a number, what became of the module.
    for (const part of message.split(/…|ws:\/\/|404|'|(?<=the WebAssembly module) /).map((words) => words.trim().replace(/^[:.] | [:.]$/g, '')).filter((words) => words.length > 7)) {
      assert.ok(text.includes(part), `“${part}” of “${message}”`);
    }
  }
});
