# One image for web, worker, beat, relay and the one-shot commands (see bin/container/entrypoint).

# --- what both stages run on
FROM debian:bookworm-slim AS base
RUN apt-get -q -o Acquire::Retries=3 update \
 && DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends \
      ca-certificates python3 libgdal32 libgeos-c1v5 libproj25 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
      postgresql-client-15 \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8

# --- style sheets and fonts, from the locked front-end packages
FROM base AS assets
RUN apt-get -q -o Acquire::Retries=3 update \
 && DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends python3-pip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/ilos
COPY requirements-assets.lock package.json package-lock.json .npmrc ./
COPY bin/build-assets bin/build-assets
COPY bin/lib/cut-font.mjs bin/lib/cut-font.mjs
COPY backend/web/static/web backend/web/static/web
RUN python3 bin/build-assets --product

# --- packages, texts, static files
FROM base AS build
RUN apt-get -q -o Acquire::Retries=3 update \
 && DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends \
      python3-venv gettext \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/ilos
COPY requirements.lock .
RUN python3 -m venv /opt/venv \
 && pip --disable-pip-version-check --no-cache-dir install --progress-bar off --require-hashes -r requirements.lock \
 && pip --disable-pip-version-check uninstall -q -y pip
COPY . .
COPY --from=assets /srv/ilos/backend/web/static/vendor backend/web/static/vendor
# The settings want values that these two commands do not use; none of them stays in the image.
RUN find . -name '*.po' -exec sh -ec 'for po do msgfmt --check-format -o "${po%.po}.mo" "$po"; done' _ {} + \
 && DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build SECRET_KEY=build VAULT_KEYS_FILE=/dev/null \
    STATIC_ROOT=/srv/ilos/staticfiles python manage.py collectstatic --noinput \
 && python -m compileall -q backend geo matching notifications outbound

# --- the image
FROM base
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/ilos /srv/ilos
# The mailbox of the demo, and backups: a volume mounted here keeps the owner.
RUN groupadd --gid 10001 ilos && useradd --uid 10001 --gid ilos --no-create-home --home-dir /tmp --shell /usr/sbin/nologin ilos \
 && install -d -o ilos -g ilos /srv/mailbox && install -d -o ilos -g ilos -m 700 /srv/backups /srv/erasures
WORKDIR /srv/ilos
ENV STATIC_ROOT=/srv/ilos/staticfiles
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "bin/container/health", "http://127.0.0.1:8000/healthz/ready"]
ENTRYPOINT ["bin/container/entrypoint"]
CMD ["web"]
