// The methods that do more than send one message and give its reply.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ID, SOURCES, modules, recordingSession } from './recording-session.mjs';

const { Emitter, emitterClass } = await import(new URL('platform/emitter.js', SOURCES).href);
const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

const recordings = readFileSync(new URL('../recordings/sdk-frames.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** What was recorded for a method that talks more than once. */
const recorded = (method, name) =>
  recordings
    .filter((line) => line.given && line.method === method && line.case === name)
    .map(({ frame }) => JSON.stringify(frame).replaceAll('<id>', ID));

const texts = (session) => session.frames.map(({ text }) => text);
const messages = (session) => texts(session).map((text) => JSON.parse(text));
const later = () => new Promise((resolve) => setImmediate(resolve));

describe('agentEventQueue', () => {
  const events = [{ eventId: 'evt-1' }, { eventId: 'evt-2' }];
  const answer = ({ type }) =>
    type === 'agentEventQueue.getPendingEvents' ? { success: true, data: { events } } : { success: true };

  for (const [name, args] of [
    ['all', [1001]],
    ['required', []],
  ]) {
    it(`fetches waiting events and acknowledges each, as recorded: ${name}`, async () => {
      const session = recordingSession(answer);
      assert.deepEqual(await modules.agentEventQueue(session).getPendingQueueEvents(...args), events);
      assert.deepEqual(texts(session), recorded('getPendingQueueEvents', name));
    });
  }

  it('takes cached events before it asks the host, and drops them once they are acknowledged', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    for (const event of [{ eventId: 'a' }, { eventId: 'b' }, { eventId: 'c' }]) {
      session.arrive({ type: 'agentEvent', event });
    }
    assert.equal(queue.getLocalCacheSize(), 3);
    assert.deepEqual(await queue.getPendingQueueEvents(2), [{ eventId: 'a' }, { eventId: 'b' }]);
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'c' }]);
    assert.deepEqual(
      messages(session).map(({ type, params }) => [type, params]),
      [
        ['agentEventQueue.ackEvent', { eventId: 'a', success: true }],
        ['agentEventQueue.ackEvent', { eventId: 'b', success: true }],
      ],
    );
    queue.clearLocalCache();
    assert.equal(queue.getLocalCacheSize(), 0);
  });

  it('keeps an event whose acknowledgement failed', async (context) => {
    context.mock.method(console, 'error', () => {});
    const session = recordingSession(() => {
      throw new Error('no');
    });
    const queue = modules.agentEventQueue(session);
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    assert.deepEqual(await queue.getPendingQueueEvents(), [{ eventId: 'a' }]);
    assert.equal(queue.getLocalCacheSize(), 1);
    assert.deepEqual(await queue._fetchPendingFromBackend(), []);
  });

  it('waits for the next event, and gives one or a list', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    const next = queue.waitForNextQueueEvent();
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    assert.deepEqual(await next, { eventId: 'a' });
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    assert.deepEqual(await queue.waitForNextQueueEvent(5), [{ eventId: 'b' }]);
  });

  it('waits for an event of any kind, and acknowledges one of the queue as recorded', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    const next = queue.waitForAnyExternalEvent();
    session.arrive({ type: 'agentEvent', event: { eventId: 'evt-3' } });
    assert.deepEqual(await next, { type: 'agentQueueEvent', data: { eventId: 'evt-3' } });
    assert.deepEqual(texts(session), recorded('waitForAnyExternalEvent', 'all'));
    assert.equal(queue.getLocalCacheSize(), 0);

    session.arrive({ type: 'ThreadCompleted', threadId: 't' });
    assert.equal(queue.getPendingExternalEventCount(), 1);
    assert.equal(queue.checkForPendingExternalEvent().type, 'backgroundAgentCompletion');
    assert.equal(queue.checkForPendingExternalEvent(), null);
    session.arrive({ type: 'backgroundGroupedAgentCompletion', groupId: 'g' });
    assert.deepEqual(queue.getPendingExternalEvents(), [
      { type: 'backgroundGroupedAgentCompletion', data: { type: 'backgroundGroupedAgentCompletion', groupId: 'g' } },
    ]);
  });

  it('calls handlers until they are taken off, and a throwing one does not stop the others', () => {
    const session = recordingSession();
    const queue = modules.agentEventQueue(session);
    const seen = [];
    queue.onQueueEvent(() => {
      throw new Error('mine');
    });
    const off = queue.onQueueEvent((event) => seen.push(event.eventId));
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    off();
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    assert.deepEqual(seen, ['a']);
    assert.equal(session.failures.length, 2);
  });

  it('takes only events that stand in the member event and have an id', () => {
    const session = recordingSession();
    const queue = modules.agentEventQueue(session);
    const seen = [];
    queue.onQueueEvent((event) => seen.push(event));
    session.arrive({ type: 'agentEvent', eventId: 'flat' });
    session.arrive({ type: 'agentEvent', data: { eventId: 'in data' } });
    session.arrive({ type: 'agentEvent', event: { payload: 'no id' } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'a', n: 1 } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'a', n: 2 } });
    assert.deepEqual(seen, [{ eventId: 'a', n: 1 }, { eventId: 'a', n: 2 }]);
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'a', n: 2 }]);
  });

  it('has what came before it was used: at once in the cache, and for the first handler', async () => {
    const session = recordingSession(answer);
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    session.arrive({ type: 'steeringMessage', n: 1 });
    assert.equal(modules.chat(session).checkForSteeringMessage().n, 1);
    const queue = modules.agentEventQueue(session);
    assert.equal(queue.getLocalCacheSize(), 2);
    const seen = [];
    for (const name of ['first', 'second']) queue.onQueueEvent(({ eventId }) => seen.push([name, eventId]));
    await later();
    assert.deepEqual(seen, [['first', 'a'], ['second', 'a'], ['first', 'b'], ['second', 'b']]);
  });

  it('rejects a wait when the connection ends', async () => {
    const session = recordingSession();
    const waits = [
      modules.agentEventQueue(session).waitForNextQueueEvent(),
      modules.chat(session).onSteeringMessageReceived(),
      modules.backgroundChildThreads(session).waitForAnyExternalEvent(),
    ];
    session.end({ closeCode: 1006 });
    for (const wait of waits) await assert.rejects(wait, { code: 'CONNECTION_CLOSED' });
  });
});

