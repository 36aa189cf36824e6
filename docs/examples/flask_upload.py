"""An upload in Flask that stores only safe files: `flask --app flask_upload run`."""

from pathlib import Path
from uuid import uuid4

from flask import Flask, request

import blurkit

PHOTOS = Path("photos")
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 50 << 20  # bytes
pool = blurkit.Pool(blurkit.Settings.of(policy="everyone"), size=2)  # models for two photos at a time


@app.post("/photos")
def upload() -> tuple[dict[str, str | None], int]:
    """Cover the faces of an uploaded photo and store the result; the upload itself is never stored."""
    sent = request.files["photo"]
    match pool.run_bytes(sent.read(), name=sent.filename or "photo"):
        case blurkit.SafeFile(data=data, suffix=suffix, result=result):
            PHOTOS.mkdir(exist_ok=True)
            stored = PHOTOS / f"{uuid4()}{suffix}"
            stored.write_bytes(data)
            return {"stored": stored.name, "status": result.status.value}, 201
        case blurkit.PhotoFailure(error=error, hint=hint):
            return {"error": error, "hint": hint}, 422
