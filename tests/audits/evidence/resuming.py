"""What a tus client sends, request by request."""

import base64
import hashlib

MEDIA = "application/offset+octet-stream"


def metadata(body, **more):
    pairs = {"sha256": hashlib.sha256(body).hexdigest()} | more
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())


class Resumable:
    """One upload at one address, by Django's test client."""

    def __init__(self, client, path):
        self.client, self.path = client, path

    def ask(self, method, body=b"", version="1.0.0", media=MEDIA, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if version:
            named["Tus-Resumable"] = version
        # Django's client leaves these two out where there is no body; real ones do not.
        always = {"CONTENT_TYPE": media, "CONTENT_LENGTH": str(len(body))}
        return self.client.generic(method, self.path, body, content_type=media, headers=named, **always)

    def begin(self, body, **headers):
        named = {"Upload_Length": str(len(body)), "Upload_Metadata": metadata(body)} | headers
        return self.ask("POST", **named)

    def patch(self, offset, piece, **headers):
        return self.ask("PATCH", piece, Upload_Offset=str(offset), **headers)

    def offset(self):
        answer = self.ask("HEAD")
        return int(answer["Upload-Offset"]) if answer.status_code == 200 else answer.status_code


def checksum(piece, algorithm="sha1"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"
