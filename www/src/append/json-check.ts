/** Where a JSON text is wrong, for a person: line, column and what is wanted there. */
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

export interface JsonFault {
  /** What is wrong, with its line and column. */
  text: string;
  /** The line it is in, and below it a mark at the place. */
  excerpt: string;
  start: number;
  end: number;
}

/** By the parser's own names of what can be wrong. */
const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'invalid JSON: strings need double quotes',
  InvalidNumberFormat: 'invalid JSON: this is not a number',
  PropertyNameExpected: 'expected a property name in double quotes; or remove the comma before',
  ValueExpected: 'expected a value; or remove the comma before',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'the value has ended already; nothing may follow it',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'this text is not closed',
  InvalidUnicode: 'this \\u escape is wrong',
  InvalidEscapeCharacter: 'this escape is not known to JSON',
  InvalidCharacter: 'a line break or another control character has to be escaped',
};

/** Reads a JSON text. Blank stands for an empty object. */
export function checkJson(text: string): { value: unknown } | { fault: JsonFault } {
  if (text.trim() === '') return { value: {} };
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first) return { fault: faultAt(text, first.offset, first.length, printParseErrorCode(first.error)) };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // The browser has the last word: it is its parser that reads what is sent.
    return { fault: { ...faultAt(text, 0, 0, ''), text: String(error) } };
  }
}

function faultAt(text: string, offset: number, length: number, name: string): JsonFault {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const content = text.split('\n')[line - 1] ?? '';
  // Long lines are cut around the place.
  const from = Math.max(0, column - 40);
  const mark = '^'.repeat(Math.max(1, Math.min(length, content.length - column + 1)));
  return {
    text: `Line ${line}, column ${column}: ${WORDS[name] ?? 'invalid JSON'}.`,
    excerpt: `${content.slice(from, from + 80)}\n${' '.repeat(column - 1 - from)}${mark}`,
    start: offset,
    end: offset + Math.max(1, length),
  };
}
