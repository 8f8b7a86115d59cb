import { notSupported } from './not-supported.js';

export const createAndStartThread = () => notSupported('thread.createAndStartThread', 'it is not built yet');
export const createThreadInBackground = () => notSupported('thread.createThreadInBackground', 'it is not built yet');
