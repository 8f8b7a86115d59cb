/** The error in a JSON text, for a person: line, column and what is expected there. */
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { changesOf, type JsonChange } from '../shared/json-changes';

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
  InvalidSymbol: 'expected a JSON value; strings need double quotes',
  InvalidNumberFormat: 'this is not a JSON number',
  PropertyNameExpected: 'expected a name in double quotes; JSON has no trailing commas',
  ValueExpected: 'expected a value; JSON has no trailing commas',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'expected the end; there is one value already',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'the string has no closing double quote',
  InvalidUnicode: 'the \\u escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'JSON does not have this escape',
  InvalidCharacter: 'escape line breaks and other control characters',
};

/** Reads a JSON text. Blank stands for an empty object. `changes`: what would not be sent as typed. */
export function checkJson(text: string): { value: unknown; changes: JsonChange[] } | { fault: JsonFault } {
  if (text.trim() === '') return { value: {}, changes: [] };
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first) return { fault: faultAt(text, first.offset, first.length, WORDS[printParseErrorCode(first.error)] ?? 'this is not JSON') };
  const changes = changesOf(text);
  const lost = changes.find(({ isLost }) => isLost);
  if (lost) return { fault: faultAt(text, lost.start, lost.end - lost.start, lost.text) };
  try {
    return { value: JSON.parse(text), changes };
  } catch (error) {
    // The browser has the last word: it is its parser that reads what is sent.
    return { fault: { ...faultAt(text, 0, 0, ''), text: String(error) } };
  }
}

function faultAt(text: string, offset: number, length: number, what: string): JsonFault {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const content = text.split('\n')[line - 1] ?? '';
  // Long lines are cut around the place.
  const from = Math.max(0, column - 40);
  const mark = '^'.repeat(Math.max(1, Math.min(length, content.length - column + 1)));
  return {
    text: `Line ${line}, column ${column}: ${what}.`,
    excerpt: `${content.slice(from, from + 80)}\n${' '.repeat(column - 1 - from)}${mark}`,
    start: offset,
    end: offset + Math.max(1, length),
  };
}
