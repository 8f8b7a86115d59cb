/** Tells the test how it went. */
const parameters = new URL(location.href).searchParams;

/** The host's address. */
export const url = parameters.get('host');
/** What the test asks for. */
export const wanted = parameters.get('case');

/** @param {Promise<unknown>} outcome */
export const report = async (outcome) => {
  const body = await Promise.resolve(outcome).catch((error) => ({ error: `${error?.name}: ${error?.message}\n${error?.stack}` }));
  await fetch(new URL(parameters.get('report')).pathname, { method: 'POST', body: JSON.stringify(body) });
};
