export const page = () => async (ctx: { status: number }) => {
  ctx.status = 404;
};
