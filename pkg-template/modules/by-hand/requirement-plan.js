import { notSupported } from './not-supported.js';

export const update = () => notSupported('requirementPlan.update', 'it is not built yet');
