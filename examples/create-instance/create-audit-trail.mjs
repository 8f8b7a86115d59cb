// An instance for an audit trail. The first entry says who started it.
import codebolt from 'codebolt-wasm';

const name = 'bank-audit';
const reply = await codebolt.eventLog.createInstance(name, 'Every change to an account: who, when, what, why');

if (reply.success) {
  const { instance } = reply.data;
  console.log(`created ${name}: id ${instance.id}`);
  const entry = await codebolt.eventLog.appendEvent({
    instanceId: instance.id,
    streamId: 'audit',
    eventType: 'AuditStarted',
    payload: { by: 'ada', reason: 'yearly review' },
  });
  if (!entry.success) throw new Error(entry.error);
  console.log(`first entry: ${entry.data.event.event_type}, number ${entry.data.event.sequence_number}`);
} else if (reply.error?.includes('exists')) {
  console.log(`${name} was started in an earlier run: ${reply.error}`);
} else {
  throw new Error(reply.error);
}

await codebolt.close();
