// Names are unique. A taken one is answered with `success: false`; whoever only wants to have the instance takes it then.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const createOrFind = async (name, description) => {
  const created = await codebolt.eventLog.createInstance(name, description);
  if (created.success) {
    console.log(`created ${name}`);
    return created.data.instance;
  }
  if (!created.error?.includes('exists')) throw new Error(created.error);
  console.log(`the host says: ${created.error}`);
  const list = await codebolt.eventLog.listInstances();
  if (!list.success) throw new Error(list.error);
  return list.data.instances.find((instance) => instance.name === name);
};

const first = await createOrFind('night-shift', 'Notes that one shift leaves for the next');
const second = await createOrFind('night-shift');
assert.equal(second?.id, first?.id);
console.log(`both times the same instance: id ${first?.id}`);

await codebolt.close();
