/** An agent that asks for work for as long as it lives, whatever happens. */
import codebolt from '@codebolt/codeboltjs';

async function main(): Promise<void> {
  for (;;) {
    try {
      const { events }: any = await codebolt.agentEventQueue.getPendingQueueEvents(1).then((found: any) => ({ events: found }));
      for (const event of events) codebolt.chat.sendMessage(`working on ${event.eventId}`, {});
      await codebolt.chat.getChatHistory('thread');
    } catch {
      // Another time.
    }
  }
}

void main();
