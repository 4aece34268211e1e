#!/usr/bin/env python3
"""Prints a join token and the seal of a report as a stranger makes them: docs/PROTOCOL.md put into
Python's standard library. Tests/ServerTrustTests holds what it printed."""
import hashlib
import hmac


def server_key(master, server_id):
    """HKDF-SHA-256 (RFC 5869) without salt, one block."""
    pseudorandom = hmac.new(bytes(32), master, hashlib.sha256).digest()
    info = f"mm.v1.gs.{server_id}".encode()
    return hmac.new(pseudorandom, info + b"\x01", hashlib.sha256).digest()


def sign(key, data):
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def main():
    key = server_key(bytes(range(32)), "arena-1")
    signed = ("mmj1.k1.11111111-2222-5333-8444-555555555555.2.arena-1.9223372036854775807.1."
              "1767225660.00000000deadbeef")
    print(signed + "." + sign(key, signed.encode()))
    print("k1:" + sign(key, b"mm.v1.res.eu\nbody"))


if __name__ == "__main__":
    main()
