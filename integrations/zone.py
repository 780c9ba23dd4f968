"""The hotline's time zone."""

from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
