import { notSupported } from './not-supported.js';

export const createFile = () => notSupported('fs.createFile', 'it is not built yet');
export const createFolder = () => notSupported('fs.createFolder', 'it is not built yet');
