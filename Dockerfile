# One image for web, worker, sealer, beat and migrate.
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    # The containers write nothing: without this each process would look through the fonts anew.
    && fc-cache -s \
    && useradd --system --uid 10001 --create-home xueji

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=jianping_xueji.settings \
    STATIC_ROOT=/srv/static MEDIA_DIR=/srv/media

WORKDIR /app
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock
COPY . .

# collectstatic needs settings, but neither real keys nor a database.
RUN mkdir -p /srv/media /srv/beat /srv/anchors \
    && SECRET_KEY=build VAULT_MASTER_KEYS=build VAULT_INDEX_KEY=build REDIS_URL=redis://build \
       DATABASE_URL=postgresql://build/build python manage.py collectstatic --no-input --skip-checks \
    && chown -R xueji: /srv \
    && install -d -o xueji -g xueji -m 700 var

USER xueji
EXPOSE 8000
CMD ["gunicorn", "jianping_xueji.wsgi", "--config", "docker/gunicorn.py"]
