import { notSupported } from './not-supported.js';

export const addRunningAgent = () => notSupported('backgroundChildThreads.addRunningAgent', 'it is not built yet');
export const getRunningAgentCount = () => notSupported('backgroundChildThreads.getRunningAgentCount', 'it is not built yet');
export const checkForBackgroundAgentCompletion = () => notSupported('backgroundChildThreads.checkForBackgroundAgentCompletion', 'it is not built yet');
export const onBackgroundAgentCompletion = () => notSupported('backgroundChildThreads.onBackgroundAgentCompletion', 'it is not built yet');
export const checkForBackgroundGroupedAgentCompletion = () => notSupported('backgroundChildThreads.checkForBackgroundGroupedAgentCompletion', 'it is not built yet');
export const onBackgroundGroupedAgentCompletion = () => notSupported('backgroundChildThreads.onBackgroundGroupedAgentCompletion', 'it is not built yet');
export const waitForAnyExternalEvent = () => notSupported('backgroundChildThreads.waitForAnyExternalEvent', 'it is not built yet');
