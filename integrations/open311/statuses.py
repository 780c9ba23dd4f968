"""GeoReport's statuses, and mySociety's beside them, in ours: read from other servers, and taken from other programs."""

from integrations.status import Status

STATUSES = {
    "open": Status.ACCEPTED,
    "new": Status.ACCEPTED,
    "received": Status.ACCEPTED,
    "confirmed": Status.ACCEPTED,
    "accepted": Status.ACCEPTED,
    "acknowledged": Status.ACCEPTED,
    "for_triage": Status.ACCEPTED,
    "internal_referral": Status.DISPATCHED,
    "assigned": Status.DISPATCHED,
    "dispatched": Status.DISPATCHED,
    "investigating": Status.IN_PROGRESS,
    "in_progress": Status.IN_PROGRESS,
    "planned": Status.IN_PROGRESS,
    "action_scheduled": Status.IN_PROGRESS,
    "closed": Status.RESOLVED,
    "resolved": Status.RESOLVED,
    "fixed": Status.RESOLVED,
    "fixed_council": Status.RESOLVED,
    "fixed_user": Status.RESOLVED,
    "archived": Status.RESOLVED,
    "duplicate": Status.RESOLVED,
    "not_councils_responsibility": Status.RESOLVED,
    "no_further_action": Status.RESOLVED,
    "unable_to_fix": Status.RESOLVED,
    "reopened": Status.REOPENED,
    "reopen": Status.REOPENED,
}
"""By the name in small letters, its words joined by one underline each: "Fixed - Council" is fixed_council."""


def status_of(told: object) -> Status | None:
    """Our status for a told one; None for a name that nobody has agreed on."""
    name = "_".join(str(told or "").lower().replace("-", " ").replace("_", " ").split())
    return STATUSES.get(name)
