"""A landlord who is logged in: schemathesis calls everything as this person."""

import json
import os
import secrets
import sys
import urllib.request
import uuid
from pathlib import Path

import schemathesis

SITE = os.environ["SITE"]
OUTBOX = Path(os.environ["MINSU_DATA_DIR"]) / "dev-outbox.jsonl"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method, path, body=None, cookie=None):
    headers = {"Content-Type": "application/json"}
    if cookie:
        headers["Cookie"] = cookie
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(SITE + "/api/v1.0" + path, data=data, headers=headers, method=method)
    return OPENER.open(request)


def newest(kind, key, value):
    lines = (json.loads(line) for line in OUTBOX.read_text().splitlines())
    return [line for line in lines if line["kind"] == kind and line[key] == value][-1]


def sign_up():
    # `random` is schemathesis's own here, and repeats itself.
    mobile = f"139{secrets.randbelow(10**8):08}"
    captcha = str(uuid.uuid4())
    call("GET", f"/imagecode/{captcha}").read()
    text = newest("captcha", "id", captcha)["text"]
    call("GET", f"/smscode/{mobile}?text={text}&id={captcha}")
    code = newest("sms", "mobile", mobile)["code"]
    answer = call("POST", "/users", {"mobile": mobile, "sms_code": code, "password": "an untold secret"})
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    call("POST", "/user/auth", {"real_name": "韩梅梅", "id_card": "11010519491231002X"}, cookie)
    return cookie


# Logging out is among the calls, so no login lasts long.
@schemathesis.auth(refresh_interval=3)
class Landlord:
    def get(self, case, context):
        try:
            return sign_up()
        except Exception as error:
            print(f"signing up failed: {error!r}", file=sys.stderr)
            raise

    def set(self, case, data, context):
        name, value = data.split("=", 1)
        case.cookies = {**(case.cookies or {}), name: value}
