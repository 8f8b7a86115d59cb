// A description may be as long as it needs to be, in any language, and comes back as it was given.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const name = 'door-locks';
const description = [
  'Events of the electronic door locks in all buildings.',
  'Holds each unlocking (badge, door, time), each refusal with its reason, each door left open for more than a minute,',
  'and each change of permissions. Kept for two years; read by the site office and, after a break-in, by the police.',
  'Gebäude: Zürich, København, 東京. Fragen an den Hausdienst. 🔐',
].join('\n');

const created = await codebolt.eventLog.createInstance(name, description);
if (created.success) console.log(`created ${name}: id ${created.data.instance.id}`);
else if (created.error?.includes('exists')) console.log(`${name} is there already, with its description`);
else throw new Error(created.error);

const list = await codebolt.eventLog.listInstances();
if (!list.success) throw new Error(list.error);
const instance = list.data.instances.find((candidate) => candidate.name === name);
assert.equal(instance?.description, description);
console.log(`its description has ${description.length} characters in ${description.split('\n').length} lines`);

await codebolt.close();
