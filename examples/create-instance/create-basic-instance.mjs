// Creates one event log instance, and says what the host answered.
import codebolt from 'codebolt-wasm';

await codebolt.waitForReady();

const reply = await codebolt.eventLog.createInstance('shop-visits', 'Who looked at what in the web shop');

if (reply.success) {
  const { id, name, createdAt } = reply.data.instance;
  console.log(`created ${name}: id ${id}, at ${createdAt}`);
} else if (reply.error?.includes('exists')) {
  // A refusal is an answer, not an exception. On a second run this is the one to expect.
  console.log(`shop-visits is there already: ${reply.error}`);
} else {
  throw new Error(reply.error);
}

// An open connection keeps the process running; once it is closed, Node ends by itself.
await codebolt.close();
