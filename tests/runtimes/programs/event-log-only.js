import { eventLog } from 'codebolt-wasm';

console.log(eventLog.createInstance);
