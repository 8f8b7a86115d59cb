import codebolt from 'codebolt-wasm';

const logs = {
  visitors: 'People, and what they do',
  machines: 'Services, and how they are',
  calls: 'Requests, and what they came to',
};

// All at once: each reply finds its own call.
const replies = await Promise.all(
  Object.entries(logs).map(([name, description]) =>
    codebolt.eventLog.createInstance(name, description),
  ),
);
for (const { data, error } of replies) {
  console.log(data ? `${data.instance.name}: ${data.instance.id}` : error);
}

await codebolt.close();
