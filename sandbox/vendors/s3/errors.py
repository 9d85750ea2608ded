"""Errors and answers of S3's, in XML.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import secrets

from starlette.responses import Response

from sandbox.vendors.replies import Refusal

STATUSES = {
    "AccessDenied": 403,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
}


class Refused(Refusal):
    """An error of S3's by its code; 400 is the status of all that have no other."""

    def __init__(self, code: str) -> None:
        super().__init__(STATUSES.get(code, 400), code)
        self.code = code

    def response(self) -> Response:
        """As S3 writes errors."""
        words = f"<Code>{self.code}</Code><Message>{self.code}</Message>"
        told = xml("Error", f"{words}<RequestId>{secrets.token_hex(8)}</RequestId>", self.status)
        # The body of what is refused was perhaps never sent, so nothing else can come this way.
        told.headers["Connection"] = "close"
        return told


def xml(name: str, content: str, status: int = 200) -> Response:
    """An answer as S3 writes them."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}>{content}</{name}>'
    return Response(text, status, media_type="application/xml")
