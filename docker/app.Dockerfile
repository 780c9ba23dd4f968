# The app: page, API, actions. Built from the same lock file as `make setup`.
FROM python:3.11-slim
WORKDIR /jiesu
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements/app.lock requirements/whisper.lock requirements/
RUN uv pip install --system --no-cache -r requirements/app.lock
# Whisper checks afterwards what Vosk heard; the CPU build of torch comes from PyTorch's own index.
RUN uv pip install --system --no-cache --no-deps --torch-backend cpu -r requirements/whisper.lock
COPY . .
RUN useradd --create-home jiesu && mkdir /var/jiesu && chown jiesu /var/jiesu
USER jiesu
ENV PYTHONPATH=/jiesu JIESU_HOME=/var/jiesu JIESU_HOST=0.0.0.0
VOLUME /var/jiesu
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"
CMD ["python", "-m", "bot", "run"]
