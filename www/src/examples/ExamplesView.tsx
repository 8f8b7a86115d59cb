import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { CodeBlock } from '../shared/CodeBlock';
import { EXAMPLES, type ExampleCard } from './examples';
import { runExample, type Line } from './run';
import './examples.css';

/** The six examples, one click each. */
export function ExamplesView() {
  useEffect(() => {
    document.title = 'Examples · codebolt-wasm';
  }, []);
  return (
    <div class="examples">
      <header>
        <h1>Examples</h1>
        <p class="muted">
          Each runs here, in your browser, on the host above; what it prints stands below its code. Copied, it is a program: save it under its name
          beside an installed <code>codebolt-wasm</code>, and start it with <code>node</code>. There it connects to <code>localhost:12345</code>, or
          to what <code>CODEBOLT_SERVER_URL</code> and <code>SOCKET_PORT</code> say.
        </p>
      </header>
      <ol class="examples-list">
        {EXAMPLES.map((example, index) => (
          <Card key={example.title} example={example} number={index + 1} />
        ))}
      </ol>
    </div>
  );
}

function Card({ example, number }: { example: ExampleCard; number: number }) {
  const lines = useSignal<Line[] | undefined>(undefined);
  const isBusy = useSignal(false);
  const run = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const printed: Line[] = [];
    await runExample(example.load, (line) => {
      printed.push(line);
      lines.value = [...printed];
    });
    isBusy.value = false;
  };
  return (
    <li class="panel example">
      <div class="example-bar">
        <h2>
          {number}. {example.title}
        </h2>
        <button type="button" class="button primary" aria-label={`Run example ${number}: ${example.title}`} aria-disabled={isBusy.value} onClick={run}>
          Run
        </button>
      </div>
      <p class="muted">{example.text}</p>
      <CodeBlock title={example.file} label={`Code of example ${number}`} code={example.code} />
      <div class="output" role="log" aria-label={`Output of example ${number}`} tabIndex={0}>
        {lines.value ? (
          lines.value.map((line, index) => (
            <pre key={index} class={line.kind}>
              {line.text}
            </pre>
          ))
        ) : (
          <p class="muted">Not run yet.</p>
        )}
      </div>
    </li>
  );
}
