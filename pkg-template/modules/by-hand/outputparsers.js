import { notSupported } from './not-supported.js';

export const parseJSON = () => notSupported('outputparsers.parseJSON', 'it is not built yet');
export const parseXML = () => notSupported('outputparsers.parseXML', 'it is not built yet');
export const parseCSV = () => notSupported('outputparsers.parseCSV', 'it is not built yet');
export const parseText = () => notSupported('outputparsers.parseText', 'it is not built yet');
export const parseErrors = () => notSupported('outputparsers.parseErrors', 'it is not built yet');
export const parseWarnings = () => notSupported('outputparsers.parseWarnings', 'it is not built yet');
