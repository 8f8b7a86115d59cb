import { useSignal } from '@preact/signals';
import { end, fault, keep, keeping, loss, readKept, save, stopKeeping } from '../in-page/host';
import type { Kept } from '../in-page/messages';
import { Dialog } from '../shared/Dialog';
import { download } from '../shared/download';
import { countOf, time } from '../shared/format';
import { Note } from '../shared/Note';
import { isInPage, isOpen, reconnectNow, textOf } from './connection';
import './in-page.css';

type Asking = { what: 'replace'; other: Kept } | { what: 'delete' };

/** While the page speaks to its own host: what that means, and whether its data are kept in the browser. */
export function InPageNote() {
  const asking = useSignal<Asking | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  if (!isInPage.value) return null;

  const attempt = async (work: () => Promise<void>) => {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = undefined;
    try {
      await work();
    } catch (error) {
      problem.value = textOf(error);
    }
    isBusy.value = false;
  };
  const close = () => (asking.value = undefined);
  const keepIt = (replace: boolean) =>
    attempt(async () => {
      close();
      const kept = await keep(replace);
      if (kept) asking.value = { what: 'replace', other: kept.other };
    });
  const deleteAll = () =>
    attempt(async () => {
      close();
      await stopKeeping();
      startAnew();
    });
  const isKept = keeping.value.state !== 'off' && (keeping.value.state !== 'failed' || keeping.value.kept !== undefined);
  const isUnreadable = fault.value?.kind === 'unreadable';
  return (
    <section class="in-page" aria-label="Host in this page">
      <p class="in-page-text">
        <strong>This host is in this page only.</strong> It is Rust in your browser: nothing goes to a server, and no other program reaches it.{' '}
        {isKept ? 'It is kept in this browser, and here again at your next visit.' : 'It is gone when this tab is closed or loaded anew.'}
      </p>
      <div class="in-page-actions">
        {isOpen.value && (
          <label class="switch">
            <input
              type="checkbox"
              role="switch"
              checked={isKept}
              aria-disabled={isBusy.value}
              onClick={(event) => {
                // It shows the current state, not the requested one.
                event.preventDefault();
                void (isKept ? attempt(stopKeeping) : keepIt(false));
              }}
            />
            Keep in this browser
          </label>
        )}
        <Saved />
        {isUnreadable && (
          <button type="button" class="button small" onClick={() => attempt(downloadKept)}>
            Download what is kept
          </button>
        )}
        {(isKept || isUnreadable) && (
          <button type="button" class="button small danger" onClick={() => (asking.value = { what: 'delete' })}>
            Delete what is kept
          </button>
        )}
      </div>
      {keeping.value.state === 'failed' && (
        <Note kind="bad">
          <p>Not kept: {keeping.value.problem}</p>
          {isKept && (
            <button type="button" class="button small" onClick={() => attempt(save)}>
              Try again
            </button>
          )}
        </Note>
      )}
      {problem.value && (
        <Note kind="bad">
          <p>Not done: {problem.value}</p>
        </Note>
      )}
      {loss.value && (
        <Note kind="bad">
          <p>{loss.value}</p>
          <button type="button" class="button small" onClick={() => (loss.value = undefined)}>
            Understood
          </button>
        </Note>
      )}
      {asking.value?.what === 'delete' && (
        <Dialog title="Delete what is kept?" onClose={close}>
          <p>{isUnreadable ? 'This deletes what is kept in this browser.' : 'This deletes all instances of this host with their events, here and in this browser.'} There is no way back.</p>
          <div class="actions">
            <button type="button" class="button" onClick={close} autoFocus>
              Keep it
            </button>
            <button type="button" class="button danger solid" onClick={deleteAll}>
              Delete all
            </button>
          </div>
        </Dialog>
      )}
      {asking.value?.what === 'replace' && (
        <Dialog title="Something else is kept in this browser" onClose={close}>
          <p>
            Another tab kept {countOf(asking.value.other.instances, 'instance')} with {countOf(asking.value.other.events, 'event')} at{' '}
            {time(asking.value.other.savedAt)}. This tab has data of its own, and one of the two can be kept.
          </p>
          <div class="actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                close();
                startAnew();
              }}
            >
              Open what is kept; what this tab has goes
            </button>
            <button type="button" class="button danger solid" onClick={() => keepIt(true)}>
              Replace what is kept
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

/** When it was saved last. */
function Saved() {
  const { value } = keeping;
  if (value.state === 'off') return null;
  return (
    <p class="muted small" role="status">
      {value.state === 'saving' ? 'Saving…' : value.kept ? `Saved at ${time(value.kept.savedAt)}` : ''}
    </p>
  );
}

function startAnew() {
  end();
  reconnectNow();
}

async function downloadKept() {
  const kept = await readKept();
  if (kept) download('codebolt-event-log.jsonl', 'application/jsonl', kept);
}
