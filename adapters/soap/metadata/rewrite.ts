// Puts the addresses of where clients come in into a document that describes a service. All other bytes stay as they are.
import { isScript } from './asks-for-metadata.ts';
import { htmlPlaces } from './html-places.ts';
import { publicAddresses, type Reach } from './own-address.ts';
import { scriptPlaces } from './script-places.ts';
import { spellingOf } from './spelling.ts';
import { xmlPlaces } from './xml-places.ts';

/** The document with other addresses; null: there is nothing to change in it, or it is not of a kind that we change. */
export const rewriteMetadata = (bytes: Buffer, reach: Reach): Buffer | null => {
  const spelling = spellingOf(bytes);
  if (spelling === null) return null;
  const text = spelling.read(bytes);
  const places = isScript(reach.asked) ? scriptPlaces(text) : isHtml(text) ? htmlPlaces(text) : xmlPlaces(text);
  const addresses = publicAddresses(places, reach);
  let spliced = '';
  let at = 0;
  for (const [index, { from, to, value }] of places.entries()) {
    const address = addresses[index] ?? null;
    if (address === null || address === value) continue;
    spliced += text.slice(at, from) + address;
    at = to;
  }
  return at === 0 ? null : spelling.write(spliced + text.slice(at));
};

const isHtml = (text: string): boolean =>
  /^[^<]*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!doctype html|<html)/i.test(text.slice(0, 4096));
