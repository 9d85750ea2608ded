"""Salesforce's merge: the losers go to the bin naming the winner, which takes over their relations.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
"""

from collections.abc import Mapping

from sandbox.vendors.salesforce.objects import Objects

MERGEABLE = ("Lead", "Contact", "Account")
LOOKUPS = ("WhoId", "WhatId", "ContactId", "LeadId", "AccountId")


def merge(org: Mapping[str, Objects], name: str, winner: str, losers: list[str]) -> None:
    """Merge one or two others into a lead, contact or account; raises ValueError for more.

    The winner's values stand, and what it lacks comes from the losers.
    """
    if name not in MERGEABLE or not 1 <= len(losers) <= 2:
        raise ValueError("up to three leads, contacts or accounts can be merged")
    objects = org[name]
    records = objects.table.records
    moment = objects.clock.tick()
    for loser in losers:
        records[winner].fields.update(
            (field, value)
            for field, value in records[loser].fields.items()
            if records[winner].fields.get(field) in (None, "")
        )
        objects.delete(loser)
        records[loser].fields["MasterRecordId"] = winner
    objects.write(winner, {}, moment)
    for others in org.values():
        for record in list(others.table.live()):
            moved = {key: winner for key in LOOKUPS if record.fields.get(key) in losers}
            if moved:
                others.write(record.id, moved, moment)
