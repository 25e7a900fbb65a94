# Three stages: what runs needs (system), what is built once (build), and the image itself.
FROM python:3.11-slim-bookworm AS system
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH
# gdal-bin brings the GDAL, GEOS and PROJ that GeoDjango loads.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gdal-bin tzdata fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

FROM system AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/base.txt
WORKDIR /app
COPY . .
# Values that open nothing: collectstatic only reads settings. They stay in this layer, which is not shipped.
RUN python -m config.local messages \
    && DJANGO_SETTINGS_MODULE=config.settings.production STATIC_ROOT=/app/static-collected \
       SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost BASE_URL=https://localhost \
       python manage.py collectstatic --noinput

FROM system
RUN groupadd --system --gid 10001 parvis \
    && useradd --system --uid 10001 --gid parvis --home-dir /data --no-create-home parvis \
    # New named volumes take the owner of the folder they are mounted on.
    && install -d -o parvis -g parvis /data /data/media /data/exports /data/beat
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV DJANGO_SETTINGS_MODULE=config.settings.production PARVIS_DATA=/data STATIC_ROOT=/app/static-collected
USER parvis
EXPOSE 8000
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--no-server-header", "--timeout-graceful-shutdown", "20"]
