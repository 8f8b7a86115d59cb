import { draft } from '../shared/draft';

/** The values of the form for one event, for each instance. */
export const appendDraft = (id: string) =>
  draft(`append:${id}`, {
    stream: '',
    type: '',
    payload: '{\n  "customer": "ada",\n  "total": 129.5\n}',
    metadata: '{}',
  });
