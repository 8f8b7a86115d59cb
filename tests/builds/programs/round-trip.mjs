/**
 * What every build has to do with the package: create, append, query, and touch a module that is loaded on demand; then close.
 * @param {import('codebolt-wasm').Codebolt} codebolt
 */
export const roundTrip = async (codebolt) => {
  const name = `build ${Math.random()}`;
  const created = await codebolt.eventLog.createInstance(name, 'made by a build');
  const instanceId = created.data.instance.id;
  const appended = await codebolt.eventLog.appendEvent({ instanceId, eventType: 'placed', payload: { total: 12, text: 'ä€😀' } });
  const found = await codebolt.eventLog.queryEvents({
    from: { instance: instanceId },
    where: [{ field: 'payload.total', operator: 'eq', value: 12 }],
  });
  const onDemand = await codebolt.rag.init().catch((error) => error.code);
  await codebolt.close();
  const { total, events } = found.data.result;
  return {
    name: created.data.instance.name === name,
    event: events[0].id === appended.data.event.id,
    total,
    text: events[0].payload.text,
    onDemand,
  };
};
