/** `npm run chaos`: every boundary, every kind of harm, minutes of it. Otherwise a sample of them, in seconds. */
export const isLong = process.env['CHAOS'] === 'long';
