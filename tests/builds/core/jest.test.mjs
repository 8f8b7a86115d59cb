/** jest: its own module registry, CommonJS or its ESM, Node's globals or a page's; and what tests do to the package there. */
import { test } from 'node:test';
import { OUTCOME, command, makeProject, run } from '../project.mjs';

const commonJS = `const { roundTrip } = require('./round-trip.cjs');

test('the package does all it has to', async () => {
  const codebolt = require('codebolt-wasm');
  expect(await roundTrip(codebolt)).toEqual(${JSON.stringify(OUTCOME)});
});

test('jest.resetModules gives a fresh instance', () => {
  const first = require('codebolt-wasm');
  jest.resetModules();
  expect(require('codebolt-wasm')).not.toBe(first);
});

test('a mock takes its place, and the real one can be had beside it', () => {
  jest.resetModules();
  jest.doMock('codebolt-wasm', () => ({ ...jest.requireActual('codebolt-wasm'), eventLog: { createInstance: jest.fn(() => 'mine') } }));
  expect(require('codebolt-wasm').eventLog.createInstance()).toBe('mine');
  expect(jest.requireActual('codebolt-wasm').connectionState).toBe('idle');
  jest.dontMock('codebolt-wasm');
});

test('a method can be spied on', async () => {
  jest.resetModules();
  const { eventLog } = require('codebolt-wasm');
  jest.spyOn(eventLog, 'listInstances').mockResolvedValue({ success: true });
  expect(await eventLog.listInstances()).toEqual({ success: true });
});
`;
const esm = `import codebolt, { Codebolt } from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

test('the package does all it has to', async () => {
  expect(codebolt instanceof Codebolt).toBe(true);
  expect(await roundTrip(codebolt)).toEqual(${JSON.stringify(OUTCOME)});
});
`;

/** The address that a page's globals cannot tell. */
const environment = { CODEBOLT_SERVER_URL: process.env.CODEBOLT_SERVER_URL, SOCKET_PORT: process.env.SOCKET_PORT };

for (const surroundings of ['node', 'jsdom']) {
  for (const [kind, file, text, flags] of /** @type {const} */ ([
    ['CommonJS', 'agent.test.cjs', commonJS, []],
    ['ESM', 'agent.test.mjs', esm, ['--experimental-vm-modules', '--no-warnings']],
  ])) {
    test(`jest, ${kind}, ${surroundings}`, async () => {
      const folder = makeProject('core', {
        [file]: text,
        'jest.config.json': { testEnvironment: surroundings, transform: {}, testMatch: [`**/${file}`], moduleFileExtensions: ['js', 'mjs', 'cjs', 'json'] },
      });
      await run(process.execPath, [...flags, command('core', 'jest'), '--config', 'jest.config.json', '--runInBand', '--no-cache'], { cwd: folder, env: environment });
    });
  }
}
