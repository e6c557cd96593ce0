// Where an operation stands in HTTP, as far as documents tell it.
import type { SoapOperation } from '../contract/contract.ts';

/** What stands in one place: a constant, or a member of the input. Others say nothing to clients of REST. */
export type BoundValue =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'member'; readonly name: string }
  | { readonly is: 'soapHeader'; readonly name: string };

export interface Binding {
  readonly method: string;
  /** `/orders/{orderId}`, below the mount, without query. */
  readonly path: string;
  /** What the path's `{…}` are, in order. */
  readonly parameters: readonly BoundValue[];
  /** `key` as it is written in the address. */
  readonly query: readonly { readonly key: string; readonly value: BoundValue }[];
  readonly headers: readonly { readonly key: string; readonly value: BoundValue }[];
  /** `rest`: an object of every member that is not in `placed`. */
  readonly body: 'none' | 'rest' | { readonly member: string };
  readonly placed: readonly string[];
}

/** Operations with the places where they are asked; those that can only be passed through are not among them. */
export interface Offered {
  readonly operation: SoapOperation;
  readonly bindings: Binding;
}

/** `POST /{operation}` with everything in the body. */
export const defaultBinding = (operation: SoapOperation): Binding => ({
  method: 'POST',
  path: `/${operation.name}`,
  parameters: [],
  query: [],
  headers: [],
  body: 'rest',
  placed: [],
});
