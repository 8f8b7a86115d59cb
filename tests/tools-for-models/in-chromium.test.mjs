// The toolbox in a page without a bundler.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inBrowser } from '../event-log/in-browser.mjs';

it('gives a page the tools of the instance that it has', async () => {
  const found = await inBrowser((page) =>
    page.evaluate(async () => {
      const [{ default: codebolt }, { default: tools, toolsFor }] = await Promise.all([import('/pkg/browser.js'), import('/pkg/tools.js')]);
      const { llmContent } = await tools.executeTool('attempt_completion', { result: { a: 1 } });
      return { one: toolsFor(codebolt) === tools, count: tools.getToolNames().length, llmContent };
    }),
  );
  assert.deepEqual(found, { one: true, count: 73, llmContent: '{\n  "a": 1\n}' });
});

it('lists its tools and runs one in Chromium', async () => {
  const found = await inBrowser((page) =>
    page.evaluate(async () => {
      const { Codebolt } = await import('/pkg/browser.js');
      const codebolt = new Codebolt({ host: '127.0.0.1', port: 1 });
      const { data } = await codebolt.mcp.listMcpFromServers(['codebolt']);
      const { result } = await codebolt.mcp.executeTool('codebolt', 'attempt_completion', { result: { a: 1 } });
      return { count: data.tools.length, result };
    }),
  );
  assert.deepEqual(found, { count: 73, result: '{\n  "a": 1\n}' });
});
