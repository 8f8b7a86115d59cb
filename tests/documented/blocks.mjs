/** The code blocks of a page, and the programs that they make up. */

/**
 * @typedef {object} Block
 * @property {string} language
 * @property {string} code
 * @property {number} line where it begins, from 1
 * @property {string} kind what `<!-- code: … -->` right before it says; '' without one
 */

/** @param {string} page the text @returns {Block[]} */
export const blocksOf = (page) => {
  /** @type {Block[]} */
  const blocks = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent, mark, language] = /^(\s*)(```+|~~~+)\s*([\w-]*)/.exec(lines[at]) ?? [];
    if (!mark) continue;
    const end = lines.findIndex((text, line) => line > at && text.trim() === mark);
    if (end < 0) throw new Error(`the code block of line ${at + 1} has no end`);
    const before = lines.slice(0, at).findLast((text) => text.trim() !== '') ?? '';
    const kind = /^\s*<!-- code: (.+) -->$/.exec(before)?.[1] ?? '';
    const code = lines.slice(at + 1, end).map((text) => text.replace(indent, '')).join('\n');
    blocks.push({ language, code, line: at + 1, kind });
    at = end;
  }
  return blocks;
};

/**
 * What is run at once: a block of JavaScript, those that go on with it (`<!-- code: continues -->`), and what it prints (a block
 * of `text` right behind).
 * @param {Block[]} blocks
 */
export const programsOf = (blocks) => {
  /** @type {(Block & { prints: string })[]} */
  const programs = [];
  blocks.forEach((block, at) => {
    const next = blocks[at + 1];
    const prints = next?.language === 'text' && next.line === block.line + block.code.split('\n').length + 3 ? next.code : '';
    if (block.language !== 'js') return;
    if (block.kind !== 'continues') {
      programs.push({ ...block, prints });
      return;
    }
    const last = programs.at(-1);
    if (!last) throw new Error(`the code block of line ${block.line} goes on with nothing`);
    last.code += `\n${block.code}`;
    last.prints = [last.prints, prints].filter(Boolean).join('\n');
  });
  return programs;
};

/** A block that does not import the package is a part of a program that has an instance `orders` with three events. @param {string} code */
export const whole = (code) =>
  /\bfrom '(?:codebolt-wasm|@codebolt\/codeboltjs)|require\('codebolt-wasm|import\('codebolt-wasm/.test(code)
    ? code
    : `import codebolt, { Codebolt, CodeboltError, unwrap } from 'codebolt-wasm';
const { id: instanceId } = await codebolt.eventLog.getOrCreateInstance('orders');
unwrap(await codebolt.eventLog.appendEvents({
  instanceId,
  events: ['OrderPlaced', 'OrderPaid', 'OrderSent'].map((eventType) => ({ streamId: 'order-17', eventType, payload: { total: 129.5 } })),
}));
{
${code}
}
await codebolt.close();
`;

/** Whether what was printed is what the page says; `…` stands for anything. @param {string} printed @param {string} said */
export const matches = (printed, said) => {
  const pattern = said.trim().split('…').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*?');
  return new RegExp(`^${pattern}$`, 's').test(printed.trim());
};
