/** A host's refusal in the words of the form: it names parts of the request, and the user sees labels. */

/** By the parts of a request that a form has a field for: the field's label. A list's index is written as `#`. */
export type Labels = Readonly<Record<string, string>>;

export interface Refusal {
  /** The part of the request that the host names first, such as `query.where[0].value`, if the form has a field for it. */
  part: string | undefined;
  text: string;
}

const PART = /\b(?:query|params)(?:\.[A-Za-z]+|\[\d+\])+/g;

/** Replaces the parts that a host's text names by the labels of their fields. */
export function inFormWords(text: string, labels: Labels): Refusal {
  let first: string | undefined;
  const translated = text.replace(PART, (part) => {
    const label = labelOf(part, labels);
    if (label === undefined) return part;
    first ??= part;
    return label;
  });
  return { part: first, text: first === undefined ? text : capitalised(translated) };
}

function labelOf(part: string, labels: Labels): string | undefined {
  let index: string | undefined;
  const pattern = part.replace(/\[(\d+)\]/, (_, digits: string) => {
    index = digits;
    return '[#]';
  });
  const label = labels[pattern];
  return label === undefined || index === undefined ? label : label.replace('#', `${Number(index) + 1}`);
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
