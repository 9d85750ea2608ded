"""Salesforce's tasks, events, campaigns and campaign members.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
"""

from sandbox.vendors.salesforce.schema import Field, ObjectType, read_only, strings


def activity_types() -> dict[str, ObjectType]:
    """The four object types with standard fields, fresh for each org."""
    return {
        "Task": ObjectType(
            "Task",
            "00T",
            (
                *_activity(),
                Field("ActivityDate", "date"),
                *strings("TaskSubtype Status Priority CallType CallDisposition"),
                Field("CallDurationInSeconds", "int"),
                Field("CompletedDateTime", "datetime", read_only=True),
                Field("IsClosed", "boolean", read_only=True),
            ),
        ),
        "Event": ObjectType(
            "Event",
            "00U",
            (
                *_activity(),
                Field("ActivityDateTime", "datetime"),
                Field("StartDateTime", "datetime", required=True),
                Field("EndDateTime", "datetime"),
                Field("DurationInMinutes", "int"),
                *strings("Location EventSubtype"),
            ),
        ),
        "Campaign": ObjectType(
            "Campaign",
            "701",
            (
                Field("Name", length=80, required=True),
                *strings("Type Status ParentId CurrencyIsoCode"),
                Field("StartDate", "date"),
                Field("EndDate", "date"),
                Field("IsActive", "boolean"),
                Field("BudgetedCost", "currency"),
                Field("ActualCost", "currency"),
            ),
        ),
        "CampaignMember": ObjectType(
            "CampaignMember",
            "00v",
            (
                Field("CampaignId", "reference", 18, required=True),
                *(Field(name, "reference", 18) for name in ("ContactId", "LeadId")),
                *strings("Status"),
                Field("HasResponded", "boolean"),
                Field("FirstRespondedDate", "date", read_only=True),
            ),
        ),
    }


def _activity() -> tuple[Field, ...]:
    """What tasks and events have in common: whom (`Who`) and what (`What`) they are about."""
    return (
        Field("Subject"),
        Field("Description", "textarea", 32_000),
        *(Field(name, "reference", 18) for name in ("WhoId", "WhatId")),
        *read_only("AccountId"),
    )
