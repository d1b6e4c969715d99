"""Registers the room with Django and keeps the database's guards in place."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KitConfig(AppConfig):
    """The kit room."""

    name = "stragan.kit"
    label = "kit"

    def ready(self) -> None:
        """Set connections; guard the audit trail, and put all guards back after each ``migrate``."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before
        from stragan.kit.postgres import set_connections  # noqa: PLC0415 -- same

        set_connections()
        guard_table("kit_auditevent", refusal="audit events are append-only")
        guard_table(
            "kit_auditseal", refusal="audit seals are append-only", same_row=("event_id = NEW.event_id",)
        )
        # Told once after all rooms are migrated, not once for each of them.
        post_migrate.connect(_reinstall, sender=self, dispatch_uid="stragan.guards")


def _reinstall(using: str, **_: object) -> None:
    from stragan.kit.guards import install_guards  # noqa: PLC0415 -- Django is not ready before
    from stragan.kit.search import install_search  # noqa: PLC0415 -- same

    install_guards(using)
    install_search(using)
