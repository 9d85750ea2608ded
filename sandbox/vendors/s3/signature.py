"""Who may in: requests signed with the secret key within a quarter of an hour.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import re
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.requests import Request

REGION = "us-east-1"
SKEW = timedelta(minutes=15)
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 "
    r"Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/s3/aws4_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def denied(request: Request, credentials: Credentials) -> str:
    """What S3 calls it that is wrong with the signature; empty if nothing is."""
    found = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    moment = request.headers.get("x-amz-date", "")
    if found is None or not re.fullmatch(r"\d{8}T\d{6}Z", moment):
        return "AccessDenied"
    if found["key"] != credentials.access_key:
        return "InvalidAccessKeyId"
    if found["region"] != REGION or found["date"] != moment[:8]:
        return "AuthorizationHeaderMalformed"
    told = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - told) > SKEW:
        return "RequestTimeTooSkewed"
    expected = _signature(request, credentials, found["headers"].split(";"), moment)
    return "" if compare_digest(expected, found["signature"]) else "SignatureDoesNotMatch"


def _signature(request: Request, credentials: Credentials, signed: list[str], moment: str) -> str:
    path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
    url = f"http://{request.headers['host']}{path}" + (f"?{query}" if query else "")
    headers = {name: request.headers.get(name, "") for name in signed}
    rebuilt = AWSRequest(method=request.method, url=url, headers=headers)
    rebuilt.context["timestamp"] = moment
    signer = S3SigV4Auth(credentials, "s3", REGION)
    canonical = signer.canonical_request(rebuilt)
    return str(signer.signature(signer.string_to_sign(rebuilt, canonical), rebuilt))
