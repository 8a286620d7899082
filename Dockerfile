# One image with both programs: `server run` (the default), `server migrate`, `worker run`.

# The browser files of GraphiQL, which the server embeds.
FROM node:22-bookworm-slim AS page
WORKDIR /page
COPY server/graphiql/package.json server/graphiql/package-lock.json ./
RUN npm ci --no-audit --no-fund

FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=page /page/node_modules server/graphiql/node_modules
# The caches make the second build short; they are not part of the image, so the programs are copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --profile dist -p server -p worker --bins \
    && install -D -t /programs target/dist/server target/dist/worker

FROM debian:bookworm-slim
# curl is for the health checks; ca-certificates for SMTP relays with a private authority.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group spp
COPY --from=build /programs/ /usr/local/bin/
USER spp
ENV SPP_LISTEN=0.0.0.0:8080 SPP_WORKER_LISTEN=0.0.0.0:8081 SPP_LOG_FORMAT=json
EXPOSE 8080 8081
CMD ["server", "run"]
