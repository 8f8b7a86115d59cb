// OpenTelemetry spans of every call, by Node's diagnostics channels. It prints them; a program of yours has its own exporter.

import { tracingChannel } from 'node:diagnostics_channel';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Codebolt, unwrap } from 'codebolt-wasm';

// What a program with OpenTelemetry has already.
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }));
const tracer = trace.getTracer('codebolt');

// One object a call: the same in all channels.
const spans = new WeakMap();
tracingChannel('codebolt:request').subscribe({
  start(call) {
    const attributes = { 'rpc.system': 'codebolt', 'rpc.method': call.type, 'codebolt.request_id': call.requestId, 'codebolt.request_bytes': call.bytes };
    spans.set(call, tracer.startSpan(call.type, { kind: SpanKind.CLIENT, attributes }));
  },
  asyncEnd(call) {
    const span = spans.get(call);
    if (call.error) {
      span.recordException(call.error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: call.error.message });
    } else if (call.result.success === false) {
      span.setAttribute('error.type', call.result.code ?? 'refused');
      span.setStatus({ code: SpanStatusCode.ERROR, message: call.result.error });
    }
    span.end();
  },
});

const codebolt = new Codebolt();
await tracer.startActiveSpan('place an order', async (span) => {
  const { id: instanceId } = await codebolt.eventLog.getOrCreateInstance('traced-orders');
  unwrap(await codebolt.eventLog.appendEvent({ instanceId, streamId: 'order-1', eventType: 'OrderPlaced', payload: { total: 12 } }));
  span.end();
});
const refused = await codebolt.eventLog.getInstance('no such instance');
console.log(refused.success);
await codebolt.close();
