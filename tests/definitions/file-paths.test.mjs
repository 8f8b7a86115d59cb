// The path that `codebolt.fs` makes of a folder and a name.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

describe('the path of a new file', () => {
  for (const [folder, name, path] of [
    ['/a', 'b', '/a/b'],
    ['/a/', 'b', '/a/b'],
    ['/a', '', '/a'],
    ['C:\\a', 'b', 'C:\\a\\b'],
    ['C:\\a\\', 'b', 'C:\\a\\b'],
    ['', 'b', '/b'],
  ]) {
    it(`of ${JSON.stringify(folder)} and ${JSON.stringify(name)} is ${JSON.stringify(path)}`, async () => {
      const session = recordingSession();
      await modules.fs(session).createFile(name, 'text', folder);
      assert.equal(JSON.parse(session.frames[0].text).message.filePath, path);
    });
  }
});
