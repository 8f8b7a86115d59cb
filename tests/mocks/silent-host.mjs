/** A host that takes connections and answers nothing, for time limits. */
import { after } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';
import { hostUrl } from '../builds/project.mjs';

const host = await TestHost.start();
host.fault('*', { drop: true });
after(() => host.close());

/** Where the hosts are, for the programs. */
export const environment = { HOST_URL: hostUrl, SILENT_URL: (await host.listen()).url };
