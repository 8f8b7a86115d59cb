import type { One } from './type-one.ts';

export interface Two {
  one?: One;
}