describe('background threads', () => {
  it('are counted from the start of their agent to its completion', async () => {
    const session = recordingSession(() => ({ success: true, threadId: 't-1' }));
    const threads = modules.backgroundChildThreads(session);
    const reply = await modules.thread(session).createThreadInBackground({ title: 'x', groupId: 'g' });
    assert.equal(reply.threadId, 't-1');
    assert.equal(threads.getRunningAgentCount(), 1);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
    const completion = { type: 'ThreadCompleted', threadId: 't-1', success: true };
    session.arrive(completion);
    assert.equal(threads.getRunningAgentCount(), 0);
    assert.deepEqual(await threads.onBackgroundAgentCompletion(), [completion]);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
  });

  it('of a group are reported together when the last is done', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('a', {}, 'g');
    threads.addRunningAgent('b', {}, 'g');
    threads.addRunningAgent('c', {}, 'other');
    const [a, b] = ['a', 'b'].map((threadId) => ({ type: 'ThreadCompleted', threadId, success: threadId === 'a' }));
    const group = threads.onBackgroundGroupedAgentCompletion();
    session.arrive(a);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
    session.arrive(b);
    const expected = { groupId: 'g', threadId: 'b', completions: [a, b], success: false };
    assert.deepEqual(await group, expected);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
    assert.deepEqual(threads.checkForBackgroundAgentCompletion(), [a, b]);
    assert.equal(threads.getRunningAgentCount(), 1);
    const queue = modules.agentEventQueue(session);
    assert.deepEqual(queue.getPendingExternalEvents(), [
      { type: 'backgroundAgentCompletion', data: a },
      { type: 'backgroundGroupedAgentCompletion', data: expected },
      { type: 'backgroundAgentCompletion', data: b },
    ]);
  });

  it('of a group make a group anew when others are added later', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    for (const threadId of ['a', 'b']) {
      threads.addRunningAgent(threadId, {}, 'g');
      session.arrive({ type: 'startThreadResponse', threadId });
    }
    const first = await threads.onBackgroundGroupedAgentCompletion();
    const second = await threads.onBackgroundGroupedAgentCompletion();
    assert.deepEqual([first, second].map(({ threadId, completions }) => [threadId, completions.length]), [['a', 1], ['b', 1]]);
  });

  it('that nobody registered settle nothing here, and are events of the queue', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    const queue = modules.agentEventQueue(session);
    let isSettled = false;
    const any = threads.waitForAnyExternalEvent().then((event) => ((isSettled = true), event));
    session.arrive({ type: 'ThreadCompleted', threadId: 'unknown' });
    session.arrive({ type: 'ThreadCompleted' });
    await later();
    assert.equal(isSettled, false);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
    assert.equal((await queue.waitForAnyExternalEvent()).data.threadId, 'unknown');
    assert.equal(queue.getPendingExternalEventCount(), 0);
    session.arrive({ type: 'startThreadResponse', threadId: 'started' });
    assert.equal((await any).data[0].threadId, 'started');
  });

  it('that complete before the reply that tells of them has been looked at are completed', async () => {
    const session = recordingSession(() => ({ success: true, threadId: 't' }));
    const threads = modules.backgroundChildThreads(session);
    const reply = modules.thread(session).createThreadInBackground({ groupId: 'g' });
    session.arrive({ type: 'ThreadCompleted', threadId: 't' });
    await reply;
    assert.equal(threads.getRunningAgentCount(), 0);
    assert.equal(threads.checkForBackgroundAgentCompletion()[0].threadId, 't');
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion().groupId, 'g');
  });

  it('hand each completion to one of those who wait', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    const waits = [threads.onBackgroundAgentCompletion(), threads.onBackgroundAgentCompletion()];
    session.arrive({ type: 'startThreadResponse', threadId: 'a' });
    session.arrive({ type: 'startThreadResponse', threadId: 'b' });
    assert.deepEqual((await Promise.all(waits)).map(([{ threadId }]) => threadId), ['a', 'b']);
  });

  it('report single completions before those of a group', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('t', {});
    const group = { type: 'backgroundGroupedAgentCompletion', groupId: 'g' };
    const single = { type: 'ThreadCompleted', threadId: 't' };
    session.arrive(group);
    session.arrive(single);
    assert.deepEqual(await threads.waitForAnyExternalEvent(), { type: 'backgroundAgentCompletion', data: [single] });
    assert.deepEqual(await threads.waitForAnyExternalEvent(), { type: group.type, data: group });
    session.arrive(group);
    assert.deepEqual(threads.checkForBackgroundGroupedAgentCompletion(), group);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
  });
});

