"""The modules of a Zoho CRM organisation, their fields, and how errors are worded."""

from typing import Any

from sandbox.vendors.replies import Refusal

Record = dict[str, Any]
SYSTEM = ("id", "Created_Time", "Modified_Time")

# What the modules know; a text that is no address is refused in an e-mail field.
FIELDS: dict[str, set[str]] = {
    "Leads": {
        *("Email", "First_Name", "Last_Name", "Company", "Designation", "Phone", "Mobile"),
        *("Street", "City", "Zip_Code", "Country", "Lead_Source", "Lead_Status"),
        *("Email_Opt_Out", "Kith_Revenue", "Kith_User_Id"),
        *("Converted__s", "Converted_Contact", "Converted_Account", "Converted_Deal"),
    },
    "Contacts": {
        *("Email", "Secondary_Email", "First_Name", "Last_Name", "Title", "Phone", "Mobile"),
        *("Mailing_Street", "Mailing_City", "Mailing_Zip", "Mailing_Country", "Account_Name"),
        *("Lead_Source", "Email_Opt_Out", "Kith_Revenue", "Kith_Stage", "Kith_User_Id"),
    },
    "Accounts": {"Account_Name", "Website", "Industry", "Employees", "Billing_Country"},
    "Deals": {
        *("Deal_Name", "Stage", "Pipeline", "Amount", "Currency", "Closing_Date"),
        *("Contact_Name", "Account_Name"),
    },
    "Tasks": {"Subject", "Status", "Due_Date", "Closed_Time", "Who_Id", "What_Id", "$se_module"},
    "Events": {"Event_Title", "Start_DateTime", "End_DateTime", "Who_Id", "What_Id", "$se_module"},
    "Calls": {
        *("Subject", "Call_Type", "Call_Start_Time", "Call_Duration", "Who_Id", "What_Id"),
        "$se_module",
    },
}
# What points at a record of a module, and follows when two are merged.
POINTERS = {
    "Contacts": {"Deals": "Contact_Name", "Tasks": "Who_Id", "Events": "Who_Id", "Calls": "Who_Id"},
    "Accounts": {"Contacts": "Account_Name", "Deals": "Account_Name"},
    "Leads": {},
}


def answer(code: str, details: Record, message: str) -> dict[str, Any]:
    """What became of one row of a write."""
    status = "success" if code == "SUCCESS" else "error"
    return {"code": code, "details": details, "message": message, "status": status}


def refused(code: str, what: str, **details: object) -> Refusal:
    """The refusal of a whole request."""
    return Refusal(400, {"code": code, "details": details, "message": what, "status": "error"})


def deletion(record: Record, moment: str) -> Record:
    """A record as the list of what was deleted tells it."""
    somebody = {"name": "Patricia Boyle", "id": "4000000000001"}
    return {
        "id": record["id"],
        "display_name": record.get("Last_Name"),
        "type": "recycle",
        "deleted_time": moment,
        "deleted_by": somebody,
        "created_by": somebody,
    }
