// The package installed by its name, from CommonJS, on a real host.

const assert = require('node:assert/strict');
const { after, describe, it } = require('node:test');
const codebolt = require('codebolt-wasm');

const fresh = () => `commonjs-${crypto.randomUUID()}`;

after(() => codebolt.close());

describe('the package, required', () => {
  it('is the instance, and carries itself and the class', async () => {
    assert.ok(codebolt instanceof codebolt.Codebolt);
    assert.equal(codebolt.default, codebolt);
    assert.equal(require('codebolt-wasm').default.default, codebolt);
    const imported = await import('codebolt-wasm');
    assert.equal(imported.default, codebolt);
    assert.equal(imported.Codebolt, codebolt.Codebolt);
  });

  it('creates an instance on the host', async () => {
    const name = fresh();
    const reply = await codebolt.eventLog.createInstance(name, 'from CommonJS');
    assert.equal(reply.success, true);
    assert.equal(reply.data.instance.name, name);
  });

  it('resolves with the refusal for a duplicate name', async () => {
    const { createInstance, listInstances } = codebolt.default.eventLog;
    const name = fresh();
    await createInstance(name);
    const again = await createInstance(name);
    assert.equal(again.success, false);
    assert.match(again.error, /exists/);
    const { data } = await listInstances();
    assert.equal(data.instances.filter((instance) => instance.name === name).length, 1);
  });

  it('rejects a bad argument with the class that it carries', async () => {
    await assert.rejects(codebolt.eventLog.createInstance(7), (error) => {
      assert.ok(error instanceof codebolt.CodeboltError);
      assert.equal(error.code, 'INVALID_ARGUMENT');
      return true;
    });
  });

  it('makes further clients', async () => {
    const { SOCKET_PORT, CODEBOLT_SERVER_URL } = process.env;
    const other = new codebolt.Codebolt({ host: CODEBOLT_SERVER_URL, port: Number(SOCKET_PORT) });
    await other.waitForReady();
    assert.equal(other.ready, true);
    await other.close();
    assert.equal(other.connectionState, 'closed');
  });
});
