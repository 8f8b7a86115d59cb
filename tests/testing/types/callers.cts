import testing = require('codebolt-wasm-testing');
import matchers = require('codebolt-wasm-testing/matchers');

export const run = async (): Promise<void> => {
  const host = await testing.TestHost.start();
  host.on('fs.readFile', ({ filePath }) => ({ success: true, content: filePath }));
  matchers.assertSent(host, 'fs.readFile');
  await host.close();
};
