"""Everything that the environment can set. `.env.example` lists each one; a test keeps the two alike."""

from pathlib import Path
from typing import Literal

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
    vosk_model: Path | None = Field(None, description="Folder of a Vosk model; without one citizens write.")
    whisper_model: Path | None = Field(
        None, description="A Whisper checkpoint (.pt), or a folder converted for faster-whisper; checks afterwards."
    )
    voice: str = Field(
        "espeak", description="Who reads aloud: espeak, none, or the folder of a sherpa-onnx or Piper voice."
    )
    telegram_token: str = Field("", description="The bot's token from @BotFather; no Telegram when unset.")
    telegram_api: str = Field("https://api.telegram.org", description="Base URL of the Bot API.")
    telegram_webhook: str = Field(
        "",
        description="Public https address that Telegram calls (…/telegram); updates are fetched by polling when unset.",
    )
    telegram_secret: str = Field("", description="Secret token that Telegram sends with each call; made when unset.")
    open311_keys: str = Field("", description="Keys that may file through Open311, comma-separated; made when unset.")
    desk: Literal["local", "open311", "webhook"] = Field(
        "local", description="Where tickets are delivered: local, open311 or webhook."
    )
    desk_url: str = Field("", description="The remote desk's address (GeoReport v2 root, or the webhook).")
    desk_key: str = Field("", description="Its api_key, or the secret that signs the webhook.")
    desk_format: Literal["json", "xml"] = Field(
        "json", description="What the remote Open311 server speaks: json or xml."
    )
    desk_jurisdiction: str = Field(
        "", description="Its jurisdiction_id, where an Open311 server holds several cities; none when unset."
    )
    desk_services: Path | None = Field(
        None, description="YAML file that maps topics and fields to the remote's services; matched by name when unset."
    )
    desk_poll_seconds: float = Field(60.0, gt=0, description="How often the remote desk is asked for changes.")
    scan_command: str = Field(
        "", description="Virus scanner that reads a file from standard input and exits with 0 when it is clean."
    )
    quiet_hours: str = Field("22:00-07:00", description="When nothing is pushed to a citizen unasked; empty for never.")
    audiosocket: str = Field(
        "127.0.0.1:9092", description="Where Asterisk's AudioSocket connects, host:port; no AudioSocket when empty."
    )
    phone_key: str = Field(
        "", description="Key that Asterisk shows on /phone; when unset, only this machine may ask there."
    )
    phone_drain_seconds: float = Field(
        300.0, ge=0, description="How long calls under way may go on when the bot is stopped; new ones are refused."
    )
    phone_resume_minutes: float = Field(
        15.0, ge=0, description="How long a caller whose call broke off can go on with it; then they are called back."
    )
    join_days: int = Field(30, ge=0, description="Days within which the same complaint again joins the open ticket.")
    group_days: int = Field(
        90, ge=0, description="Days within which complaints about the same merchant form a group case."
    )
    admin_password: str = Field(
        "", description="Password of the first account of the console, admin; made and printed once when unset."
    )
    session_minutes: float = Field(60, gt=0, description="Minutes after which an unused login of the console ends.")
    session_hours: float = Field(12, gt=0, description="Hours after which every login of the console ends.")
    followup_after_hours: float = Field(24.0, ge=0, description="Hours from a ticket's resolution to its follow-up.")
    followup_remind_hours: float = Field(48.0, gt=0, description="Hours from that question to the one reminder.")
    followup_close_hours: float = Field(72.0, gt=0, description="Hours from the reminder to the end without an answer.")
    followup_poll_seconds: float = Field(5.0, gt=0, description="How often it is looked for what is due.")
    operator_patience: float = Field(
        600.0, gt=0, description="Seconds that a citizen waits for a person before they are promised a call instead."
    )
    chatwoot_url: str = Field("", description="A Chatwoot whose agents are the operators; no Chatwoot when unset.")
    chatwoot_token: str = Field("", description="Access token of its agent bot, or of a user who may see the inbox.")
    chatwoot_account: int = Field(1, ge=1, description="The account's number there.")
    chatwoot_inbox: int = Field(1, ge=1, description="The number of its API-channel inbox.")
    chatwoot_secret: str = Field(
        "",
        description="Secret of its webhooks (to /chatwoot), or the one in their address (?secret=…); made when unset.",
    )
    chatwoot_look_seconds: float = Field(
        15.0, gt=0, description="How often its open conversations are looked at, for what no webhook told."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.home / 'jiesu.db').resolve()}"
