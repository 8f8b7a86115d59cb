/** `codebolt.search`: placeholders in the reference SDK. */
import { notSupported } from './not-supported.js';

export const init = /* @__PURE__ */ notSupported('search.init');
export const search = /* @__PURE__ */ notSupported('search.search');
export const get_first_link = /* @__PURE__ */ notSupported('search.get_first_link');
