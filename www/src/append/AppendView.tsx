import { AppendEvent } from './AppendEvent';
import { GenerateEvents } from './GenerateEvents';
import './append.css';

/** Two ways to fill an instance: one event by hand, or many made up. */
export function AppendView({ id }: { id: string }) {
  return (
    <div class="append">
      <section class="panel" aria-labelledby="append-heading">
        <h2 id="append-heading">One event</h2>
        <AppendEvent id={id} />
      </section>
      <section class="panel" aria-labelledby="generate-heading">
        <h2 id="generate-heading">A generated batch</h2>
        <GenerateEvents id={id} />
      </section>
    </div>
  );
}
