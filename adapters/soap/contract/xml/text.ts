// Bytes of a whole XML document to text, by the rules that identification reads messages by, so that the two never differ.
import { AdapterError } from '../../../errors.ts';
import { Decoder, isLabelOf } from '../../encoding.ts';
import { Stop } from '../../stop.ts';

const declared = /^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/;

/**
 * Text of a document. `charset` comes from the content type, null where it names none. Strict: bytes that are not of
 * the encoding, encodings that disagree, and encodings we do not read throw AdapterError ERR_MALFORMED.
 */
export const xmlText = (bytes: Buffer, charset: string | null): string => {
  const decoder = new Decoder(charset?.trim().toLowerCase() ?? null);
  const text = decoded(decoder, bytes);
  // Readers differ on whom to believe when the declaration says something else (PHP, zeep and Perl the declaration).
  const named = declared.exec(text)?.[1];
  if (named !== undefined && decoder.encoding !== null && !isLabelOf(named, decoder.encoding)) {
    throw malformed(`two encodings that disagree: ${decoder.encoding} and ${named}`);
  }
  return text;
};

const decoded = (decoder: Decoder, bytes: Buffer): string => {
  try {
    return decoder.text(bytes, true);
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    const { encoding } = decoder;
    throw malformed(
      encoding === null
        ? 'an encoding that is not read here, or two that disagree'
        : `bytes that are not ${encoding}, or a byte order mark too many`,
      cause,
    );
  }
};

const malformed = (message: string, cause?: unknown): AdapterError =>
  new AdapterError('ERR_MALFORMED', message, { cause });
