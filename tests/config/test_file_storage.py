"""Private files lie in a folder, or by a setting in a bucket of a real S3 server."""

import io
import os
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.module_loading import import_string

from config.file_storage import private_storage


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A server that speaks S3, with an empty bucket."""
    with warnings.catch_warnings():  # of its many parts, none of ours
        warnings.simplefilter("ignore")
        import boto3  # here: it takes a third of a second, in each process of a test run
        from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1",
        aws_access_key_id="key", aws_secret_access_key="secret",
    )  # fmt: skip
    client.create_bucket(Bucket="tillgate")
    yield address
    server.stop()


def storage_of(name: str) -> Storage:
    said = private_storage(name, "unused")
    made: Storage = import_string(said["BACKEND"])(**said["OPTIONS"])
    return made


def test_without_a_bucket_files_lie_in_a_folder_that_only_we_read() -> None:
    assert private_storage("settlements", "/data/x") == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": "/data/x",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def test_with_a_bucket_files_are_saved_read_by_parts_and_deleted_there(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "BUCKET": "tillgate", "ENDPOINT": endpoint, "REGION": "us-east-1", "ACCESS_KEY": "key",
        "SECRET_KEY": "secret",
    }.items():  # fmt: skip
        monkeypatch.setitem(os.environ, f"TILLGATE_S3_{name}", value)
    ours, others = storage_of("settlements"), storage_of("documents")
    source = io.BytesIO(b"0123456789" * 1000)

    name = ours.save("a.file", File(source))

    assert name == "a.file"
    source.seek(0)  # whoever kept it goes on reading it
    with ours.open(name) as file:
        file.seek(9_995)
        assert file.read(3) == b"567"
        file.seek(0)
        assert file.read() == source.read()
    assert not others.exists(name)  # one bucket, each storage its own place in it
    assert ours.save("a.file", ContentFile(b"other")) != name  # never overwritten
    with pytest.raises(urllib.error.HTTPError, match="403"):  # no key: no file
        urllib.request.urlopen(ours.url(name).split("?")[0])  # noqa: S310 - our own server
    ours.delete(name)
    with pytest.raises(FileNotFoundError):
        ours.open(name)
