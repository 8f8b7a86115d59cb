import { notSupported } from './not-supported.js';

export const init = () => notSupported('rag.init', 'it is not built yet');
export const add_file = () => notSupported('rag.add_file', 'it is not built yet');
export const retrieve_related_knowledge = () => notSupported('rag.retrieve_related_knowledge', 'it is not built yet');
