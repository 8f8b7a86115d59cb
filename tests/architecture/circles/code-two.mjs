import { one } from './code-one.mjs';

export const two = () => one;
