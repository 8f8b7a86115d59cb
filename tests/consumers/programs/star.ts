/** Everything by `import *`, with modules taken off it. */
import * as codebolt from '@codebolt/codeboltjs';
import itself, { Codebolt, eventLog, fs } from '@codebolt/codeboltjs';

const { chat } = codebolt;

itself.onMessage(async (message) => {
  const results: unknown[] = [itself instanceof Codebolt, itself.ready];
  const file: any = await fs.readFile(message.userMessage);
  results.push(file.content);
  const listed = await eventLog.listInstances();
  results.push(listed.success, typeof codebolt.git.status, typeof codebolt.default.onMessage);
  const { readFile } = codebolt.fs;
  results.push(((await readFile('b')) as any).content);
  chat.sendMessage('from a module taken off', {});
  return results;
});
