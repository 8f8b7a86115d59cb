import { roundTrip } from './round-trip.mjs';

/** @param {typeof import('codebolt-wasm').Codebolt} Codebolt */
export const report = async (Codebolt) => {
  const parameters = new URLSearchParams(location.search);
  const codebolt = new Codebolt({ url: parameters.get('host') });
  const outcome = await roundTrip(codebolt).then(
    (outcome) => ({ ...outcome, one: codebolt instanceof Codebolt }),
    (error) => ({ error: String(error.stack) }),
  );
  await fetch(parameters.get('report'), { method: 'POST', body: JSON.stringify(outcome) });
};
