import codebolt from 'codebolt-wasm';

// Whoever comes first creates it; everybody gets the same one.
const first = await codebolt.eventLog.getOrCreateInstance('shared-log', 'Whoever comes first makes it');
const second = await codebolt.eventLog.getOrCreateInstance('shared-log');
console.log('first', first.id);
console.log('second', second.id);
console.log(first.id === second.id ? 'The same instance, twice.' : 'Two instances?');

await codebolt.close();
