/**
 * What every build has to do with the package: create, append, query, touch a module that is loaded on demand, hand out the tools
 * for models and run one; then close.
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
  const { data: listed } = await codebolt.mcp.listMcpFromServers(['codebolt']);
  const { data: toolNames } = await codebolt.mcp.getTools([{ toolbox: 'codebolt', toolName: 'glob' }]);
  const { data: executed } = await codebolt.mcp.executeTool('codebolt', 'attempt_completion', { result: { done: name } });
  await codebolt.close();
  const { total, events } = found.data.result;
  return {
    name: created.data.instance.name === name,
    event: events[0].id === appended.data.event.id,
    total,
    text: events[0].payload.text,
    onDemand,
    tools: listed.tools.length,
    toolName: toolNames[0].toolName,
    executed: executed[0] === false && JSON.parse(executed[1]).done === name,
  };
};
