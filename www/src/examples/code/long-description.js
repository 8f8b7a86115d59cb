import codebolt from 'codebolt-wasm';

const reply = await codebolt.eventLog.createInstance(
  'security',
  'Sign-ins, failed ones too, changed rights and refused requests. ' +
    'Read by the people on call and by the yearly review; kept for two years.',
);
console.log(reply.data?.instance.description ?? reply.error);

await codebolt.close();
