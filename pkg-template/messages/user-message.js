/** The user's messages: how they arrive and how they are answered. */

/** @param {any} message */
export const isUserMessage = (message) => message.type === 'messageResponse';

/**
 * The flat object that handlers get, from a frame of type `messageResponse`. Absent lists become empty ones, an absent
 * agent one without id and name.
 * @param {any} frame
 */
export const flatten = (frame) => {
  const message = typeof frame.message === 'object' && frame.message !== null ? frame.message : {};
  const { selectedAgent } = message;
  return {
    userMessage: message.userMessage,
    currentFile: message.currentFile,
    mentionedFiles: message.mentionedFiles || [],
    mentionedFullPaths: message.mentionedFullPaths || [],
    mentionedFolders: message.mentionedFolders || [],
    uploadedImages: message.uploadedImages || [],
    mentionedMCPs: message.mentionedMCPs || [],
    selectedAgent: { id: selectedAgent?.id || '', name: selectedAgent?.name || '' },
    messageId: message.messageId,
    threadId: message.threadId,
    selection: message.selection,
    remixPrompt: message.remixPrompt,
    mentionedAgents: message.mentionedAgents || [],
    activeFile: message.activeFile,
    openedFiles: message.openedFiles || [],
  };
};

/**
 * What a handler's failure is called on the wire.
 * @param {unknown} error
 * @param {string} [unknown] what it is called when it is no `Error`
 */
export const failureText = (error, unknown = 'Unknown error occurred') =>
  error instanceof Error ? error.message : unknown;
