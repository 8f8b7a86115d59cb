/** The six examples. The page shows the same file that runs, here and in Node. */
import oneInstance from './code/one-instance.js?raw';
import auditTrail from './code/audit-trail.js?raw';
import severalInstances from './code/several-instances.js?raw';
import longDescription from './code/long-description.js?raw';
import eventSourcing from './code/event-sourcing.js?raw';
import getOrCreate from './code/get-or-create.js?raw';
import type { Example } from './run';

export interface ExampleCard {
  title: string;
  text: string;
  /** A name under which the copied code runs in Node. */
  file: string;
  code: string;
  load: () => Promise<{ default: Example }>;
}

export const EXAMPLES: readonly ExampleCard[] = [
  {
    title: 'Create an instance',
    text: 'The smallest example. Run it twice, and the host says that the name is taken: a reply, not an exception.',
    file: 'one-instance.mjs',
    code: oneInstance,
    load: () => import('./code/one-instance.js?run'),
  },
  {
    title: 'An audit trail',
    text: 'An instance for changes, and a first event whose metadata says who made it.',
    file: 'audit-trail.mjs',
    code: auditTrail,
    load: () => import('./code/audit-trail.js?run'),
  },
  {
    title: 'Several instances at once',
    text: 'Three calls in flight together, one instance for each purpose.',
    file: 'several-instances.mjs',
    code: severalInstances,
    load: () => import('./code/several-instances.js?run'),
  },
  {
    title: 'A long description',
    text: 'The description says what goes in, who reads it and how long it is kept.',
    file: 'long-description.mjs',
    code: longDescription,
    load: () => import('./code/long-description.js?run'),
  },
  {
    title: 'Event sourcing',
    text: 'The steps of an order as events. The host computes its total from them.',
    file: 'event-sourcing.mjs',
    code: eventSourcing,
    load: () => import('./code/event-sourcing.js?run'),
  },
  {
    title: 'Get or create an instance',
    text: 'A name that is taken leads to the instance that has it, also when several agents start at once.',
    file: 'get-or-create.mjs',
    code: getOrCreate,
    load: () => import('./code/get-or-create.js?run'),
  },
];