describe('browser', () => {
  it('invents the active instance once, and lists it', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    assert.deepEqual(await browser.listBrowserInstances(), []);
    await browser.newPage();
    await browser.getUrl();
    const [first, second] = messages(session).map(({ instanceId }) => instanceId);
    assert.match(first, /^browser-\d+-[0-9a-z]+$/);
    assert.equal(second, first);
    const [instance] = await browser.listBrowserInstances();
    assert.equal(instance.instanceId, first);
    assert.equal(instance.isActive, true);
    assert.deepEqual(await browser.getBrowserInstance('other'), null);
    assert.equal(await browser.setActiveBrowserInstance('other'), false);
    assert.equal(await browser.setActiveBrowserInstance(first), true);
  });

  it('opens and closes instances of their own', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    const { instanceId } = await browser.openNewBrowserInstance();
    assert.equal((await browser.listBrowserInstances())[0].instanceId, instanceId);
    await browser.openNewBrowserInstance({ instanceId: 'aside', setActive: false });
    assert.equal((await browser.listBrowserInstances())[0].instanceId, instanceId);
    assert.equal(await browser.closeBrowserInstance(instanceId), true);
    assert.deepEqual(await browser.listBrowserInstances(), []);
    session.tell = async () => Promise.reject(new Error('closed'));
    assert.equal(await browser.closeBrowserInstance('x'), false);
  });

  it('rejects an operation that it does not know', async () => {
    const session = recordingSession();
    await assert.rejects(modules.browser(session).executeOnInstance('i', 'fly', {}), /unknown operation 'fly'; valid operations: /);
    await assert.rejects(modules.browser(session).executeOnInstance('i', 'goToPage', null), TypeError);
    assert.deepEqual(session.frames, []);
  });
});

