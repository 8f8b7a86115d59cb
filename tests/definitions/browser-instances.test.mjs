// Which browser instance is meant, and what is known of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

const sent = ({ frames }) => frames.map(({ text }) => JSON.parse(text)).map(({ action, instanceId }) => [action, instanceId]);

describe('browser instances', () => {
  it('are listed with all members that a caller may read', async () => {
    const browser = modules.browser(recordingSession());
    await browser.openNewBrowserInstance({ instanceId: 'mine' });
    const [{ createdAt, ...instance }] = await browser.listBrowserInstances();
    assert.deepEqual(instance, { instanceId: 'mine', isActive: true, isReady: true, currentUrl: '', title: '' });
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.equal((await browser.getBrowserInstance('mine')).instanceId, 'mine');
  });

  it('are opened by a new page, under the id that was asked for', async () => {
    const session = recordingSession();
    await modules.browser(session).openNewBrowserInstance({ instanceId: 'mine' });
    assert.deepEqual(sent(session), [['newPage', 'mine']]);
  });

  it('are closed by their id, the active one without, and only that is forgotten', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    await browser.openNewBrowserInstance({ instanceId: 'mine' });
    assert.equal(await browser.closeBrowserInstance('other'), true);
    assert.equal((await browser.listBrowserInstances()).length, 1);
    assert.equal(await browser.closeBrowserInstance(), true);
    assert.equal((await browser.listBrowserInstances()).length, 0);
    assert.deepEqual(sent(session).slice(1), [['close', 'other'], ['close', 'mine']]);
  });

  it('take operations by their id, by the one among the parameters, or as the active one', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    await browser.openNewBrowserInstance({ instanceId: 'mine' });
    await browser.executeOnInstance('other', 'getContent');
    await browser.executeOnInstance('other', 'getContent', { instanceId: 'third' });
    await browser.executeOnInstance('', 'getContent');
    assert.deepEqual(sent(session).slice(1), ['other', 'third', 'mine'].map((id) => ['getContent', id]));
  });

  it('take a screenshot as it is asked for, or as the host likes', async () => {
    const session = recordingSession();
    const browser = modules.browser(session);
    await browser.executeOnInstance('i', 'screenshot');
    await browser.executeOnInstance('i', 'screenshot', { fullPage: true, quality: 50, format: 'png' });
    const messages = session.frames.map(({ text }) => JSON.parse(text)).map(({ requestId, ...message }) => message);
    const plain = { type: 'browserEvent', action: 'screenshot', instanceId: 'i' };
    assert.deepEqual(messages, [plain, { ...plain, fullPage: true, quality: 50, format: 'png' }]);
  });
});
