// Loaded after `hook.mjs` in the process of a test file: which test is running.

import { beforeEach } from 'node:test';

beforeEach((context) => {
  globalThis.__stryker__.currentTestId = context.fullName;
});
