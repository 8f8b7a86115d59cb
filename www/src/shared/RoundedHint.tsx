import { useMemo } from 'preact/hooks';
import { count } from './format';
import { hasRoundedNumber } from './json-changes';

/** Below values from the host: says when they hold whole numbers that JavaScript may have rounded on their way here. */
export function RoundedHint({ of }: { of: unknown }) {
  const isRounded = useMemo(() => hasRoundedNumber(of), [of]);
  if (!isRounded) return null;
  return (
    <p class="hint">
      Whole numbers beyond {count(Number.MAX_SAFE_INTEGER)} may be rounded here, because JavaScript cannot hold them all. The host keeps every digit.
    </p>
  );
}
