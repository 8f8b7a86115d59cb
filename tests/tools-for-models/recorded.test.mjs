// Every call of the reference's tools that was recorded: the same frames, the same result.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { difference, framesOf, recordings, toolsOn, toolsThatThrow } from './toolbox.mjs';

const MENDED = /^(plan_|roadmap_(?!delete)|job_)/;
const isRefusal = (name) => name.startsWith('failure');

/** The reference lists a directory among the files, too, where the host says so by `type`. */
const mended = (tool, name, result) =>
  tool === 'ls' && name === 'all' ? { ...result, llmContent: result.llmContent.replace('Files (3):\n  [FILE] d1\n', 'Files (2):\n') } : result;

describe('a recorded call', () => {
  let count = 0;
  for (const [tool, { recorded }] of Object.entries(recordings.tools)) {
    for (const [name, { params, frames, reply, result }] of Object.entries(recorded)) {
      count += 1;
      // The reference takes a refusal of these for a success, or does not say why.
      if (MENDED.test(tool) && isRefusal(name)) {
        it(`of ${tool} that the host refuses is a failure with the host's reason: ${name}`, async () => {
          const { session, tools } = toolsOn(() => reply);
          const found = await tools.executeTool(tool, params);
          assert.deepEqual(framesOf(session), frames);
          const reason = reply.error?.message ?? reply.error;
          if (reason) {
            assert.equal(found.error.message, reason);
            assert.ok(found.llmContent.endsWith(`: ${reason}`), found.llmContent);
          } else {
            assert.ok(found.error.message.length > 10, found.error.message);
          }
          // Where the reference has a failure, its type.
          assert.equal(found.error.type, result.error?.type ?? 'execution_failed');
        });
        continue;
      }
      it(`of ${tool} sends the recorded frames and gives the recorded result: ${name}`, async () => {
        if (name === 'thrown' && frames.length === 0) {
          assert.equal(difference(await toolsThatThrow(new Error('boom')).executeTool(tool, params), result), undefined);
          return;
        }
        const { session, tools } = toolsOn(() => reply);
        const found = await tools.executeTool(tool, params);
        assert.deepEqual(framesOf(session).map((frame) => JSON.stringify(frame)), frames.map((frame) => JSON.stringify(frame)));
        assert.equal(difference(found, mended(tool, name, result)), undefined);
      });
    }
  }
  it('is one of 331', () => assert.equal(count, 331));
});
