/** An agent that says the last of it and ends its process in the same tick. */
import codebolt from '@codebolt/codeboltjs';

async function main(): Promise<void> {
  await codebolt.waitForReady();
  await codebolt.fs.readFile('a.txt');
  codebolt.chat.sendMessage('one', {});
  codebolt.chat.sendMessage('two', {});
  codebolt.chat.processFinished();
  process.exit(0);
}

void main();
