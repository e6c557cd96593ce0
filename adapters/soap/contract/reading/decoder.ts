// XML → JSON by type, while it is read: one frame for each element that is open. Strict: what the schema does not have
// is an error, and the open frames tell where.
import { hasNil, isForeign, noAttributes, typeNameAt } from './instance.ts';
import { emptyRun } from './match.ts';
import { setMember } from './members.ts';
import { Misfit } from '../values/misfit.ts';
import { xsiNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { RawXml } from '../xml/raw-xml.ts';
import { placeIn, runKey, stepsTo, unexpected } from './shapes.ts';
import type { Json } from '../../../adapter.ts';
import type { QName } from '../xml/qname.ts';
import type { Run } from './match.ts';
import type { ElementShape, ObjectShape, Place, Shape, Shapes } from './shapes.ts';
import type { Choice, Slot } from '../schema/types.ts';
import type { Scope, Tag, XmlAttribute, XmlListener } from '../xml/xml.ts';

type JsonObject = Record<string, Json>;

const nothing: JsonObject = Object.freeze({});
const nobody: Json[] = [];
Object.freeze(nobody);

/** One open element; used again for each that opens at its depth. */
class Frame {
  shape: Shape = raw;
  place: Place | null = null;
  /** Place among others of the same name; -1 where there are none. */
  index = -1;
  scope: Scope | null = null;
  text = '';
  isNil = false;
  /** Type that stands in, for values that are no objects. */
  label: string | null = null;
  // Set anew before anything is put into them.
  object: JsonObject = nothing;
  list: Json[] = nobody;
  run: Run | null = null;
  last: Place | null = null;
  children = 0;
}

const raw: Shape = { is: 'raw' };

/** Reads one element of a message. */
export class Decoder implements XmlListener {
  readonly #root: ElementShape;
  readonly #shapes: Shapes;
  readonly #frames: Frame[] = [];
  #depth = -1;
  #raw: RawXml | null = null;
  #value: Json | undefined;

  constructor(root: ElementShape, shapes: Shapes) {
    this.#root = root;
    this.#shapes = shapes;
  }

  /** Once the element was closed. */
  get value(): Json {
    if (this.#value === undefined) throw new Error('the element has not ended');
    return this.#value;
  }

  /** Throws Misfit, as `text` and `close` do, with the path to what does not fit. */
  open(tag: Tag): void {
    if (this.#raw !== null) return this.#raw.open(tag);
    try {
      this.#enter(tag);
    } catch (error) {
      throw this.#located(error);
    }
    return undefined;
  }

  text(piece: string): void {
    if (this.#raw !== null) return this.#raw.text(piece);
    const frame = this.#frames[this.#depth];
    if (frame === undefined) return undefined;
    const { shape } = frame;
    if (shape.is === 'text' || (shape.is === 'object' && shape.codec !== null)) frame.text += piece;
    else if (!isBlank(piece))
      throw this.#located(new Misfit(frame.isNil ? 'nil, but with content' : 'text between elements'));
    else if (frame.isNil) frame.text += piece;
    return undefined;
  }

  close(): void {
    if (this.#raw !== null) {
      this.#raw.close();
      if (!this.#raw.isWhole) return;
    }
    const frame = this.#frames[this.#depth];
    if (frame === undefined) return;
    let value: Json;
    try {
      value = this.#finish(frame);
    } catch (error) {
      throw this.#located(error);
    }
    this.#depth -= 1;
    if (this.#depth < 0) this.#value = value;
    else this.#put(frame, value);
  }

  #enter(tag: Tag): void {
    const parent = this.#frames[this.#depth];
    const place = parent === undefined ? null : this.#placeOf(parent, tag);
    this.#depth += 1;
    const frame = (this.#frames[this.#depth] ??= new Frame());
    frame.place = place;
    frame.scope = tag.scope;
    frame.text = '';
    frame.isNil = false;
    frame.label = null;
    frame.last = null;
    frame.children = 0;
    if (parent !== undefined && place !== null) {
      frame.index = parent.shape.is === 'list' ? parent.list.length : indexOf(parent, place);
    }
    const element = place === null ? this.#root : place.element;
    if (element === null) this.#keep(frame, tag);
    else this.#begin(frame, element, tag);
  }

  #placeOf(parent: Frame, tag: Tag): Place {
    const { shape } = parent;
    if (parent.isNil) throw new Misfit('nil, but with content');
    if (shape.is === 'list') {
      const { item } = shape;
      if (item.name?.local !== tag.local || item.name.ns !== tag.ns) throw at(unexpected(tag), parent.list.length);
      return item;
    }
    if (shape.is !== 'object' || shape.codec !== null) {
      throw new Misfit(`the element ${tag.local} in a value that is text`);
    }
    const place = placeIn(shape, tag, parent.last?.slot ?? 0);
    if (shape.match === null) advance(parent, shape, place);
    else (parent.run ??= emptyRun()).namespaces.push(tag.ns);
    return place;
  }

  #begin(frame: Frame, element: ElementShape, tag: Tag): void {
    frame.shape = element.own;
    let label: string | null = null;
    if (tag.attributes.length > 0 || element.standIns !== null || element.isAny) {
      if (hasNil(tag)) {
        frame.isNil = true;
        if (!element.nillable) throw new Misfit('nil, but the element is not nillable');
        if (element.own.is === 'raw' && !isBareNil(tag)) return this.#keep(frame, tag);
        frame.object = {};
        // XmlSerializer writes none of a nil element's attributes, not even those that the schema requires.
        if (tag.attributes.every(isForeign)) return undefined;
        if (element.nilAttributes === null) noAttributes(tag);
        else element.nilAttributes(tag, frame.object);
        return undefined;
      }
      const named = typeNameAt(tag);
      if (element.isAny) {
        const found = named === null ? null : this.#shapes.named(named);
        if (found === null) return this.#keep(frame, tag);
        if (found.abstract) throw new Misfit('an abstract type; expected xsi:type naming one derived from it');
        ({ shape: frame.shape, label } = found);
      } else if (element.standIns !== null) {
        const found = element.standIns.get(named === null ? (element.typeName ?? '') : expanded(named));
        if (found === undefined) throw notDerived(named ?? { ns: '', local: '' }, element);
        if (found.abstract) throw new Misfit('an abstract type; expected xsi:type naming one derived from it');
        frame.shape = found.shape;
        if (named !== null) ({ label } = found);
      } else if (named !== null && expanded(named) !== element.typeName) {
        const narrowed = element.simple === null ? null : this.#shapes.narrowed(named, element.simple);
        if (narrowed === null) throw notDerived(named, element);
        frame.shape = narrowed;
      }
    }
    const { shape } = frame;
    if (shape.is === 'raw') return this.#keep(frame, tag);
    if (shape.is === 'object') {
      frame.object = label === null ? {} : { $type: label };
      frame.run = null;
      if (shape.attributes !== null) shape.attributes(tag, frame.object);
      else if (tag.attributes.length > 0) noAttributes(tag);
      return undefined;
    }
    frame.label = label;
    if (shape.is === 'list') frame.list = [];
    if (tag.attributes.length > 0) noAttributes(tag);
    return undefined;
  }

  /** From here on all is XML that stays XML. */
  #keep(frame: Frame, tag: Tag): void {
    frame.shape = raw;
    this.#raw = new RawXml();
    this.#raw.open(tag);
  }

  #finish(frame: Frame): Json {
    if (this.#raw !== null) {
      const xml = String(this.#raw);
      this.#raw = null;
      return frame.place !== null && frame.place.element === null ? xml : { $xml: xml };
    }
    if (frame.isNil) {
      if (frame.text !== '') throw new Misfit('nil, but with content');
      return Object.keys(frame.object).length === 0 ? null : { $nil: true, ...frame.object };
    }
    const value = valueOf(frame);
    return frame.label === null ? value : { $type: frame.label, $value: value };
  }

  #put({ place }: Frame, value: Json): void {
    const parent = this.#frames[this.#depth];
    if (parent === undefined || place === null) return;
    if (parent.shape.is === 'list') parent.list.push(value);
    else if (parent.run !== null) {
      parent.run.keys.push(runKey(place));
      parent.run.values.push(value);
    } else if (place.repeated) parent.list.push(value);
    else setMember(parent.object, place.key, value);
  }

  #located(error: unknown): unknown {
    if (!(error instanceof Misfit)) return error;
    for (let depth = this.#depth; depth > 0; depth -= 1) {
      const frame = this.#frames[depth];
      if (frame === undefined || frame.place === null) continue;
      const parent = this.#frames[depth - 1];
      if (frame.index >= 0) error.steps.unshift(frame.index);
      if (parent === undefined || parent.shape.is === 'list') continue;
      if (parent.run === null) error.steps.unshift(frame.place.key);
      else error.steps.unshift(...stepsTo(parent.run, frame.place));
    }
    return error;
  }
}

const at = (error: Misfit, step: number): Misfit => {
  error.steps.unshift(step);
  return error;
};

const indexOf = (parent: Frame, place: Place): number =>
  place.repeated && parent.run === null ? parent.list.length : -1;

const notDerived = (name: QName, { typeName }: ElementShape): Misfit => {
  const expected =
    typeName === null ? 'no xsi:type, for the declared type has no name' : `${typeName} or one derived from it`;
  return new Misfit(`xsi:type ${expanded(name)}, which is not derived from the declared type; expected ${expected}`);
};

const isBareNil = (tag: Tag): boolean => tag.attributes.every((each: XmlAttribute) => isForeign(each) && !isType(each));
const isType = (each: XmlAttribute): boolean => each.ns === xsiNs && each.local === 'type';

/** The next child of an object whose slots say all. Throws Misfit where it may not come now. */
const advance = (frame: Frame, shape: ObjectShape, place: Place): void => {
  const { last } = frame;
  if (place === last) {
    if (!place.repeated) throw new Misfit(`the element ${place.key} twice; ${times(place.min, place.max)}`);
    return;
  }
  if (shape.ordered) {
    const reached = last?.slot ?? -1;
    if (place.slot < reached) throw outOfOrder(place);
    if (last !== null && reached === place.slot) throw new Misfit(`both ${last.key} and ${place.key}; expected one`);
    for (let skipped = reached + 1; skipped < place.slot; skipped += 1) required(shape.slots[skipped]);
    leave(frame);
    if (place.repeated) {
      frame.list = [];
      setMember(frame.object, place.key, frame.list);
    }
  } else if (Object.hasOwn(frame.object, place.key)) throw outOfOrder(place);
  frame.last = place;
};

const outOfOrder = (place: Place): Misfit => new Misfit(`the element ${place.key}, out of order`);

/** A list that is over has enough items, and not too many. */
const leave = ({ last, list }: Frame): void => {
  if (last === null || !last.repeated || (list.length >= last.min && list.length <= last.max)) return;
  const error = new Misfit(`${list.length} items; ${times(last.min, last.max)}`);
  error.steps.unshift(last.key);
  throw error;
};

const valueOf = (frame: Frame): Json => {
  const { shape, object } = frame;
  if (shape.is === 'text') return shape.codec.read(frame.text, frame.scope);
  if (shape.is === 'list') {
    const { min, max } = shape.item;
    const { length } = frame.list;
    if (length < min || length > max) throw new Misfit(`${length} items; ${times(min, max)}`);
    return frame.list;
  }
  if (shape.is === 'raw') throw new Error('XML that stays XML has no value of its own');
  if (shape.codec !== null) object['$value'] = shape.codec.read(frame.text, frame.scope);
  else if (shape.match !== null) shape.match(frame.run ?? emptyRun(), object);
  else complete(frame, shape);
  return object;
};

const complete = (frame: Frame, { slots, ordered }: ObjectShape): void => {
  leave(frame);
  if (ordered) for (let rest = (frame.last?.slot ?? -1) + 1; rest < slots.length; rest += 1) required(slots[rest]);
  else for (const slot of slots) if (slot.is !== 'member' || !Object.hasOwn(frame.object, slot.key)) required(slot);
};

const required = (slot: Slot | undefined): void => {
  if (slot === undefined) return;
  if (slot.is === 'choice') {
    if (!slot.optional) throw new Misfit(`none of ${namesOf(slot)}; expected one`);
  } else if (slot.min > 0) {
    if (slot.is === 'member') throw new Misfit(`no element ${slot.name.local}, which is required`);
    throw new Misfit(`no element of other kinds; expected ${slot.min} at least`);
  }
};

const namesOf = (choice: Choice): string => choice.branches.map((branch) => branch.key).join(', ');

const times = (min: number, max: number): string => `expected ${min} to ${max === Infinity ? 'any number' : max}`;

const isBlank = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
};
