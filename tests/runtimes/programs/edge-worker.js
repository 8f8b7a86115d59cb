// A worker for workerd: a connection belongs to the request that opened it, so each request makes its own.
import { Codebolt } from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get('host');
    try {
      return Response.json(await roundTrip(new Codebolt({ url }), 'workerd'));
    } catch (error) {
      return Response.json({ error: `${error.name}: ${error.message}\n${error.stack}` }, { status: 500 });
    }
  },
};
