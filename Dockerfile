# syntax=docker/dockerfile:1
# One trimmed file on a base without shell or package manager, run by a user without rights, from a file system that may be read-only.
#
#   docker build -t endpoints .                                        # models are mounted at /models when it runs
#   docker build -t endpoints-rte --build-arg MODELS=models .          # or baked in: a folder of the build context with a checkpoint in each folder
#   docker build -t endpoints --build-arg REVISION=$(git rev-parse HEAD) .   # which sources, as a label
#   docker buildx build --platform linux/amd64,linux/arm64 -t endpoints .
#   docker run --read-only --tmpfs /tmp -p 8080:8080 -v "$PWD/models:/models:ro" -e ENDPOINTS_API_KEYS="me $(openssl rand -hex 24)" endpoints
ARG SDK=10.0.401
ARG RUNTIME=10.0.12
ARG VERSION=0.1.0
ARG MODELS=k8s/no-models

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${SDK} AS build
ARG TARGETARCH
WORKDIR /source
# What the command is built from and nothing else, so that a new model or a changed test builds nothing again.
COPY Directory.*.props Directory.Build.targets global.json BannedSymbols.txt .editorconfig README.md LICENSE ./
COPY src src
RUN case "$TARGETARCH" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "TARGETARCH is '$TARGETARCH': expected amd64 or arm64; build with BuildKit, which sets it." >&2; exit 1 ;; esac \
 && dotnet publish src/Cli -c Release -r "$rid" --self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true \
      -p:RestoreLockedMode=false -p:DebugType=none -o /published

FROM mcr.microsoft.com/dotnet/runtime-deps:${RUNTIME}-noble-chiseled
ARG MODELS
ARG RUNTIME
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Endpoints" \
      org.opencontainers.image.description="Serves fine-tuned BERT classifiers and their pruned sub-networks as HTTP endpoints" \
      org.opencontainers.image.documentation="docs/deployment.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/runtime-deps:${RUNTIME}-noble-chiseled"
COPY --from=build /published/endpoints /usr/local/bin/endpoints
COPY ${MODELS} /models
WORKDIR /
# The file is read once and unpacks nothing; a dump or a diagnostic socket would need a place to write.
ENV ASPNETCORE_URLS=http://0.0.0.0:8080 \
    DOTNET_EnableDiagnostics=0
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s CMD ["/usr/local/bin/endpoints", "health"]
ENTRYPOINT ["/usr/local/bin/endpoints"]
CMD ["serve"]
