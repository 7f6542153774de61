"""Where private files lie: a folder, or a bucket of an S3-compatible storage by a setting.

Everything that keeps files asks Django's storage API for one of the names in ``STORAGES``.
"""

from typing import Any

from config import env

_IN_MEMORY = 4 * 1024 * 1024  # bytes of a file that is read back; more goes through a temporary one


def private_storage(name: str, folder: str) -> dict[str, Any]:
    """The entry of ``STORAGES`` for ``name``: below it in the bucket, or else in ``folder``."""
    if bucket := env.text("TILLGATE_S3_BUCKET"):
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _in_bucket(bucket, name)}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": folder,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _in_bucket(bucket: str, name: str) -> dict[str, Any]:
    return {
        "bucket_name": bucket,
        "location": name,
        "endpoint_url": env.text("TILLGATE_S3_ENDPOINT") or None,
        "region_name": env.text("TILLGATE_S3_REGION") or None,
        # Without a key: the machine's own role, as the S3 client finds it.
        "access_key": env.text("TILLGATE_S3_ACCESS_KEY") or None,
        "secret_key": env.text("TILLGATE_S3_SECRET_KEY") or None,
        "signature_version": "s3v4",
        "addressing_style": "path" if env.text("TILLGATE_S3_ENDPOINT") else "auto",
        "default_acl": None,  # the bucket's own: private
        "file_overwrite": False,
        "max_memory_size": _IN_MEMORY,
    }
