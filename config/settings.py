"""Everything that the environment can set. `.env.example` lists each one; a test keeps the two alike."""

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, at the start. Every name is `JIESU_…`, except `PORT`, which hosting platforms set."""

    model_config = SettingsConfigDict(env_prefix="JIESU_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="Address that the page and the API listen on; 0.0.0.0 for all.")
    port: int = Field(
        8000, validation_alias=AliasChoices("JIESU_PORT", "PORT"), ge=0, le=65535, description="Their port."
    )
    home: Path = Field(Path("var"), description="Folder for database, models and logs.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in JIESU_HOME when unset.")
    rasa_url: str | None = Field(
        None, description="A Rasa server run by somebody else; when unset, one is started and watched."
    )
    rasa_python: Path = Field(Path(".rasa-venv/bin/python"), description="The interpreter of Rasa's own environment.")
    actions_host: str = Field("127.0.0.1", description="Address of the action endpoint. Never public.")
    actions_port: int = Field(0, ge=0, le=65535, description="Its port; 0 takes a free one.")
    turn_timeout: float = Field(20.0, gt=0, description="Seconds to wait for the dialog's answer.")
    llm_url: str | None = Field(
        None, description="OpenAI-compatible endpoint that is asked about unclear messages; none when unset."
    )
    llm_key: str = Field("", description="Its key.")
    llm_model: str = Field("default", description="The model that it is asked for.")
    llm_seconds: float = Field(3.0, gt=0, description="Seconds that a citizen may be kept waiting for it.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.home / 'jiesu.db').resolve()}"
