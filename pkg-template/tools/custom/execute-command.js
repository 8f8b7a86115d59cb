/** What is special about `execute_command`: its output, and that a person may be asked first. */
import { excerpt } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ command }, reply) => {
  const output = reply.output || reply.result || reply.message || '';
  const code = reply.exitCode ?? reply.code;
  const hasFailed = code !== undefined && code !== 0;
  const said = hasFailed ? 'Command executed' : 'Command executed successfully';
  const ran = output ? `Command executed: ${command}\n\nOutput:\n${output}` : `${said}: ${command}`;
  return {
    llmContent: hasFailed ? `${ran}\n\nExit code: ${code}` : ran,
    returnDisplay: output ? excerpt(output) : hasFailed ? `${said}, exit code ${code}` : said,
  };
};

/** @param {any} params @returns {import('../../tools.d.ts').ToolExecuteConfirmationDetails} */
export const confirm = ({ command }) => {
  const [rootCommand] = command.trim().split(/\s/);
  return { type: 'exec', title: `Execute Command: ${rootCommand}`, command, rootCommand, onConfirm: async () => {} };
};
