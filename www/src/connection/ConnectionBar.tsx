import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, connectTo, hasOpened, nextAttempt, problem, reconnectNow, state, textOf } from './connection';
import { TryHere } from './TryHere';
import './connection.css';

const WORDS = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  open: 'Connected',
  reconnecting: 'Reconnecting…',
  closing: 'Closing…',
  closed: 'Closed',
} as const;

/** The state of the connection, always visible, with the host's address and what went wrong. `children` stand beside the state. */
export function ConnectionBar({ children }: { children: ComponentChildren }) {
  const isLost = state.value !== 'open' && state.value !== 'connecting';
  return (
    <section class="connection" aria-label="Connection">
      <p class={`connection-state is-${state.value}`} role="status">
        <span class="dot" aria-hidden="true" />
        {state.value === 'reconnecting' && !hasOpened.value ? WORDS.connecting : WORDS[state.value]}
      </p>
      {children}
      <AddressForm>{!isLost && <TryHere text="Try it here" class="quiet" />}</AddressForm>
      {isLost && (
        <div class="connection-problem">
          <p>
            {problem.value ?? 'Nothing has been tried yet.'} <NextAttempt />
          </p>
          <TryHere text="Try it here" class="small" />
          <button type="button" class="button small" onClick={reconnectNow}>
            Reconnect now
          </button>
        </div>
      )}
    </section>
  );
}

/** `children` stand beside its button. */
function AddressForm({ children }: { children: ComponentChildren }) {
  const typed = useSignal(address.value);
  const fault = useSignal<string>();
  useEffect(() => {
    typed.value = address.value;
  }, [address.value]);

  const submit = (event: Event) => {
    event.preventDefault();
    try {
      connectTo(typed.value);
      fault.value = undefined;
    } catch (error) {
      fault.value = textOf(error);
    }
  };
  return (
    <form class="connection-address" onSubmit={submit} noValidate>
      <label class="visually-hidden" for="host-address">
        Host address
      </label>
      <input
        id="host-address"
        class="mono"
        value={typed.value}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        spellcheck={false}
        autocomplete="off"
        inputMode="url"
        aria-invalid={fault.value !== undefined}
        aria-describedby={fault.value ? 'host-address-fault' : undefined}
      />
      <button type="submit" class="button">
        Connect
      </button>
      {children}
      {fault.value && (
        <p id="host-address-fault" class="fault" role="alert">
          {fault.value}
        </p>
      )}
    </form>
  );
}

/** Counts down to the next attempt. */
function NextAttempt() {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const next = nextAttempt.value;
  if (!next) return null;
  const seconds = Math.max(0, Math.ceil((next.at - now.value) / 1000));
  return (
    <span class="muted">
      Attempt {next.number} {seconds > 0 ? `in ${seconds} s` : 'now'}.
    </span>
  );
}
