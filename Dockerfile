# syntax=docker/dockerfile:1
# Debian's slim image, not Alpine: development installs a glibc Node through npm.
ARG NODE=26-slim

# What builds the gateway, and runs the example in docker-compose.yml.
FROM node:${NODE} AS dev
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
USER node

FROM dev AS build
USER root
RUN npm run build

FROM node:${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:${NODE} AS gateway
ENV NODE_ENV=production \
    STRANGLER_CONFIG=/config/routes.config.yaml \
    HEALTH_URL=http://127.0.0.1:8081/healthz
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY handler ./handler
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Handlers that are mounted import `strangler-gateway/handler`, wherever they stand.
RUN mkdir /node_modules && ln -s /app /node_modules/strangler-gateway
USER node
EXPOSE 8080 8081 9090
# The health listener, not the clients' port: it answers while every slot is taken.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/gateway/cli/main.js"]
CMD ["serve"]
