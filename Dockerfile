# One image for web and worker; see docs/deploy.md.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 UV_PYTHON_DOWNLOADS=never PATH=/app/.venv/bin:$PATH
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN python -m venv .venv && pip install --no-cache-dir uv \
 && uv sync --frozen --inexact --no-dev --extra scale --no-cache
COPY . .
# Only to collect files: the key is not kept, and nothing is served with it.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") sh -c \
    "python manage.py assets && python manage.py collectstatic --noinput --verbosity 0" \
 && useradd --system --create-home toile && mkdir -p /data && chown toile /data
USER toile
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"
CMD ["python", "manage.py", "serve"]