describe('chat', () => {
  it('answers the messages that a request handler gets', () => {
    const session = recordingSession();
    const seen = [];
    modules.chat(session).setRequestHandler((message, answer) => {
      seen.push(message.type);
      answer({ a: 1 });
      answer({ requestId: 'mine', z: 2 });
    });
    session.arrive({ type: 'question' });
    assert.deepEqual(seen, ['question']);
    assert.deepEqual(texts(session), [
      `{"type":"processStoped","a":1,"requestId":"${ID}"}`,
      `{"type":"processStoped","requestId":"${ID}","z":2}`,
    ]);
  });

  it('tells when the user asks to stop, until it is cleaned up', () => {
    const session = recordingSession();
    const stops = [];
    const control = modules.chat(session).processStarted((message) => stops.push(message.reason));
    session.arrive({ type: 'stopProcessClicked', reason: 'one' });
    control.cleanup();
    session.arrive({ type: 'stopProcessClicked', reason: 'two' });
    control.stopProcess();
    assert.deepEqual(stops, ['one']);
    assert.deepEqual(
      messages(session).map(({ type }) => type),
      ['processStarted', 'processStoped'],
    );
    assert.equal('cleanup' in modules.chat(session).processStarted(), false);
  });

  it('keeps steering messages until they are taken', async () => {
    const session = recordingSession();
    const chat = modules.chat(session);
    assert.equal(chat.checkForSteeringMessage(), null);
    session.arrive({ type: 'steeringMessage', message: '1' });
    session.arrive({ type: 'steeringMessage', message: '2' });
    assert.equal(chat.checkForSteeringMessage().message, '1');
    assert.equal((await chat.onSteeringMessageReceived()).message, '2');
    const next = chat.onSteeringMessageReceived();
    session.arrive({ type: 'steeringMessage', message: '3' });
    assert.equal((await next).message, '3');
  });
});

describe('terminal', () => {
  it('emits the messages of commands on the emitter of all and on one of each stream, each once, until that is cleaned up', () => {
    const session = recordingSession();
    const terminal = modules.terminal(session);
    const stream = terminal.executeCommandWithStream('ls');
    const other = terminal.executeCommandWithStream('pwd');
    assert.notEqual(stream, other);
    assert.equal(terminal.eventEmitter, terminal.eventEmitter);
    const seen = [];
    const all = [];
    const others = [];
    terminal.eventEmitter.on('commandOutput', ({ output }) => all.push(output));
    other.on('commandOutput', ({ output }) => {
      others.push(output);
      throw new Error('mine alone');
    });
    stream.on('commandOutput', ({ output }) => seen.push(output));
    stream.once('commandFinish', () => seen.push('end'));
    session.arrive({ type: 'commandOutput', output: 'a' });
    session.arrive({ type: 'commandFinish' });
    session.arrive({ type: 'commandFinish' });
    stream.cleanup();
    session.arrive({ type: 'commandOutput', output: 'b' });
    assert.deepEqual(seen, ['a', 'end']);
    assert.deepEqual(all, ['a', 'b']);
    assert.deepEqual(others, ['a', 'b']);
    assert.deepEqual(session.failures.map(({ message }) => message), ['mine alone', 'mine alone']);
    other.cleanup();
    session.arrive({ type: 'commandOutput', output: 'c' });
    assert.deepEqual(all, ['a', 'b']);
    terminal.executeCommandWithStream('again');
    session.arrive({ type: 'commandOutput', output: 'd' });
    assert.deepEqual(all, ['a', 'b', 'd'], 'what came in between is not the next command’s');
  });
});

