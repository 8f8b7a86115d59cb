import codebolt from 'codebolt-wasm';

const reply = await codebolt.eventLog.createInstance('audit', 'Who changed what');
console.log(reply.success ? 'The audit log is ready.' : reply.error);

const stored = await codebolt.eventLog.appendEvent({
  instanceId: 'audit',
  streamId: 'settings',
  eventType: 'SettingChanged',
  payload: { setting: 'theme', from: 'light', to: 'dark' },
  metadata: { user: 'ada' },
});
console.log('stored', stored.data?.event ?? stored.error);

await codebolt.close();
