/** An orchestrator: starts agents in groups, and works on what comes of them and on events, until all is done. */
import codebolt from '@codebolt/codeboltjs';

codebolt.onMessage(async () => {
  const notes: string[] = [];
  const off = codebolt.agentEventQueue.onQueueEvent((event: any) => void notes.push(`handler: ${event.eventId}`));
  for (const title of ['one', 'two']) {
    const started: any = await codebolt.thread.createThreadInBackground({ title, groupId: 'batch', userMessage: title, selectedAgent: 'worker' } as any);
    notes.push(`started ${started.threadId}, ${codebolt.backgroundChildThreads.getRunningAgentCount()} running`);
  }
  await codebolt.agentEventQueue.sendAgentMessage({ targetAgentId: 'worker', content: 'begin' } as any);
  for (let open = true; open; ) {
    const event: any = await codebolt.agentEventQueue.waitForAnyExternalEvent();
    switch (event.type) {
      case 'agentQueueEvent':
        notes.push(`event: ${event.data.eventId}`);
        break;
      case 'backgroundAgentCompletion':
        notes.push(`done: ${event.data.threadId}`);
        break;
      case 'backgroundGroupedAgentCompletion':
        notes.push(`group ${event.data.groupId}: ${event.data.completions.length}, ${event.data.success}`);
        break;
    }
    open = codebolt.backgroundChildThreads.getRunningAgentCount() > 0 || codebolt.agentEventQueue.getPendingExternalEventCount() > 0;
  }
  off();
  const all: any = codebolt.backgroundChildThreads.checkForBackgroundAgentCompletion();
  notes.push(`collected ${all?.length}`);
  const group: any = codebolt.backgroundChildThreads.checkForBackgroundGroupedAgentCompletion();
  notes.push(`group of ${group?.completions.map((each: any) => each.threadId).join(' and ')}`);
  return notes;
});
