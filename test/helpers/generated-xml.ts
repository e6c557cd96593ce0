// XML made up from a schema's content models alone. It shares nothing with the codec: no names in JSON, no slots, no readers.
import * as fc from 'fast-check';
import { xsdNs, xsiNs } from '../../adapters/soap/contract/xml/namespaces.ts';
import { simpleText } from './instances.ts';
import type { QName } from '../../adapters/soap/contract/xml/qname.ts';
import type {
  ComplexType,
  Namespaces,
  Particle,
  SchemaType,
  SimpleType,
  Wildcard,
} from '../../adapters/soap/contract/schema/types.ts';

interface Declared {
  readonly type: SchemaType;
  readonly nillable: boolean;
}

const deepest = 4;
const pool = 400;

/**
 * An element that is valid for the declaration; the seed alone decides which. `types`: what may stand where anything
 * may.
 */
export const xmlOf = (
  name: QName,
  declared: Declared,
  { types, seed }: { readonly types: ReadonlyMap<string, SchemaType>; readonly seed: number },
): string => new Maker(seed, types).element(name, declared, 0);

class Maker {
  #state: number;
  readonly #types: ReadonlyMap<string, SchemaType>;
  #ids = 0;

  constructor(seed: number, types: ReadonlyMap<string, SchemaType>) {
    this.#state = seed;
    this.#types = types;
    for (let at = 0; at < 3; at += 1) this.#next();
  }

  element(name: QName, { type, nillable }: Declared, depth: number): string {
    const prefix = name.ns === '' || this.#chance(3) ? '' : `p${this.#upTo(4)}`;
    const tag = prefix === '' ? name.local : `${prefix}:${name.local}`;
    // Each element declares all it needs, so no namespace leaks in from outside.
    const open = `<${tag} xmlns${prefix === '' ? '' : `:${prefix}`}="${name.ns}"`;
    const close = `</${tag}>`;
    // Nil does not say which type stands in: validators want one that is not abstract.
    const mayBeNil = nillable && !(type.kind === 'complex' && type.abstract);
    if (mayBeNil && this.#chance(5)) {
      const attributes = type.kind === 'complex' ? this.#attributes(type) : '';
      return `${open} xmlns:x="${xsiNs}" x:nil="${this.#chance(2) ? '1' : 'true'}"${attributes}>${close}`;
    }
    if (type.kind === 'simple') return `${open}${this.#declared(type, prefix, (text) => `>${text}`)}${close}`;
    if (type.content.is === 'any') return `${open}${this.#anything(depth)}${close}`;
    const standIn = this.#standIn(type, depth);
    const actual = standIn ?? type;
    const instance =
      standIn === null ? '' : ` xmlns:x="${xsiNs}" xmlns:ty="${standIn.name?.ns}" x:type="ty:${standIn.name?.local}"`;
    return `${open}${instance}${this.#attributes(actual)}>${this.#content(actual, depth)}${close}`;
  }

  #standIn(type: ComplexType, depth: number): ComplexType | null {
    const concrete = [...type.derived.values()].filter((each) => !each.abstract);
    const [first] = concrete;
    if (first === undefined || (!type.abstract && this.#chance(2))) return null;
    return depth > deepest ? first : this.#pick(concrete);
  }

  #content(type: ComplexType, depth: number): string {
    const { content } = type;
    if (content.is === 'text') return this.#escaped(this.#simple(content.type));
    return content.is === 'members' ? this.#spaced(this.#particle(content.model, depth)) : this.#mixed();
  }

  #particle(particle: Particle, depth: number): string[] {
    const most = Math.min(particle.max, depth > deepest ? particle.min : particle.min + 2);
    const times = particle.min + this.#upTo(most - particle.min);
    const all: string[] = [];
    for (let time = 0; time < times; time += 1) all.push(...this.#once(particle, depth));
    return all;
  }

