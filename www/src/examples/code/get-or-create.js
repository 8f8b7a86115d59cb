/** @type {import('../run').Example} */
export default async ({ codebolt, console }) => {
  /** @param {string} name @param {string} description */
  async function getOrCreate(name, description) {
    const created = await codebolt.eventLog.createInstance(name, description);
    if (created.success) return created.data.instance;
    if (!created.error?.includes('exists')) throw new Error(created.error);

    const listed = await codebolt.eventLog.listInstances();
    return listed.data?.instances.find((instance) => instance.name === name);
  }

  const first = await getOrCreate('shared-log', 'Whoever comes first makes it');
  const second = await getOrCreate('shared-log', 'Whoever comes first makes it');
  console.log('first', first?.id);
  console.log('second', second?.id);
  const isSame = first?.id === second?.id;
  console.log(isSame ? 'The same instance, twice.' : 'Two instances?');
};
