import { notSupported } from './not-supported.js';

export const git_GitDiffResponseNotify = () => notSupported('notify.git.GitDiffResponseNotify', 'it is not built yet');
