/** `codebolt.outputparsers`: parsers that send nothing. */

export const parseJSON = () => (/** @type {string} */ jsonString) => {
  try {
    return { success: true, parsed: JSON.parse(jsonString) };
  } catch (error) {
    return { success: false, error };
  }
};

export const parseXML = () => (/** @type {string} */ xmlString) => {
  const text = xmlString.trim();
  return text.startsWith('<') && text.endsWith('>')
    ? { success: true, parsed: { rootElement: xmlString } }
    : { success: false };
};

export const parseCSV = () => (/** @type {string} */ csvString) => {
  try {
    const [names, ...rows] = csvString.split('\n').map((line) => line.split(','));
    const parsed = rows.map((values) => Object.fromEntries(names.map((name, index) => [name, values[index]])));
    return { success: true, parsed };
  } catch (error) {
    return { success: false, error };
  }
};

export const parseText = () => (/** @type {string} */ text) => ({ success: true, parsed: text ? text.split('\n') : [] });

/** @param {string} mark */
const lines = (mark) => () => (/** @type {unknown} */ output) =>
  String(output)
    .split('\n')
    .filter((line) => line.includes(mark));

export const parseErrors = /* @__PURE__ */ lines('Error:');
export const parseWarnings = /* @__PURE__ */ lines('Warning:');