  #once(particle: Particle, depth: number): string[] {
    if (particle.is === 'member') return [this.element(particle.name, particle, depth + 1)];
    if (particle.is === 'any') return [this.#foreign(this.#allowed(particle))];
    if (particle.order === 'choice') {
      // The first branch ends every recursion of the fixtures.
      return this.#particle(depth > deepest ? (particle.parts[0] as Particle) : this.#pick(particle.parts), depth);
    }
    const parts = particle.order === 'all' ? this.#shuffled(particle.parts) : particle.parts;
    return parts.flatMap((part) => this.#particle(part, depth));
  }

  #declared(type: SimpleType, prefix: string, around: (text: string) => string): string {
    if (type.builtin !== 'QName') return around(this.#escaped(this.#simple(type)));
    if (prefix !== '' && this.#chance(3)) return ` xmlns=""${around('plain')}`;
    return ` xmlns:v="urn:v"${around(this.#chance(2) ? ' v:name ' : 'v:name')}`;
  }

  #anything(depth: number): string {
    const instance = ` xmlns:x="${xsiNs}"`;
    switch (this.#upTo(4)) {
      case 0:
        return `${instance} xmlns:d="${xsdNs}" x:type="d:long">9007199254740993`;
      case 1:
        return `${instance} xmlns:d="${xsdNs}" x:type="d:string">${this.#escaped(this.#pick(['', ' a ', 'x&y', '<']))}`;
      case 2:
        return `>${this.#mixed()}`;
      default: {
        const named = [...this.#types.values()].filter(
          (each) => each.unsupported === null && each.name !== null && !(each.kind === 'complex' && each.abstract),
        );
        if (named.length === 0 || depth > 2) return '>';
        const type = this.#pick(named);
        const typed = `${instance} xmlns:ty="${type.name?.ns}" x:type="ty:${type.name?.local}"`;
        if (type.kind === 'simple') return `${typed}${this.#declared(type, 'p', (text) => `>${text}`)}`;
        return `${typed}${this.#attributes(type)}>${this.#content(type, depth + 2)}`;
      }
    }
  }

  #attributes(type: ComplexType): string {
    let out = '';
    for (const each of type.attributes) {
      if (!each.required && this.#chance(2)) continue;
      const name =
        each.name.ns === ''
          ? each.name.local
          : `${each.name.ns.endsWith('namespace') ? 'xml' : 'at'}:${each.name.local}`;
      const declares = each.name.ns === '' || name.startsWith('xml:') ? '' : ` xmlns:at="${each.name.ns}"`;
      if (each.type.builtin === 'ID') {
        this.#ids += 1;
        out += `${declares} ${name}="i${this.#ids}"`;
      } else if (each.type.builtin === 'IDREF') {
        if (this.#ids > 0) out += `${out.includes('xmlns:at') ? '' : declares} ${name}="i1"`;
      } else if (each.type.builtin === 'QName') out += ` xmlns:v="urn:v" ${name}="v:name"`;
      else out += `${declares} ${name}="${attributeText(this.#simple(each.type))}"`;
    }
    const { anyAttribute } = type;
    if (anyAttribute !== null && this.#chance(2)) out += ` xmlns:f="${namespaceIn(anyAttribute)}" f:extra="1 &amp; 2"`;
    if (anyAttribute !== null && anyAttribute.only === null && !anyAttribute.not.includes('') && this.#chance(2))
      out += ' loose="&lt;"';
    return out;
  }

  #allowed({ namespaces }: Wildcard): string {
    return namespaces.only === null ? 'urn:foreign' : this.#pick(namespaces.only);
  }

  #foreign(ns: string): string {
    const open = ns === '' ? '<foreign xmlns=""' : `<f:foreign xmlns:f="${ns}"`;
    const inner = this.#chance(2)
      ? ''
      : `<g:inner xmlns:g="urn:g" g:a="&quot;1" b="2">é &amp; <!-- c --></g:inner> tail`;
    const named = this.#chance(2) ? '' : ` xmlns:n="urn:n"><n:x xmlns:x="${xsiNs}" x:nil="1"/`;
    return `${open}${named}>${inner}${ns === '' ? '</foreign>' : '</f:foreign>'}`;
  }

  #mixed(): string {
    const pieces = Array.from({ length: this.#upTo(4) }, () =>
      this.#pick(['text', ' ', '&lt;', '<![CDATA[<c>]]>', 'f', 'é']),
    );
    return pieces.map((piece) => (piece === 'f' ? this.#foreign('urn:foreign') : piece)).join('');
  }

  #escaped(text: string): string {
    const safe = text.replace(/[&<>\r]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
    if (this.#chance(5) && !/[\r]|\]\]>/.test(text)) return `<![CDATA[${text}]]>`;
    const mayCut = /^[A-Za-z0-9 .-]*$/.test(safe) && this.#chance(3);
    const at = mayCut ? this.#upTo(safe.length) : 0;
    return mayCut ? `${safe.slice(0, at)}<!-- c -->${safe.slice(at)}` : safe;
  }

  #spaced(children: readonly string[]): string {
    return children.length === 0 || this.#chance(2) ? children.join('') : `\n  ${children.join('\n  <!-- c --> ')}\n`;
  }

  #simple(type: SimpleType): string {
    let texts = pools.get(type);
    if (texts === undefined) pools.set(type, (texts = fc.sample(simpleText(type), { numRuns: pool, seed: pool })));
    return this.#pick(texts);
  }

  /** Once in `of` times. */
  #chance(of: number): boolean {
    return this.#upTo(of - 1) === 0;
  }

  #upTo(max: number): number {
    return max <= 0 ? 0 : Math.floor(this.#next() * (max + 1));
  }

  /** From 0 up to 1 (a linear congruence). */
  #next(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#upTo(from.length - 1)] as T;
  }

  #shuffled<T>(from: readonly T[]): T[] {
    const keyed = from.map((each) => ({ each, key: this.#next() }));
    return keyed.toSorted((a, b) => a.key - b.key).map(({ each }) => each);
  }
}

// Texts of a type are made once: to draw each anew would take most of the time.
const pools = new WeakMap<SimpleType, readonly string[]>();

const namespaceIn = ({ only }: Namespaces): string => only?.find((ns) => ns !== '') ?? 'urn:foreign';

const attributeText = (text: string): string => text.replace(/[&<"\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
