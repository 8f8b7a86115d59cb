import { notSupported } from './not-supported.js';

export const executeCommandWithStream = () => notSupported('terminal.executeCommandWithStream', 'it is not built yet');
