/** The six examples. What is shown is the very file that runs. */
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
  code: string;
  load: () => Promise<{ default: Example }>;
}

export const EXAMPLES: readonly ExampleCard[] = [
  {
    title: 'Create an instance',
    text: 'The shortest example. Run it twice, and the host replies that the name exists: a reply, not an exception.',
    code: oneInstance,
    load: () => import('./code/one-instance.js'),
  },
  {
    title: 'An audit trail',
    text: 'An instance for changes, and a first event whose metadata says who made it.',
    code: auditTrail,
    load: () => import('./code/audit-trail.js'),
  },
  {
    title: 'Several instances at once',
    text: 'Three calls in flight at the same time, one instance for each purpose.',
    code: severalInstances,
    load: () => import('./code/several-instances.js'),
  },
  {
    title: 'A long description',
    text: 'The description says what the log records, who reads it and how long it is kept.',
    code: longDescription,
    load: () => import('./code/long-description.js'),
  },
  {
    title: 'Event sourcing',
    text: 'The steps of an order as events, and its total, which the host computes from them.',
    code: eventSourcing,
    load: () => import('./code/event-sourcing.js'),
  },
  {
    title: 'Get or create',
    text: 'If the name exists, you get the instance that has it.',
    code: getOrCreate,
    load: () => import('./code/get-or-create.js'),
  },
];
