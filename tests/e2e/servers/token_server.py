#!/usr/bin/python3
"""A token server for distribution's `auth: token`.

usage: token_server.py PORT_FILE LOG CERTIFICATE [--lasts SECONDS] [--stale N] [--no-post]

Listens on a free port of 127.0.0.1, writes it to PORT_FILE, and to CERTIFICATE the certificate of the
key it signs with (the registry's rootcertbundle). Knows the user `me` with the password `sesame`, who
may do everything, and the identity token `identity`. Of the first N tokens the registry will say that
their time is over. Each request is a line of JSON in LOG: method, scopes, grant, status.
"""
import argparse
import base64
import datetime
import time
import uuid

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from listening import Log, listen, run


def make_certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "token server of the tests")])
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))


class TokenServer:
    def __init__(self, options):
        self.options = options
        self.log = Log(options.log)
        self.stale = options.stale
        self.key = ec.generate_private_key(ec.SECP256R1())
        certificate = make_certificate(self.key)
        with open(options.certificate, "wb") as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
        self.chain = [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]

    def sign(self, service, scopes):
        """As the registry reads it: distribution/docs/spec/auth/jwt.md."""
        now = int(time.time())
        access = []
        for scope in scopes:
            kind, rest = scope.split(":", 1)
            name, actions = rest.rsplit(":", 1)
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        end = now + self.options.lasts
        if self.stale > 0:
            self.stale -= 1
            end = now - 300
        claims = {"iss": "tests", "sub": "me", "aud": service, "iat": now - 600, "nbf": now - 600,
                  "exp": end, "jti": str(uuid.uuid4()), "access": access}
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"x5c": self.chain})

    def answer(self, request, grant, scopes, status, **body):
        self.log.add(method=request.method, grant=grant, scopes=scopes, status=status)
        return web.json_response(body, status=status)

    async def handle(self, request):
        if request.method == "POST":
            return await self.handle_post(request)
        scopes = request.query.getall("scope", [])
        expected = "Basic " + base64.b64encode(b"me:sesame").decode()
        if request.headers.get("Authorization") != expected:
            return self.answer(request, "basic", scopes, 401, details="incorrect username or password")
        token = self.sign(request.query.get("service"), scopes)
        extra = {"refresh_token": "identity"} if request.query.get("offline_token") == "true" else {}
        return self.answer(request, "basic", scopes, 200, token=token, expires_in=self.options.lasts, **extra)

    async def handle_post(self, request):
        form = await request.post()
        scopes, grant = form.get("scope", "").split(), form.get("grant_type")
        if self.options.no_post:
            return self.answer(request, grant, scopes, 405)
        known = (grant == "refresh_token" and form.get("refresh_token") == "identity" or
                 grant == "password" and (form.get("username"), form.get("password")) == ("me", "sesame"))
        if not known or not form.get("client_id"):
            return self.answer(request, grant, scopes, 401, details="unknown token")
        token = self.sign(form.get("service"), scopes)
        return self.answer(request, grant, scopes, 200, access_token=token, expires_in=self.options.lasts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port_file")
    parser.add_argument("log")
    parser.add_argument("certificate")
    parser.add_argument("--lasts", type=int, default=60)
    parser.add_argument("--stale", type=int, default=0)
    parser.add_argument("--no-post", action="store_true")
    options = parser.parse_args()
    run(listen(TokenServer(options).handle, options.port_file))


main()
