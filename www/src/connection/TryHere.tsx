import { IN_PAGE } from '../in-page/host';
import { goTo, route } from '../page/route';
import { connectTo, isInPage } from './connection';

interface Props {
  text: string;
  class?: string;
}

/** Leads to the page's own host. */
export function TryHere({ text, class: className = '' }: Props) {
  const start = () => {
    connectTo(IN_PAGE);
    // The instance that is shown is another host's.
    if (route.value.view === 'instance') goTo('#/');
  };
  if (isInPage.value) return null;
  return (
    <button type="button" class={`button ${className}`} onClick={start}>
      {text}
    </button>
  );
}
