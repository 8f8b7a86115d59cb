/** What is special about `execute_command`: its output, and that a person may be asked first. */
import { excerpt } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ command }, reply) => {
  const output = reply.output || reply.result || reply.message || '';
  const code = reply.exitCode ?? reply.code;
  const ran = output ? `Command executed: ${command}\n\nOutput:\n${output}` : `Command executed successfully: ${command}`;
  return {
    llmContent: code === undefined || code === 0 ? ran : `${ran}\n\nExit code: ${code}`,
    returnDisplay: output ? excerpt(output) : 'Command executed successfully',
  };
};

/** @param {any} params @returns {import('../../tools.d.ts').ToolExecuteConfirmationDetails} */
export const confirm = ({ command }) => {
  const [rootCommand] = command.trim().split(/\s/);
  return { type: 'exec', title: `Execute Command: ${rootCommand}`, command, rootCommand, onConfirm: async () => {} };
};
