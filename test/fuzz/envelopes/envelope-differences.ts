// Where a look into a call and a full reading of it may differ, and why that does not matter. All else is a defect.

/** Ours cannot decide, so the call goes to legacy and is counted; a full parser finds a call. */
export const stricter: readonly {
  readonly reason: string;
  readonly of: (text: string) => boolean;
  readonly why: string;
}[] = [
  {
    reason: 'malformed',
    of: (text) => text.startsWith('\ufeff'),
    why: 'two byte order marks: readers drop the second, or refuse it',
  },
  {
    reason: 'malformed',
    of: (text) =>
      /xmlns[^=<>]*=\s*(?:"(?:\s[^"]*|[^"]*\s|[^"]*&#[^"]*)"|'(?:\s[^']*|[^']*\s|[^']*&#[^']*)')/.test(text),
    why: 'blanks around a namespace name, which some readers trim',
  },
  {
    reason: 'malformed',
    of: (text) => /^<\?xml\s[^>]*version\s*=\s*["'](?!1\.0["'])/.test(text),
    why: 'a version of XML other than 1.0, which SOAP does not have',
  },
  {
    reason: 'malformed',
    of: (text) => text.includes('<![CDATA['),
    why: 'CDATA between the parts of an envelope, which some readers skip when it is empty or blank',
  },
  {
    reason: 'malformed',
    of: (text) => /xmlns:xml\b[^<>]*xmlns:xml\b/.test(text),
    why: 'the prefix xml declared twice on one element, which libxml2 lets pass',
  },
  {
    reason: 'malformed',
    of: (text) => /<\?[^\s?]+\s+\?/.test(text),
    why: 'a processing instruction whose text begins with a question mark, which saxes does not tell from one without a blank',
  },
  {
    reason: 'limit',
    of: (text) => text.length > 16_384 || (text.match(/<[^/!?]/g)?.length ?? 0) > 60,
    why: 'a prolog over 16 KiB, or over 64 levels of elements',
  },
];

/** A full parser refuses what ours takes for a call; or ours could not read on to the DOCTYPE that it sees. */
export const unread: readonly {
  readonly who: string;
  readonly of: (text: string) => boolean;
  readonly why: string;
}[] = [
  {
    who: 'libxml2',
    of: (text) => namespaceNames(text).some((name) => !isUri(name)),
    why: 'it wants a namespace name to be a URI; Namespaces in XML 1.0 leaves that to whoever chooses one',
  },
  {
    who: 'libxml2',
    of: (text) => text.startsWith('\ufeff'),
    why: 'two byte order marks: ours reads no further, and the call is undecided',
  },
];

const isUri = (name: string): boolean => !name.includes('&#') && uri.test(name) && !oddAuthority.test(name);

/** RFC 3986: with a scheme, or relative without a colon in its first segment. */
const uri =
  /^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$/;

const oddAuthority = /\/\/(?![\w.~%-]+(?::\d+)?(?:[/?#]|$))/;

const namespaceNames = (text: string): readonly string[] =>
  Array.from(text.matchAll(/xmlns[^=<>]*=\s*(?:"([^"]*)"|'([^']*)')/g), ([, double, single]) => double ?? single ?? '');
