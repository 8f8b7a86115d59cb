/** `codebolt.rag`: placeholders in the reference SDK. */
import { notSupported } from './not-supported.js';

export const init = /* @__PURE__ */ notSupported('rag.init');
export const add_file = /* @__PURE__ */ notSupported('rag.add_file');
export const retrieve_related_knowledge = /* @__PURE__ */ notSupported('rag.retrieve_related_knowledge');
