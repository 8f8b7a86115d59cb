import codebolt from 'codebolt-wasm';

const reply = await codebolt.eventLog.createInstance('visits', 'Who came by, and when');

if (reply.success) console.log('created', reply.data.instance);
else console.error('the host says:', reply.error);

await codebolt.close();
