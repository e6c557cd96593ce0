import type { Json, Message } from '../adapter.ts';

/** What a REST call says, understood: kept on the call for whoever answers it. */
export class RestMessage implements Message {
  readonly version = null;
  /** The operation's input, by the contract. */
  readonly input: Json;

  constructor(input: Json) {
    this.input = input;
  }

  header(): null {
    return null;
  }

  username(): null {
    return null;
  }
}
