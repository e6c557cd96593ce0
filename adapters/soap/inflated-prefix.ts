// What the first bytes of a compressed reply say. The reply itself goes on as it came.
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const flush = constants.Z_SYNC_FLUSH; // of a part all is given that can be
const gunzip = (chunkSize: number) => createGunzip({ chunkSize, finishFlush: flush });
const codings: Readonly<Record<string, (chunkSize: number) => NodeJS.ReadWriteStream & { destroy(): unknown }>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (chunkSize) => createInflate({ chunkSize, finishFlush: flush }),
  br: (chunkSize) => createBrotliDecompress({ chunkSize, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

/** At most `most` bytes, whatever they would inflate to. Null: a coding that is not known here, or bytes that are not of it. */
export const inflatedPrefix = (first: Buffer, coding: string, most: number): Promise<Buffer | null> => {
  const name = coding.trim().toLowerCase();
  if (name === 'identity') return Promise.resolve(first);
  const open = Object.hasOwn(codings, name) ? codings[name] : undefined;
  if (open === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    const stream = open(most);
    const over = (bytes: Buffer | null): void => {
      resolve(bytes);
      stream.destroy();
    };
    stream.on('data', over);
    stream.on('error', () => over(null));
    stream.on('end', () => over(Buffer.alloc(0)));
    stream.end(first);
  });
};
