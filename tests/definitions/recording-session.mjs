// A session that keeps what methods hand to it. Only what is sent counts here; replies are the session's own tests.

export const ID = '00000000-0000-4000-8000-000000000000';

export const recordingSession = () => {
  const frames = [];
  const record = (text, detail) => {
    frames.push({ text, ...detail });
    return Promise.resolve({});
  };
  return {
    frames,
    newRequestId: () => ID,
    request: (method, head, tail, options) => record(head + ID + tail, { method, options }),
    requestWithId: (method, id, text, options) => record(text, { method, options, id }),
    send: (head, tail) => void record(head + ID + tail, {}),
    // Methods that listen get nothing to hear.
    listen: () => () => {},
    claim: () => () => {},
  };
};

/** The folder of the built package. */
export const PKG = new URL(process.env.CODEBOLT_PKG ?? '../../pkg/', import.meta.url);

export const { modules } = await import(new URL('modules/index.js', PKG).href);
