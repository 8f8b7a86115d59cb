import { draft } from '../shared/draft';

/** What the form for one event holds, an instance. */
export const appendDraft = (id: string) =>
  draft(`append:${id}`, {
    stream: '',
    type: '',
    payload: '{\n  "customer": "ada",\n  "total": 129.5\n}',
    metadata: '{}',
  });
