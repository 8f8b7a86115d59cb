/**
 * What every runtime has to do with the package: create → append → query → close.
 * @param {import('codebolt-wasm').Codebolt} codebolt
 * @param {string} runtime
 */
export const roundTrip = async (codebolt, runtime) => {
  const name = `${runtime} ${crypto.randomUUID()}`;
  const created = await codebolt.eventLog.createInstance(name, `made in ${runtime}`);
  if (!created.success) throw new Error(`createInstance: ${created.error}`);
  const { id } = created.data.instance;
  const appended = await codebolt.eventLog.appendEvent({
    instanceId: id,
    streamId: 'orders',
    eventType: 'placed',
    payload: { total: 12, text: 'ä€😀' },
  });
  if (!appended.success) throw new Error(`appendEvent: ${appended.error}`);
  const found = await codebolt.eventLog.queryEvents({
    from: { instance: id },
    where: [{ field: 'payload.total', operator: 'eq', value: 12 }],
  });
  if (!found.success) throw new Error(`queryEvents: ${found.error}`);
  await codebolt.close();
  const { total, events } = found.data.result;
  return {
    runtime,
    name: created.data.instance.name === name,
    total,
    text: events[0].payload.text,
    event: events[0].id === appended.data.event.id,
    state: codebolt.connectionState,
  };
};
