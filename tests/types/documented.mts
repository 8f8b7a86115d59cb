// What the public pages of the event log show, in strict mode: `data` is read without a look at `success`.

import codebolt from 'codebolt-wasm';

const { eventLog } = codebolt;

export const getOrCreate = async (name: string, description?: string) => {
  const result = await eventLog.createInstance(name, description);
  if (result.success) return result.data.instance;
  if (result.error?.includes('exists')) {
    const known = await eventLog.listInstances();
    return known.data.instances.find((instance) => instance.name === name);
  }
  throw new Error(result.error);
};

export const several = async (logs: { name: string; about: string }[]) => {
  for (const { name, about } of logs) {
    const result = await eventLog.createInstance(name, about);
    if (result.success) console.log(name, result.data.instance.id);
  }
};

export const firstSteps = async () => {
  const created = await eventLog.createInstance('activity', 'What users do');
  const instanceId = created.data.instance.id;
  const appended = await eventLog.appendEvent({
    instanceId,
    streamId: 'user-1',
    eventType: 'login',
    payload: { user: 'user-1', at: Date.now() },
    metadata: { source: 'page' },
  });
  console.log(appended.data.event.id, appended.data.event.sequence_number);
  const recent = await eventLog.queryEvents({
    from: { instance: instanceId, stream: 'user-1' },
    where: [{ field: 'event_type', operator: 'eq', value: 'login' }],
    orderBy: { field: 'timestamp', direction: 'desc' },
    limit: 10,
  });
  console.log(recent.data.result.total);
  recent.data.result.events?.forEach((event) => console.log(event.event_type, event.payload.user.length, event.timestamp));
  const stats = await eventLog.getInstanceStats(instanceId);
  if (stats.data.eventCount > 100) await eventLog.deleteInstance(instanceId);
};

export const page = async (instanceId: string, number = 1, size = 50) => {
  const found = await eventLog.queryEvents({ from: { instance: instanceId }, limit: size, offset: (number - 1) * size });
  return { events: found.data.result.events || [], pages: Math.ceil(found.data.result.total / size) };
};

export const batch = async (name: string, results: { id: string; success: boolean; error?: string }[]) => {
  const events = results.map((result) => ({
    streamId: `batch-${name}`,
    eventType: result.success ? 'done' : 'failed',
    payload: { id: result.id, error: result.error },
  }));
  const appended = await eventLog.appendEvents({ instanceId: 'processing', events });
  return appended.data.count;
};

export const perType = async () => {
  const counted = await eventLog.queryEvents({ from: { instance: 'activity' }, reduce: { type: 'count', groupBy: ['event_type'] } });
  return counted.data.result.aggregation.map((group: { count: number }) => group.count);
};

// As the interface of the reference has it, `?.` goes as well.
export const careful = async () => (await eventLog.listInstances()).data?.instances.map((instance) => instance.name) ?? [];