describe('emitters', () => {
  const emitters = { own: new Emitter(), ofNode: new EventEmitter(), made: new (emitterClass())() };

  it('are those of Node where it is there', () => {
    assert.ok(emitters.made instanceof EventEmitter);
    assert.ok(modules.terminal(recordingSession()).eventEmitter instanceof EventEmitter);
  });

  it('elsewhere have every method of Node’s', () => {
    const names = Object.getOwnPropertyNames(EventEmitter.prototype).filter((name) => !name.startsWith('_') && name !== 'constructor');
    assert.ok(names.length > 14);
    for (const name of names) assert.equal(typeof emitters.own[name], 'function', name);
  });

  it('elsewhere do what Node’s do', () => {
    const told = Object.values(emitters).map((emitter) => {
      const seen = [];
      const note = (name) => (...values) => void seen.push([name, ...values]);
      const [a, b, c, once] = ['a', 'b', 'c', 'once'].map(note);
      emitter.on('newListener', (name) => seen.push(['new', name]));
      emitter.on('removeListener', (name) => seen.push(['gone', name]));
      assert.equal(emitter.on('x', a).addListener('x', b), emitter);
      emitter.prependListener('x', c);
      emitter.prependOnceListener('x', once);
      seen.push(['count', emitter.listenerCount('x'), emitter.listenerCount('none')]);
      seen.push(['names', ...emitter.eventNames()]);
      seen.push(['same', emitter.listeners('x')[0] === once, emitter.rawListeners('x')[0] === once, emitter.rawListeners('x')[0].listener === once]);
      seen.push(['emitted', emitter.emit('x', 1, 2), emitter.emit('x', 3), emitter.emit('none')]);
      emitter.on('x', a).off('x', a);
      emitter.off('x', note('never added'));
      emitter.emit('x', 4);
      emitter.once('y', b);
      emitter.rawListeners('y')[0]('raw');
      seen.push(['y', emitter.listenerCount('y')]);
      emitter.on('z', (...values) => {
        emitter.removeAllListeners('z');
        seen.push(values);
      });
      emitter.on('z', b);
      emitter.emit('z', 'both, though they were taken off meanwhile');
      for (const error of [new RangeError('mine'), 'a text']) {
        try {
          emitter.emit('error', error);
        } catch (thrown) {
          seen.push(['thrown', thrown === error, thrown instanceof Error]);
        }
      }
      try {
        emitter.on('x', undefined);
      } catch (thrown) {
        seen.push(['refused', thrown instanceof TypeError]);
      }
      seen.push([emitter.getMaxListeners(), emitter.setMaxListeners(3).getMaxListeners()]);
      emitter.removeAllListeners();
      seen.push(['left', ...emitter.eventNames()]);
      return seen;
    });
    assert.deepEqual(told[0], told[1]);
    assert.deepEqual(told[2], told[1]);
    assert.ok(told[0].length > 30);
  });
});

describe('task', () => {
  it('assigns a task before it has the agent start it', async () => {
    const session = recordingSession(({ action }) => ({ action }));
    const reply = await modules.task(session).executeTaskWithAgent('t', 'a');
    assert.equal(reply.action, 'startTask');
    assert.deepEqual(texts(session), [
      `{"type":"taskEvent","action":"updateTask","requestId":"${ID}","message":{"taskId":"t","assignedTo":"a"}}`,
      `{"type":"taskEvent","action":"startTask","requestId":"${ID}","message":{"taskId":"t"}}`,
    ]);
  });

  it('gives a member of the task that was found, or nothing', async () => {
    const found = modules.task(recordingSession(() => ({ task: { status: 'review', description: 'why' } })));
    assert.equal(await found.getTaskStatus('t'), 'review');
    assert.equal(await found.getTaskSummary('t'), 'why');
    const missing = modules.task(recordingSession(() => ({ success: false, task: null })));
    assert.equal(await missing.getTaskStatus('t'), undefined);
  });
});

