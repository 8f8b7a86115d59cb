import { notSupported } from './not-supported.js';

export const init = () => notSupported('search.init', 'it is not built yet');
export const search = () => notSupported('search.search', 'it is not built yet');
export const get_first_link = () => notSupported('search.get_first_link', 'it is not built yet');
