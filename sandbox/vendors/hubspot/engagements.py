"""HubSpot's activities: calls, e-mails, meetings, tasks and notes, each an object type of its own.

https://developers.hubspot.com/docs/api-reference/crm-calls-v3/guide
"""

from sandbox.vendors.hubspot.schema import ObjectType, Property, strings, words


def engagement_types() -> tuple[ObjectType, ...]:
    """The five object types with their standard properties, fresh for each portal."""
    return (
        _calls(),
        _engagement(
            "emails",
            "0-49",
            "hs_email_subject",
            *strings("hs_email_subject hs_email_text hs_email_html hs_email_headers"),
            _choice("hs_email_direction", "EMAIL INCOMING_EMAIL FORWARDED_EMAIL"),
            _choice("hs_email_status", "BOUNCED FAILED SCHEDULED SENDING SENT"),
        ),
        _engagement(
            "meetings",
            "0-47",
            "hs_meeting_title",
            *strings("hs_meeting_title hs_meeting_body hs_meeting_location"),
            Property("hs_meeting_start_time", "datetime"),
            Property("hs_meeting_end_time", "datetime"),
            _choice("hs_meeting_outcome", "SCHEDULED COMPLETED RESCHEDULED NO_SHOW CANCELED"),
        ),
        _engagement(
            "tasks",
            "0-27",
            "hs_task_subject",
            *strings("hs_task_subject hs_task_body hs_task_type"),
            Property("hs_task_completion_date", "datetime"),
            _choice("hs_task_status", "NOT_STARTED IN_PROGRESS WAITING DEFERRED COMPLETED"),
            _choice("hs_task_priority", "LOW MEDIUM HIGH"),
        ),
        _engagement("notes", "0-46", "hs_note_body", *strings("hs_note_body")),
    )


def _calls() -> ObjectType:
    return _engagement(
        "calls",
        "0-48",
        "hs_call_title",
        *strings("hs_call_title hs_call_body hs_call_disposition hs_call_from_number"),
        Property("hs_call_duration", "number"),
        _choice("hs_call_direction", "INBOUND OUTBOUND"),
        _choice(
            "hs_call_status",
            "BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS NO_ANSWER "
            "QUEUED RINGING",
        ),
    )


def _engagement(name: str, type_id: str, shown: str, *properties: Property) -> ObjectType:
    kind = ObjectType(name, type_id, "hs_lastmodifieddate", (shown,), created="hs_createdate")
    # What tells when it happened; no engagement is without it.
    kind.add(Property("hs_timestamp", "datetime", required=True))
    kind.add(Property("hubspot_owner_id"), *properties)
    return kind


def _choice(name: str, options: str) -> Property:
    return Property(name, "enumeration", options=words(options))
