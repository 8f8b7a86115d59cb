import type { Two } from './type-two.ts';

export interface One {
  two?: Two;
}
