import { notSupported } from './not-supported.js';

export const setRequestHandler = () => notSupported('chat.setRequestHandler', 'it is not built yet');
export const processStarted = () => notSupported('chat.processStarted', 'it is not built yet');
export const checkForSteeringMessage = () => notSupported('chat.checkForSteeringMessage', 'it is not built yet');
export const onSteeringMessageReceived = () => notSupported('chat.onSteeringMessageReceived', 'it is not built yet');
