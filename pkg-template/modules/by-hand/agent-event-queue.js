import { notSupported } from './not-supported.js';

export const _fetchPendingFromBackend = () => notSupported('agentEventQueue._fetchPendingFromBackend', 'it is not built yet');
export const getPendingQueueEvents = () => notSupported('agentEventQueue.getPendingQueueEvents', 'it is not built yet');
export const waitForNextQueueEvent = () => notSupported('agentEventQueue.waitForNextQueueEvent', 'it is not built yet');
export const onQueueEvent = () => notSupported('agentEventQueue.onQueueEvent', 'it is not built yet');
export const acknowledgeEvent = () => notSupported('agentEventQueue.acknowledgeEvent', 'it is not built yet');
export const getLocalCacheSize = () => notSupported('agentEventQueue.getLocalCacheSize', 'it is not built yet');
export const peekLocalCache = () => notSupported('agentEventQueue.peekLocalCache', 'it is not built yet');
export const clearLocalCache = () => notSupported('agentEventQueue.clearLocalCache', 'it is not built yet');
export const checkForPendingExternalEvent = () => notSupported('agentEventQueue.checkForPendingExternalEvent', 'it is not built yet');
export const getPendingExternalEvents = () => notSupported('agentEventQueue.getPendingExternalEvents', 'it is not built yet');
export const getPendingExternalEventCount = () => notSupported('agentEventQueue.getPendingExternalEventCount', 'it is not built yet');
export const waitForAnyExternalEvent = () => notSupported('agentEventQueue.waitForAnyExternalEvent', 'it is not built yet');
