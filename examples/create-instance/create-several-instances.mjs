// Several instances, one for each thing that is logged. The calls go out together; each gets its own reply.
import codebolt from 'codebolt-wasm';

const wanted = {
  'web-requests': 'Requests to the web server, with status and duration',
  'mail-delivery': 'Mails that were sent, bounced or came back',
  'nightly-jobs': 'Starts and ends of the jobs that run at night',
};

const outcomes = await Promise.all(
  Object.entries(wanted).map(async ([name, description]) => {
    const reply = await codebolt.eventLog.createInstance(name, description);
    if (reply.success) return `created ${name}: id ${reply.data.instance.id}`;
    if (reply.error?.includes('exists')) return `${name} is there already`;
    throw new Error(reply.error);
  }),
);
for (const outcome of outcomes) console.log(outcome);

await codebolt.close();
