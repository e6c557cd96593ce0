import type { Json, Message } from '../adapter.ts';
import type { Blocks } from '../soap/contract/message.ts';

/** What a REST call says, understood: kept on the call for whoever answers it. */
export class RestMessage implements Message {
  readonly version = null;
  /** The operation's input, by the contract. */
  readonly input: Json;
  /** Header blocks that the contract declares and that came as `$headers`. */
  readonly headers: Blocks;

  constructor(input: Json, headers: Blocks) {
    this.input = input;
    this.headers = headers;
  }

  header(): null {
    return null;
  }

  username(): null {
    return null;
  }
}
