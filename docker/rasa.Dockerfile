# Rasa alone, with the model trained while the image is built: what runs in the city is what was tested.
FROM python:3.11-slim
WORKDIR /jiesu
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements/rasa.lock requirements/
ENV MULTIDICT_NO_EXTENSIONS=1
RUN uv pip install --system --no-cache --no-deps -r requirements/rasa.lock
COPY intents intents
COPY dialog dialog
ENV RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 PYTHONPATH=/jiesu
RUN python -m dialog.rasa.project /tmp/project && python -m dialog.rasa.training /tmp/project models dialog.tar.gz && rm -rf /tmp/project
RUN useradd --create-home rasa
USER rasa
EXPOSE 5005
CMD ["sh", "-c", "python -m dialog.rasa.endpoints > /tmp/endpoints.yml && exec python -m dialog.rasa.serve models/dialog.tar.gz /tmp/endpoints.yml 0.0.0.0 5005"]
