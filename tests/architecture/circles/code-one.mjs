import { two } from './code-two.mjs';

export const one = () => two;