describe('userMessage', () => {
  const frame = {
    type: 'messageResponse',
    message: {
      userMessage: 'hello',
      messageId: 'm',
      mentionedFiles: ['a.ts'],
      mentionedFullPaths: ['/x/a.ts'],
      mentionedMCPs: ['m1'],
    },
  };

  it('reads the message that came last', () => {
    const session = recordingSession();
    const message = modules.userMessage(session);
    assert.equal(message.hasMessage(), false);
    assert.equal(message.getText(), '');
    assert.equal(message.getCurrent(), undefined);
    assert.equal(message.getTimestamp(), undefined);
    assert.deepEqual(message.getMentionedFiles(), []);
    session.arrive(frame);
    assert.equal(message.hasMessage(), true);
    assert.equal(message.getText(), 'hello');
    assert.equal(message.getMessageId(), 'm');
    assert.deepEqual(message.getMentionedFiles(), ['a.ts', '/x/a.ts']);
    assert.deepEqual(message.getMentionedFolders(), []);
    assert.equal(message.isProcessingEnabled('processMentionedFiles'), true);
    assert.equal(message.isProcessingEnabled('processRemixPrompt'), false);
    message.updateProcessingConfig({ processRemixPrompt: () => {} });
    assert.equal(message.isProcessingEnabled('processRemixPrompt'), true);
    assert.ok(!Number.isNaN(Date.parse(message.getTimestamp())));
  });

  it('forgets everything when cleared', () => {
    const session = recordingSession();
    const message = modules.userMessage(session);
    session.arrive(frame);
    message.setSessionData('k', 1);
    assert.equal(message.getSessionData('k'), 1);
    message.clear();
    assert.equal(message.hasMessage(), false);
    assert.equal(message.getSessionData('k'), undefined);
    assert.deepEqual(message.getProcessingConfig(), {});
  });

  it('knows a message that came before the module was used', () => {
    const session = recordingSession();
    session.lastUserMessage = { userMessage: 'early', mentionedFiles: [], mentionedFullPaths: [], mentionedMCPs: [], mentionedAgents: [] };
    assert.equal(modules.userMessage(session).getText(), 'early');
  });
});

describe('outputparsers', () => {
  const parsers = modules.outputparsers(recordingSession());

  it('parse JSON, and report a syntax error', () => {
    assert.deepEqual(parsers.parseJSON('{"a":[1]}'), { success: true, parsed: { a: [1] } });
    const failed = parsers.parseJSON('{');
    assert.equal(failed.success, false);
    assert.ok(failed.error instanceof SyntaxError);
  });

  it('tell XML by its first and last sign', () => {
    assert.deepEqual(parsers.parseXML(' <a/> '), { success: true, parsed: { rootElement: ' <a/> ' } });
    assert.equal(parsers.parseXML('a').success, false);
  });

  it('cut CSV and text at their line ends', () => {
    assert.deepEqual(parsers.parseCSV('a,b\n1,2\n3,4').parsed, [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
    assert.equal(parsers.parseCSV(5).success, false);
    assert.deepEqual(parsers.parseText('a\nb'), { success: true, parsed: ['a', 'b'] });
    assert.deepEqual(parsers.parseText(''), { success: true, parsed: [] });
  });

  it('find the lines of errors and warnings', () => {
    const output = 'ok\nTypeError: x\nWarning: y\nError without a colon';
    assert.deepEqual(parsers.parseErrors(output), ['TypeError: x']);
    assert.deepEqual(parsers.parseWarnings(output), ['Warning: y']);
    assert.deepEqual(parsers.parseErrors({ toString: () => 'Error: z' }), ['Error: z']);
  });
});

describe('what the reference never implemented', () => {
  for (const [module, method] of [
    ['search', 'init'],
    ['search', 'search'],
    ['search', 'get_first_link'],
    ['rag', 'init'],
    ['rag', 'add_file'],
    ['rag', 'retrieve_related_knowledge'],
  ]) {
    it(`rejects and says so: ${module}.${method}`, async () => {
      const error = await modules[module](recordingSession())[method]('x').catch((error) => error);
      assert.ok(error instanceof CodeboltError);
      assert.equal(error.code, 'NOT_SUPPORTED');
      assert.match(error.message, new RegExp(`^${module}\\.${method} is not supported`));
    });
  }

  it('ends no program that never looks at what comes', async (context) => {
    const unhandled = context.mock.fn();
    process.on('unhandledRejection', unhandled);
    context.after(() => process.off('unhandledRejection', unhandled));
    modules.rag(recordingSession()).init();
    modules.search(recordingSession()).init('bing');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(unhandled.mock.callCount(), 0);
  });

  it('leaves the connection alone', async () => {
    const session = recordingSession();
    await modules.search(session).search('x').catch(() => {});
    await later();
    assert.deepEqual(session.frames, []);
  });
});
