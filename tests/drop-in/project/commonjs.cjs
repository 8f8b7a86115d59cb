const codebolt = require('@codebolt/codeboltjs');
const byDefault = require('@codebolt/codeboltjs').default;
const { Codebolt } = require('@codebolt/codeboltjs');

async function main() {
  await codebolt.waitForReady();
  const created = await byDefault.eventLog.createInstance('commonjs ' + Date.now() + ' ' + process.pid);
  const appended = await codebolt.eventLog.appendEvent({
    instanceId: created.data.instance.id,
    stream_id: 's',
    event_type: 'started',
    payload: { by: 'commonjs' },
    metadata: { source: 'test' },
  });
  const list = await codebolt.eventLog.listInstances();
  console.log(
    JSON.stringify({
      itself: byDefault === codebolt,
      class: codebolt instanceof Codebolt,
      sequence: appended.data.event.sequence_number,
      listed: list.data.instances.some((instance) => instance.id === created.data.instance.id),
    }),
  );
  process.exit(0);
}

main();
