import codebolt, { Codebolt } from '@codebolt/codeboltjs';
import type {
  AppendEventParams,
  EventLogAppendResponse,
  EventLogCondition,
  EventLogDSL,
  EventLogEntry,
  EventLogInstance,
  EventLogInstanceResponse,
  EventLogQueryResponse,
  EventLogQueryResult,
} from '@codebolt/codeboltjs';

const byTotal: EventLogCondition = { field: 'payload.total', operator: 'gt', value: 10 };

async function record(instance: EventLogInstance, total: number): Promise<EventLogEntry | undefined> {
  const params: AppendEventParams = { instanceId: instance.id, stream_id: 'orders', event_type: 'placed', payload: { total } };
  const response: EventLogAppendResponse = await codebolt.eventLog.appendEvent(params);
  return response.data?.event;
}

async function large(instance: EventLogInstance): Promise<EventLogQueryResult | undefined> {
  const query: EventLogDSL = { from: { instance: instance.id }, where: [byTotal], orderBy: { field: 'timestamp', direction: 'desc' } };
  const response: EventLogQueryResponse = await codebolt.eventLog.queryEvents(query);
  return response.data?.result;
}

async function main(client: Codebolt): Promise<void> {
  await client.waitForReady();
  const created: EventLogInstanceResponse = await client.eventLog.createInstance(`typescript ${Date.now()} ${process.pid}`);
  const instance = created.data?.instance;
  if (!created.success || !instance) throw new Error(created.error);
  await record(instance, 5);
  const entry = await record(instance, 12);
  const result = await large(instance);
  console.log(JSON.stringify({ sequence: entry?.sequence_number, total: result?.total, first: result?.events?.[0]?.payload }));
  process.exit(0);
}

main(codebolt);
