# One image, two commands: vidqc (worker, predict, …) and, for Lambda, vidqc-router.
# make image builds it.  BASE is Debian 12, from a registry or made by debootstrap.
#checkov:skip=CKV_DOCKER_2:The task definition has the worker's health check; Lambda and predict have none.
#checkov:skip=CKV_DOCKER_7:The base is an argument whose default has a tag; the check does not see through it.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive
WORKDIR /src
RUN apt-get update -qq && apt-get install -qq --no-install-recommends make
COPY Makefile .
RUN make deps
COPY . .
RUN make -j"$(nproc)" all && make image-root ROOT=/out

FROM ${BASE}
# What the build stage lists is what its programs are linked with and what the commands call;
# no compiler, no header.  Manuals and translations are left out, programs that change the user
# lose that right.
COPY --from=build /out/packages /tmp/packages
RUN { printf 'path-exclude=/usr/share/%s/*\n' doc man info locale && echo force-unsafe-io; } \
		>/etc/dpkg/dpkg.cfg.d/slim \
	&& apt-get update -qq \
	&& DEBIAN_FRONTEND=noninteractive xargs apt-get install -qq --no-install-recommends \
		ca-certificates </tmp/packages \
	&& apt-get clean \
	&& rm -rf /tmp/packages /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* \
		/usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* \
		/usr/lib/python3/dist-packages/awscli/examples \
	&& find / -xdev -perm /6000 -type f -exec chmod a-s {} + \
	&& groupadd -g 10001 vidqc \
	&& useradd -u 10001 -g 10001 -M -d /tmp -s /usr/sbin/nologin vidqc
COPY --from=build /out/usr /usr

ARG REVISION=unknown
LABEL org.opencontainers.image.title="vidqc" \
	org.opencontainers.image.licenses="MIT" \
	org.opencontainers.image.revision="${REVISION}"

ENV PATH=/usr/local/bin:/usr/bin:/bin
USER 10001:10001
WORKDIR /tmp
# The root may be read-only; Fargate gives an empty volume the rights that /tmp has here.
VOLUME ["/tmp"]
ENTRYPOINT ["vidqc"]
CMD ["--help"]
