/** A provider: a class that answers the host, says by the socket itself that it is ready, and sends heartbeats. */
import codebolt from '@codebolt/codeboltjs';

const OPEN = 1;

class Provider {
  private environment: string | null = null;
  private beats = 0;
  private timer: NodeJS.Timeout | undefined;
  private unsent: unknown[] = [];

  start(): void {
    codebolt.onProviderStart(async (initvars: any) => {
      this.environment = initvars.environmentName;
      this.push({ type: 'remoteProviderEvent', action: 'ready', environment: this.environment, requestId: 'ready-1' });
      this.timer = setInterval(() => this.beat(), 10);
      return { success: true, environmentName: this.environment };
    });
    codebolt.onProviderAgentStart(async (userMessage: any) => {
      this.push({ type: 'agentOutput', text: `starting for ${userMessage.userMessage}` });
    });
    codebolt.onGetDiffFiles(async () => ({ files: [] }));
    codebolt.onReadFile(async (path: string) => {
      if (path.includes('..')) throw new Error('outside');
      return `content of ${path}`;
    });
    codebolt.onWriteFile(async (path: string, content: string) => void this.push({ type: 'written', path, bytes: content.length }));
    codebolt.onProviderHeartbeatRequest(async () => ({ status: 'healthy', connectedEnvironments: [this.environment ?? ''] }));
    codebolt.onRawMessage(async (message: any) => {
      if (message.type === 'fromHost') this.push({ type: 'toHost', echo: message.text });
    });
    codebolt.onCloseSignal(async () => {
      clearInterval(this.timer);
    });
  }

  private beat(): void {
    if (++this.beats > 2) return clearInterval(this.timer);
    codebolt.sendProviderHeartbeat({ providerId: 'p1', status: 'healthy', connectedEnvironments: [], uptime: this.beats });
    codebolt.sendEnvironmentHeartbeat({ environmentId: String(this.environment), providerId: 'p1' });
  }

  /** What cannot be sent now is kept: nothing of it may be lost silently. */
  private push(event: unknown): void {
    if (codebolt.websocket?.readyState === OPEN) codebolt.websocket.send(JSON.stringify(event));
    else this.unsent.push(event);
  }
}

new Provider().start();
