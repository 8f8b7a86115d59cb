// The methods that do more than send one message and give its reply.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { later, messages, texts } from './custom-sessions.mjs';
import { ID, SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

describe('browser', () => {
  it('invents the active instance once, and lists it', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    assert.deepEqual(await browser.listBrowserInstances(), []);
    assert.equal(await browser.setActiveBrowserInstance('any'), false);
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
    await assert.rejects(modules.browser(session).executeOnInstance('i', 'fly', {}), {
      code: 'INVALID_ARGUMENT',
      message: "browser.executeOnInstance: unknown operation 'fly'; valid operations: goToPage, screenshot, getContent",
      type: 'browserEvent',
    });
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
    const uncontrolled = modules.chat(session).processStarted();
    assert.equal('cleanup' in uncontrolled, false);
    uncontrolled.stopProcess();
    assert.equal(messages(session).at(-1).type, 'processStoped');
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

  it('waits for the answer to each, for the agent’s without a limit', async () => {
    const session = recordingSession();
    await modules.task(session).executeTaskWithAgent('t', 'a');
    assert.deepEqual(session.frames.map(({ method }) => method), [
      { type: 'taskEvent', replyTypes: ['updateTaskResponse'] },
      { type: 'taskEvent', replyTypes: ['startTaskWithAgentResponse'], timeout: 0 },
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

  /** By method: the member that it reads, and what it gives where there is none. */
  const READERS = {
    getText: ['userMessage', ''],
    getMentionedMCPs: ['mentionedMCPs', []],
    getMentionedFolders: ['mentionedFolders', []],
    getMentionedAgents: ['mentionedAgents', []],
    getRemixPrompt: ['remixPrompt'],
    getUploadedImages: ['uploadedImages', []],
    getCurrentFile: ['currentFile'],
    getSelection: ['selection'],
    getMessageId: ['messageId'],
    getThreadId: ['threadId'],
  };
  for (const [method, [member, none]] of Object.entries(READERS)) {
    it(`gives what the message has: ${method}`, () => {
      const session = recordingSession();
      const message = modules.userMessage(session);
      assert.deepEqual(message[method](), none);
      session.arrive({ type: 'messageResponse', message: {} });
      assert.deepEqual(message[method](), none);
      session.arrive({ type: 'messageResponse', message: { [member]: ['mine'] } });
      assert.deepEqual(message[method](), ['mine']);
      assert.deepEqual(message.getCurrent()[member], ['mine']);
    });
  }

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
    for (const text of ['a', '<a', 'a>']) assert.deepEqual(parsers.parseXML(text), { success: false });
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
      assert.equal(error.type, `${module}.${method}`);
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
