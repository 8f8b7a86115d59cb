/** A program of its own with the default instance. */
import codebolt from 'codebolt-wasm';

codebolt.onMessage(async ({ userMessage }) => {
  const { content } = await codebolt.fs.readFile(userMessage);
  console.log(`read ${content}`);
  return content.toUpperCase();
});
