/** @type {import('../run').Example} */
export default async ({ codebolt, console }) => {
  await codebolt.waitForReady();

  const reply = await codebolt.eventLog.createInstance('visits', 'Who came by, and when');

  if (reply.success) console.log('created', reply.data.instance);
  else console.error('the host says:', reply.error);
};
