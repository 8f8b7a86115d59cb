/** Frames in a log: without secrets, and not longer than one can read. In Node and its like: browsers show frames themselves. */
/** So many characters of a frame are shown. */
const SHOWN = 2000;

/** Members whose texts are secrets, by parts of their names. The last text of a frame that was cut may have no end. */
const SECRETS = /("[^"]*(?:token|secret|password|api_?key|authorization|credential)[^"]*"\s*:\s*")(?:[^"\\]|\\.?)*/gi;

/** A frame for a log; bytes as they are. @param {unknown} data */
const readable = (data) => {
  if (typeof data !== 'string') return data;
  const text = data.slice(0, SHOWN).replace(SECRETS, '$1…');
  return data.length > SHOWN ? `${text}… (${data.length} characters)` : text;
};

/** An address for a log: one of its parameters may be a token. @param {string} url */
const withoutSecrets = (url) => url.replace(/([?&][^=&]*=)[^&]*/g, '$1…').replace(/\/\/[^/@]*@/, '//…@');

/**
 * Logs the frames of a socket.
 * @param {any} socket
 * @param {string} url
 * @param {(text: string, details: unknown) => void} log
 */
export const logSocket = (socket, url, log) => {
  log('connecting', withoutSecrets(url));
  const { send } = socket;
  socket.send = (/** @type {unknown} */ data) => {
    log('sent', readable(data));
    return send.call(socket, data);
  };
  socket.addEventListener?.('message', (/** @type {{ data: unknown }} */ { data }) => log('received', readable(data)));
  return socket;
};
