/** The TypeScript of what a host's handlers get and give, by the method's name. */

/** @param {string} name */
const access = (name) => `Codebolt${name.split('.').map((part) => `['${part}']`).join('')}`;

/** A text as a doc comment. @param {string} text */
const comment = (text) => `  /** ${text.replaceAll('*/', '* /').split('\n')[0]} */`;

/**
 * The arguments that a frame tells; of those that a function joins, the first. As `arguments.js` of the package takes them out.
 * @param {any} value
 * @returns {string[]}
 */
const argumentsOf = ({ argument, object, array, call }) => {
  if (argument) return [argument[0]];
  if (call) return argumentsOf(call[1].find((/** @type {any} */ one) => one.argument) ?? {});
  return [...(object ?? []).map((/** @type {[string, any]} */ [, inside]) => inside), ...(array ?? [])].flatMap(argumentsOf);
};

/**
 * @param {any[]} methods
 * @param {any[]} listeners
 */
export const declarations = (methods, listeners) => {
  const rows = methods.map(({ name, text, mode, parameters, message }) => {
    const said = new Set(argumentsOf({ object: message.entries }));
    const members = parameters.flatMap((/** @type {any} */ parameter, /** @type {number} */ index) => {
      if (name !== 'mcp.executeTool' && !said.has(parameter.name)) return [];
      const of = `Parameters<${access(name)}>[${index}]`;
      return [`${parameter.name}${parameter.optional ? '?' : ''}: ${of}`];
    });
    const params = members.length > 0 ? `{ ${members.join('; ')} }` : '{}';
    const reply = mode === 'request' ? `Awaited<ReturnType<${access(name)}>>` : 'void';
    return `${comment(text)}\n  '${name}': { params: ${params}; reply: ${reply} };`;
  });
  const heard = listeners.map(({ name, text }) => `${comment(text)}\n  ${name}: Parameters<Parameters<Codebolt['${name}']>[0]>;`);
  return `import type { Codebolt } from 'codebolt-wasm';

/** Every method that sends something: what a handler gets, by the parameters' names, and what the method settles with. */
export interface Methods {
${rows.join('\n')}
}

/** The handlers that an agent registers for messages of its host, and what they are called with. */
export interface Heard {
${heard.join('\n')}
}
`;
};
