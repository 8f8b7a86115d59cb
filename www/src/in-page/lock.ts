/** The lock on the browser's storage: one tab has it at a time. */

const NAME = 'codebolt-event-log';
/** How long the lock may take: on a reload the former page may not have let go of it yet. Milliseconds. */
const LIMIT = 2_000;

/** Takes the lock, and gives what lets go of it; nothing when another tab has it. */
export async function takeLock(): Promise<(() => void) | undefined> {
  // Only pages of https and of this machine have locks.
  if (!navigator.locks) {
    throw new Error('the browser gives this page no locks, which are to keep two tabs apart; open it by https, or on localhost');
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LIMIT);
  try {
    return await new Promise<() => void>((resolve, reject) => {
      const held = () => new Promise<void>((letGo) => resolve(letGo));
      navigator.locks.request(NAME, { signal: limit.signal }, held).catch(reject);
    });
  } catch (error) {
    if (limit.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
