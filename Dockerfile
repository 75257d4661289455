# Builds Tollgate, and an image that holds it and nothing else that runs.

FROM node:20-bookworm-slim AS console
WORKDIR /source/console
COPY console/package.json console/package-lock.json console/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY crates/control/openapi.json ../crates/control/openapi.json
COPY console .
RUN npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
COPY --from=console /source/console/dist console/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --profile dist --package tollgate \
    && cp target/dist/tollgate /usr/local/bin/tollgate

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tollgate \
    && install -d -o tollgate -g tollgate -m 0700 /data
COPY --from=build /usr/local/bin/tollgate /usr/local/bin/tollgate
COPY LICENSE /usr/share/doc/tollgate/LICENSE

USER tollgate
ENV TOLLGATE_DATA=/data
VOLUME /data
# Control (8403) stays on the container's loopback: `docker exec CONTAINER tollgate …` reaches it.
EXPOSE 8402
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["tollgate", "status", "--quiet"]
ENTRYPOINT ["tollgate"]
CMD ["serve"]
