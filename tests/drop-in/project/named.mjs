import codebolt, { Codebolt, eventLog } from '@codebolt/codeboltjs';

const created = await eventLog.createInstance(`named ${Date.now()} ${process.pid}`);
const own = new Codebolt();
const stats = await own.eventLog.getInstanceStats(created.data.instance.id);
console.log(JSON.stringify({ same: eventLog === codebolt.eventLog || codebolt instanceof Codebolt, events: stats.data.eventCount }));
process.exit(0);
