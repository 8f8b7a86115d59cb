import { notSupported } from './not-supported.js';

export const open = () => notSupported('dynamicPanel.open', 'it is not built yet');
export const close = () => notSupported('dynamicPanel.close', 'it is not built yet');
export const onMessage = () => notSupported('dynamicPanel.onMessage', 'it is not built yet');
export const offMessage = () => notSupported('dynamicPanel.offMessage', 'it is not built yet');
