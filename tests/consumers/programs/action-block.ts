/** An action block: it is invoked with a context, and what it returns is the result. */
import codebolt from '@codebolt/codeboltjs';

codebolt.onActionBlockInvocation(async (threadContext: any, metadata) => {
  const { requirement } = threadContext.params;
  if (!requirement) return { success: false, error: `no requirement for ${metadata.sideExecutionId}` };
  const job: any = await codebolt.job.createJob('group-1', { name: requirement, type: 'feature', priority: 1 } as any);
  return { success: true, jobId: job.job?.id ?? job.data?.id, of: metadata.threadId };
});
