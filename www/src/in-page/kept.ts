/**
 * What is kept in the browser's storage: one snapshot.
 *
 * In IndexedDB, because every browser has it in a worker and in private windows, where the file system of OPFS is refused by
 * some; and because a transaction replaces the former snapshot whole or not at all.
 */
import type { Kept } from './messages';

const DATABASE = 'codebolt-event-log';
const STORE = 'kept';
const ABOUT = 'about';
const SNAPSHOT = 'snapshot';

let opened: Promise<IDBDatabase> | undefined;

/** What is said of the snapshot; nothing when there is none. */
export async function readAbout(): Promise<Kept | undefined> {
  return answered<Kept | undefined>((await store('readonly')).get(ABOUT));
}

/** The snapshot, as `MemoryHost.restore` takes it. */
export async function readSnapshot(): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return answered<Uint8Array<ArrayBuffer> | undefined>((await store('readonly')).get(SNAPSHOT));
}

/** Replaces the snapshot. Is done when it is on the disk. */
export async function write(about: Kept, snapshot: Uint8Array): Promise<void> {
  const kept = await store('readwrite');
  kept.put(about, ABOUT);
  kept.put(snapshot, SNAPSHOT);
  await committed(kept.transaction);
}

/** Deletes the snapshot. */
export async function remove(): Promise<void> {
  const kept = await store('readwrite');
  kept.clear();
  await committed(kept.transaction);
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opened ??= open();
  const database = await opened.catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
}

function open(): Promise<IDBDatabase> {
  if (typeof indexedDB === 'undefined') return Promise.reject(new Error('this browser has no IndexedDB here'));
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answered(request).then((database) => {
    // The user may have the site's data deleted while the page is open.
    const forget = () => (opened = undefined);
    database.onclose = forget;
    database.onversionchange = () => {
      database.close();
      forget();
    };
    return database;
  });
}

const answered = <Result>(request: IDBRequest<Result>) =>
  new Promise<Result>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Commits at once: a page that is being left may have no time for more. */
function committed(transaction: IDBTransaction): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave up writing to its storage'));
  });
  transaction.commit();
  return done;
}
