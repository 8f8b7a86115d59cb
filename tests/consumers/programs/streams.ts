/** Commands with a stream, and a step of a plan with a listener, after calls whose replies have the same types. */
import codebolt from '@codebolt/codeboltjs';

async function stream(command: string): Promise<string> {
  const emitter = codebolt.terminal.executeCommandWithStream(command);
  let text = '';
  emitter.on('commandOutput', (data: any) => (text += data.output));
  const end = await new Promise<string>((resolve) => {
    emitter.once('commandFinish', (data: any) => resolve(`finished ${data.exitCode}`));
    emitter.once('commandError', (data: any) => resolve(`failed: ${data.error}`));
  });
  emitter.cleanup?.();
  return `${command}: ${text} ${end}`;
}

codebolt.onMessage(async () => {
  const first: any = await codebolt.terminal.executeCommand('pwd');
  const results = [`pwd: ${first.output}`, await stream('build'), await stream('break')];
  const step: any = await codebolt.actionPlan.startTaskStep('plan', 'task-1');
  results.push(`step: ${step.status}`);
  results.push(
    await new Promise<string>((resolve) => {
      const seen: string[] = [];
      const off = codebolt.actionPlan.startTaskStepWithListener('plan', 'task-2', (response: any) => {
        seen.push(response.status);
        if (response.status !== 'done') return;
        off();
        resolve(`listener: ${seen.join(', ')}`);
      });
    }),
  );
  return results;
});
