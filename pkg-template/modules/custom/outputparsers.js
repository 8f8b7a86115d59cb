/** `codebolt.outputparsers`: parsers that send nothing. */

/**
 * A method that needs no session.
 * @template Method
 * @param {Method} method
 * @returns {(session: unknown) => Method}
 */
const local = (method) => () => method;

/**
 * The result of parsing, or its error.
 * @template T
 * @param {() => T} parse
 * @returns {import('../outputparsers.js').ParseResult<T>}
 */
const attempted = (parse) => {
  try {
    return { success: true, parsed: parse() };
  } catch (error) {
    return { success: false, error: /** @type {Error} */ (error) };
  }
};

export const parseJSON = /* @__PURE__ */ local((/** @type {string} */ jsonString) =>
  attempted(() => /** @type {unknown} */ (JSON.parse(jsonString))),
);

export const parseXML = /* @__PURE__ */ local((/** @type {string} */ xmlString) => {
  const text = xmlString.trim();
  return text.startsWith('<') && text.endsWith('>')
    ? { success: true, parsed: { rootElement: xmlString } }
    : { success: false };
});

export const parseCSV = /* @__PURE__ */ local((/** @type {string} */ csvString) =>
  attempted(() => {
    const [names, ...rows] = csvString.split('\n').map((line) => line.split(','));
    return rows.map((values) => Object.fromEntries(names.map((name, index) => [name, values[index]])));
  }),
);

export const parseText = /* @__PURE__ */ local((/** @type {string} */ text) => ({
  success: true,
  parsed: text ? text.split('\n') : [],
}));

/** @param {string} mark */
const lines = (mark) =>
  local((/** @type {unknown} */ output) =>
    String(output)
      .split('\n')
      .filter((line) => line.includes(mark)),
  );

export const parseErrors = /* @__PURE__ */ lines('Error:');
export const parseWarnings = /* @__PURE__ */ lines('Warning:');
