// Where an operation stands in HTTP, for documents about it.
import type { Bindings } from '../../calling.ts';
import type { SoapOperation } from '../contract/contract.ts';

/** Operations with the places where they are asked; those that can only be passed through are not among them. */
export interface Offered {
  readonly operation: SoapOperation;
  readonly bindings: Bindings;
}
