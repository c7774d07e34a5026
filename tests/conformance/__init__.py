"""The conformance kit: a proxy that breaks a link in known ways, and scenarios for any client and any server.

`python -m tests.conformance --help`. It speaks HTTP only and imports nothing of the product but the phone emulator
beside it, so that it can be pointed at any server that speaks the phone protocol, and any phone can be pointed at it.
"""
