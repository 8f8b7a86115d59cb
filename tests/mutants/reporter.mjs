// What became of each test, a line of JSON for each.

export default async function* lines(source) {
  for await (const { type, data } of source) {
    if (type === 'test:pass' || type === 'test:fail') {
      const { name, nesting, skip, details } = data;
      yield `${JSON.stringify({ ok: type === 'test:pass', name, nesting, skip, suite: details.type === 'suite', ms: details.duration_ms, error: details.error?.cause?.message ?? details.error?.message })}\n`;
    }
  }
}
