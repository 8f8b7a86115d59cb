import { notSupported } from './not-supported.js';

export const startTaskStepWithListener = () => notSupported('actionPlan.startTaskStepWithListener', 'it is not built yet');
