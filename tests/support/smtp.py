"""An SMTP server (aiosmtpd) that takes mail as a test wants.

Standard input, one JSON object: {"tls": "tls" | "starttls" | "none", "certificate": PATH, "key": PATH,
"login": [USER, PASSWORD] | null}. Then lines of JSON lists: what the next mails get, such as ["451 later", "hang"];
what is not named is taken. Standard output, lines of JSON: {"port": N}, then one for each mail that was offered.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.replies = []

    async def handle_DATA(self, server, session, envelope):
        reply = self.replies.pop(0) if self.replies else "250 taken"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        say({
            "reply": reply,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "login": session.authenticated,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": parts.get("text/plain"),
            "html": parts.get("text/html"),
            "defects": [str(defect) for defect in mail.defects],
        })
        if reply == "hang":
            await asyncio.sleep(3600)
        return reply


def say(what):
    print(json.dumps(what), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    options = json.loads(sys.stdin.readline())
    handler = Handler()
    context = None
    if options["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
    login = options["login"]

    def authenticate(server, session, envelope, mechanism, data):
        right = login is not None and [data.login.decode(), data.password.decode()] == login
        return AuthResult(success=right, handled=right)

    keys = {"hostname": "localhost", "enable_SMTPUTF8": True, "auth_require_tls": False}
    if login is not None:
        keys |= {"authenticator": authenticate, "auth_required": True}
    if options["tls"] == "starttls":
        keys |= {"tls_context": context, "require_starttls": True}
    around = context if options["tls"] == "tls" else None
    server = await loop.create_server(lambda: SMTP(handler, **keys), "127.0.0.1", 0, ssl=around)
    say({"port": server.sockets[0].getsockname()[1]})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        handler.replies.extend(json.loads(line))
        say({"ready": True})


asyncio.run(main())
