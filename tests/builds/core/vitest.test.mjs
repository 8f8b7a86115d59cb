/** vitest: the package outside of its bundle or inlined in it, with Node's globals or a page's. */
import { test } from 'node:test';
import { OUTCOME, command, makeProject, node } from '../project.mjs';

const text = `import codebolt, { Codebolt, eventLog } from 'codebolt-wasm';
import { expect, test, vi } from 'vitest';
import { roundTrip } from './round-trip.mjs';

test('the package does all it has to', async () => {
  expect(codebolt instanceof Codebolt).toBe(true);
  expect(await roundTrip(codebolt)).toEqual(${JSON.stringify(OUTCOME)});
});

test('a method can be spied on', async () => {
  vi.spyOn(eventLog, 'listInstances').mockResolvedValue({ success: true });
  expect(await eventLog.listInstances()).toEqual({ success: true });
});
`;
const mocked = `import codebolt, { eventLog } from 'codebolt-wasm';
import { expect, test, vi } from 'vitest';

vi.mock('codebolt-wasm', async (original) => ({ ...(await original()), eventLog: { createInstance: () => 'mine' } }));

test('a mock takes its place', () => {
  expect(eventLog.createInstance()).toBe('mine');
  expect(typeof codebolt.close).toBe('function');
});
`;

for (const environment of ['node', 'jsdom', 'happy-dom']) {
  for (const inlined of [false, true]) {
    test(`vitest, ${environment}, the package ${inlined ? 'inlined' : 'as it is'}`, async () => {
      const folder = makeProject('core', {
        'agent.test.mjs': text,
        'mocked.test.mjs': mocked,
        'vitest.config.mjs': `export default { test: { environment: '${environment}', watch: false, ${inlined ? "server: { deps: { inline: ['codebolt-wasm'] } }" : ''} } };\n`,
      });
      await node(command('core', 'vitest'), ['run'], { cwd: folder });
    });
  }
}
