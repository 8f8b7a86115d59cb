import { notSupported } from './not-supported.js';

export const executeTaskWithAgent = () => notSupported('task.executeTaskWithAgent', 'it is not built yet');
export const getTaskStatus = () => notSupported('task.getTaskStatus', 'it is not built yet');
export const getTaskSummary = () => notSupported('task.getTaskSummary', 'it is not built yet');
