/** The log that the environment asks for: `CODEBOLT_LOG=debug` (or another level), or `DEBUG=codebolt*`, on standard error. */

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** The level that is asked for. @param {Record<string, string | undefined>} environment */
const levelOf = ({ CODEBOLT_LOG, DEBUG = '' }) =>
  CODEBOLT_LOG ?? (DEBUG.split(/[\s,]/).some((name) => name === '*' || /^codebolt(?![\w-])/.test(name)) ? 'debug' : '');

export const environmentLog = () => {
  let level = '';
  try {
    level = levelOf(globalThis.process?.env ?? {});
  } catch {
    // Deno asks before it shows the environment, and may be refused.
  }
  const least = LEVELS.indexOf(level);
  if (least < 0) return undefined;
  return {
    level,
    write(/** @type {string} */ level, /** @type {string} */ text, /** @type {unknown} */ details) {
      if (LEVELS.indexOf(level) >= least) console.error(`codebolt ${level}: ${text}`, details);
    },
  };
};
